"""Maps, structures and predicted models by id, from the public archives into the user's cache.

An id says where to look: `EMD-1234` (EMDB, map), `1abc` or `pdb_00001abc` (PDB, structure), `AF-P12345` (AlphaFold DB).
A file is kept with its SHA-256 and asked for only once; what was damaged since is fetched again.
"""

import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from difffit_core.events import Job, Message, StageAdvanced, StageStarted
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.download import FetchError, download
from difffit_core.files.entry_facts import fetch_facts, known_facts
from difffit_core.files.limits import parse_json

_KILOBYTE = 1024
MOST = {"emdb": 32 << 30, "pdb": 1 << 30, "alphafold": 1 << 30}  # bytes of a file, by kind
MOST_ANSWER = 16 << 20  # bytes of what an archive says of an entry


@dataclass(frozen=True)
class Archives:
    """Where the archives are; tests put a server of their own in their place."""

    emdb: str = "https://ftp.ebi.ac.uk/pub/databases/emdb/structures"
    pdb: str = "https://files.rcsb.org/download"
    alphafold: str = "https://alphafold.ebi.ac.uk/api/prediction"
    emdb_facts: str = "https://www.ebi.ac.uk/emdb/api/entry"


@dataclass(frozen=True)
class Entry:
    """An entry of an archive: its id as the archive writes it, and the file it becomes in the cache."""

    kind: str  # `emdb`, `pdb` or `alphafold`
    id: str
    file_name: str


_SHORT_PDB = re.compile(r"[0-9][a-z0-9]{3}")
_LONG_PDB = re.compile(r"pdb_([0-9]{4})([0-9][a-z0-9]{3})")
_EMDB = re.compile(r"emd[-_]?([0-9]{4,6})")
_ALPHAFOLD = re.compile(r"af[-_]([a-z0-9]{6}(?:[a-z0-9]{4})?)(?:-f([0-9]+))?(?:-model_v[0-9]+)?")


def parse_id(text: str) -> Entry:
    """The entry that an id names; FetchError when it is no id of an archive that DiffFit knows."""
    given = text.strip().lower()
    if match := _EMDB.fullmatch(given):
        return Entry("emdb", f"EMD-{match[1]}", f"emd_{match[1]}.map.gz")
    if match := _LONG_PDB.fullmatch(given):
        name = match[2] if match[1] == "0000" else given
        return Entry("pdb", name, f"{name}.cif.gz")
    if _SHORT_PDB.fullmatch(given):
        return Entry("pdb", given, f"{given}.cif.gz")
    if match := _ALPHAFOLD.fullmatch(given):
        part = match[2] or "1"
        return Entry("alphafold", f"AF-{match[1].upper()}-F{part}", f"AF-{match[1].upper()}-F{part}.cif")
    raise FetchError(
        f"“{text.strip()}” is no id that DiffFit knows; write EMD-1234 for a map, 1abc for a structure, "
        "or AF-P12345 for a predicted model."
    )


def default_cache() -> Path:
    """The user's folder for fetched files."""
    return Path(platformdirs.user_cache_dir("difffit", appauthor=False)) / "fetched"


def fetch(
    text: str, *, folder: Path | None = None, archives: Archives | None = None, timeout: float = 20.0
) -> Job[Path]:
    """The file of an entry, from the cache when it is there and whole, else from its archive.

    `timeout` is how long (seconds) a server may say nothing. Closing the job stops the transfer and leaves no part.
    What EMDB knows about a map is kept beside it, see `known_facts`.
    """
    entry, archives = parse_id(text), archives or Archives()
    path = check_output_folder(folder or default_cache()) / entry.file_name
    if is_whole(path):
        yield Message(f"{entry.id} is in the cache.")
    else:
        yield StageStarted(f"fetch {entry.id}", 1)
        address = yield from _address(entry, archives, timeout)
        yield from _keep(entry, address, path, timeout)
    if entry.kind == "emdb" and known_facts(path) is None:
        yield from fetch_facts(f"{archives.emdb_facts}/{entry.id}", entry.id, path)
    return path


def is_whole(path: Path) -> bool:
    """Whether a fetched file is there and is what was fetched."""
    note = _note(path)
    try:
        return note.read_text("ascii").split()[0] == _digest(path)
    except (OSError, IndexError, UnicodeDecodeError):
        return False


def _address(entry: Entry, archives: Archives, timeout: float) -> Job[str]:
    """Where the entry's file lies; the AlphaFold DB has to be asked, because its file names carry a version."""
    if entry.kind == "emdb":
        return f"{archives.emdb}/{entry.id}/map/{entry.file_name}"
    if entry.kind == "pdb":
        return f"{archives.pdb}/{entry.file_name}"
    accession = entry.id.split("-")[1]
    answer = b""
    for part in download(f"{archives.alphafold}/{accession}", entry.id, timeout, most=MOST_ANSWER):
        answer += part.content
        yield StageAdvanced(0)
    return _model_address(entry, answer)


def _model_address(entry: Entry, answer: bytes) -> str:
    try:
        models = parse_json(answer)
        found = [str(model["cifUrl"]) for model in models if str(model["entryId"]).upper() == entry.id.upper()]
    except (ValueError, TypeError, KeyError):
        raise FetchError(
            f"The AlphaFold DB gave an answer about {entry.id} that DiffFit does not understand."
        ) from None
    if not found:
        raise FetchError(f"The AlphaFold DB has no model {entry.id}; check the UniProt accession.")
    return found[0]


def _keep(entry: Entry, address: str, path: Path, timeout: float) -> Job[None]:
    """Write the file as it comes, and its checksum once it is whole."""
    digest, got = hashlib.sha256(), 0
    with atomic_write(path, FetchError) as stream:
        for part in download(address, entry.id, timeout, most=MOST[entry.kind]):
            if got == 0:
                yield StageStarted(f"fetch {entry.id}", part.expected // _KILOBYTE)
            stream.write(part.content)
            digest.update(part.content)
            got += len(part.content)
            yield StageAdvanced(got // _KILOBYTE)
        stream.flush()
        if path.suffix == ".gz":
            _check_compressed(Path(stream.name), entry)
    with atomic_write(_note(path), FetchError) as note:
        note.write(f"{digest.hexdigest()}  {path.name}\n".encode("ascii"))


def _check_compressed(path: Path, entry: Entry) -> None:
    """A compressed file ends with its own checksum, which also tells a cut one."""
    try:
        with gzip.open(path) as stream:
            while stream.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error) as cause:
        raise FetchError(f"{entry.id} arrived damaged or incomplete; fetch it again.") from cause


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
