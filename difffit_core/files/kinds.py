"""Whether a file is a map or a structure: told by its suffix, and by its content where that says nothing."""

from pathlib import Path

from difffit_core.errors import DiffFitError
from difffit_core.files.compression import format_suffix, open_plain
from difffit_core.plugins import MAP_READERS, STRUCTURE_READERS, plugins

MAP_SUFFIXES = (".mrc", ".map", ".ccp4", ".rec", ".st", ".ali", ".situs", ".sit", ".brix", ".dsn6", ".omap", ".em")
STRUCTURE_SUFFIXES = (".pdb", ".ent", ".cif", ".mmcif", ".bcif", ".pdbx")
_HEAD_BYTES = 4096
_STRUCTURE_BEGINNINGS = ("HEADER", "TITLE", "ATOM", "HETATM", "MODEL", "REMARK", "CRYST1", "COMPND", "data_", "#")


class UnknownFileError(DiffFitError):
    """A file is neither a map nor a structure."""


def is_map(path: Path) -> bool:
    """Whether the file is a map; raises UnknownFileError when it is neither map nor structure."""
    suffix = format_suffix(path)
    if suffix in MAP_SUFFIXES + STRUCTURE_SUFFIXES:
        return suffix in MAP_SUFFIXES
    for group in (MAP_READERS, STRUCTURE_READERS):
        if suffix.removeprefix(".") in plugins(group):
            return group == MAP_READERS
    with open_plain(path, UnknownFileError) as (stream, _):
        head = stream.read(_HEAD_BYTES)
    if head[208:212] == b"MAP ":
        return True
    if head.decode("ascii", errors="ignore").lstrip().startswith(_STRUCTURE_BEGINNINGS):
        return False
    raise UnknownFileError(
        f"{path.name} is neither a map (MRC, CCP4, MAP) nor a structure (PDB, mmCIF) that DiffFit knows; "
        "if it is one, rename it with the right ending."
    )
