"""Which candidates a library holds: a folder, a pattern, a list, an archive, or one structure."""

import csv
import glob
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from difffit_core.errors import DiffFitError
from difffit_core.files.compression import format_suffix, name_without_suffixes
from difffit_core.files.kinds import STRUCTURE_SUFFIXES
from difffit_core.scan.archives import is_archive, unpack

TABLE = "library.csv"
_WILD = set("*?[")
_LIST_SUFFIXES = (".txt", ".list", ".lst")


@dataclass(frozen=True)
class Source:
    """One candidate: its file, and a name that no other candidate of the library has, whatever the case of letters."""

    path: Path
    name: str
    description: str = ""  # as the folder's library.csv has it


def list_library(library: Path | str, unpack_into: Path) -> tuple[Source, ...]:
    """Every candidate of a library in the order of their names, files that cannot be read included.

    `library` is a folder (searched with all folders in it), a pattern such as `models/*.pdb`, a text file with one path
    per line, a zip or tar archive, which is unpacked into the folder `unpack_into`, or a structure. Raises DiffFitError
    when it is none of these or holds no structure.
    """
    path = Path(library)
    if path.is_dir():
        found = sorted(_in_folder(path))
    elif not path.exists() and _WILD & set(str(library)):
        found = sorted(Path(name) for name in glob.glob(str(library), recursive=True) if _may_be_structure(Path(name)))
    elif not path.exists():
        raise DiffFitError(f"{library} does not exist; name a folder, a pattern, a list or an archive of structures.")
    else:
        found = _of_file(path, unpack_into)
    if not found:
        raise DiffFitError(f"{library} holds no structures (PDB, mmCIF); choose another folder, pattern or archive.")
    return tuple(_named(found, descriptions_in(path)))


def _of_file(path: Path, unpack_into: Path) -> list[Path]:
    if is_archive(path):
        return sorted(unpack(path, unpack_into))
    if path.suffix.lower() in _LIST_SUFFIXES:
        return _of_list(path)
    if _may_be_structure(path):
        return [path]
    raise DiffFitError(
        f"{path.name} is no library; name a folder, a pattern, a list of paths (.txt), or a zip or tar archive."
    )


def _in_folder(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(here, name) for name in files if not name.startswith(".") and _may_be_structure(Path(name)))


def _of_list(path: Path) -> list[Path]:
    """The paths in a text file, relative to its folder; empty lines and those after a # are skipped."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        raise DiffFitError(f"{path.name} cannot be read as a list of paths; write one path per line.") from cause
    lines = (line.strip() for line in text.splitlines())
    return [path.parent / line for line in lines if line and not line.startswith("#")]


def _may_be_structure(path: Path) -> bool:
    return format_suffix(path) in STRUCTURE_SUFFIXES


def descriptions_in(folder: Path) -> dict[Path, str]:
    """What the table of a prepared library says of its files; nothing where there is no such table."""
    table = folder / TABLE
    if not table.is_file():
        return {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise DiffFitError(f"{table} cannot be read as a table; make it again with `difffit library`.") from cause
    return {folder / row["file"]: row["description"] or "" for row in rows if row.get("file") and "description" in row}


def _named(paths: list[Path], descriptions: Mapping[Path, str]) -> Iterator[Source]:
    """Names from the files' own; those that come again get a number, in an order that does not change."""
    taken: set[str] = set()
    for path in paths:
        stem = name_without_suffixes(path)
        name, count = stem, 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name.casefold())
        yield Source(path, name, descriptions.get(path, ""))
