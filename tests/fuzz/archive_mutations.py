"""Damage to zip and tar archives: other content, hostile names, links, sizes that are not true."""

import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.json_mutations import mutate_json_text
from tests.fuzz.mutations import mutate_bytes
from tests.fuzz.text_mutations import packed

NAMES = (
    *("../outside.pdb", "/tmp/outside.pdb", "..\\outside.pdb", "C:\\outside.pdb", "a/../../outside.pdb", "", ".", ".."),
    *("a.pdb\0.exe", "x" * 300 + ".pdb", "CON.pdb", "A.PDB", "a.pdb", "session.json", "arrays/../session.json"),
    *("é/β.cif", "~/x.pdb", "a//b.pdb", ".hidden.pdb", "a.pdb/", "arrays/x.npy", "files/structure1"),
)
HUGE = bytes(8 << 20)  # of zeros: eight kilobytes when compressed
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
KINDS = (tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE)
Entry = tuple[str, bytes]
Writer = Callable[[Random, list[Entry]], bytes]


def mutate_archive(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A zip or tar archive with damaged entries, in the format it has."""
    if random.random() < 0.3:
        return mutate_bytes(random, content, others)
    entries = entries_of(content)
    for _ in range(random.choice((1, 1, 2, 3))):
        _damage_entry(random, entries, entries_of(random.choice(others)))
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _lied_about(random, write_zip(random, entries))
    return packed(random, write_tar(random, entries))


def entries_of(content: bytes) -> list[Entry]:
    """Names and contents of an archive."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = [(info.name, tar.extractfile(info)) for info in tar]
        return [(name, stream.read()) for name, stream in files if stream is not None]


def _damage_entry(random: Random, entries: list[Entry], other: list[Entry]) -> None:
    at = _chosen(random, entries)
    if not entries:
        entries.append((random.choice(NAMES), b""))
    name, content = entries[at]
    match random.choice("ccccccnnddoh"):
        case "c":
            entries[at] = (name, damaged_content(random, name, content))
        case "n":
            entries[at] = (random.choice(NAMES), content)
        case "d" if len(entries) > 1:
            del entries[at]
        case "h" if random.random() < 0.1:
            entries[at] = (name, HUGE)
        case _ if other:
            entries.append((random.choice((name, random.choice(other)[0])), random.choice(other)[1]))


def _chosen(random: Random, entries: list[Entry]) -> int:
    """Any entry; in a project the one that says what all others are more often than its share."""
    session = [number for number, (name, _) in enumerate(entries) if name == "session.json"]
    return random.choice(session) if session and random.random() < 0.6 else random.randrange(max(len(entries), 1))


def damaged_content(random: Random, name: str, content: bytes) -> bytes:
    """What an entry holds, damaged as its kind can be."""
    if name.endswith("session.json"):
        try:
            return mutate_json_text(random, content, [content])
        except (ValueError, RecursionError):  # damaged before
            pass
    return mutate_bytes(random, content, [content])


def write_zip(random: Random, entries: Sequence[Entry]) -> bytes:
    """A zip archive, some of it packed in unusual ways."""
    odd = random.random() < 0.1
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that come twice: that is the point
        for number, (name, content) in enumerate(entries):
            info = zipfile.ZipInfo(name or f"none{number}", (1980, 1, 1, 0, 0, 0))
            info.external_attr = random.choice((0o644, 0o120777 if odd else 0o600)) << 16
            info.compress_type = random.choice(METHODS) if odd else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=1)
    return target.getvalue()


def write_tar(random: Random, entries: Sequence[Entry]) -> bytes:
    """A tar archive, some members of which are links, devices or pipes."""
    odd = random.random() < 0.4
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=random.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))) as tar:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if odd and random.random() < 0.5:
                info.type, info.linkname = random.choice(KINDS), random.choice(NAMES)
            tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _lied_about(random: Random, content: bytes) -> bytes:
    """One time in five a size or offset in the zip's directory says something else."""
    begin = content.rfind(b"PK\x01\x02")
    if begin < 0 or random.random() < 0.8:
        return content
    at = begin + random.choice((16, 20, 24, 28, 30, 42))
    return content[:at] + random.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x00\x7f", b"\x01\0\0\0")) + content[at + 4 :]
