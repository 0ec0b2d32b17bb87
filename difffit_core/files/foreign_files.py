"""Files that DiffFit does not read itself, through readers that other packages bring."""

from pathlib import Path

from difffit_core.data.volume import Volume
from difffit_core.errors import MapFileError, StructureFileError
from difffit_core.files.compression import format_suffix
from difffit_core.plugins import MAP_READERS, STRUCTURE_READERS, reader_for


def foreign_volume(path: Path) -> Volume | None:
    """The map in a file whose suffix an installed reader is for; None when there is no such reader.

    A reader takes a path and returns a Volume (densities [z, y, x], voxel size and origin x y z in Å).
    """
    reader = reader_for(MAP_READERS, format_suffix(path))
    if reader is None:
        return None
    if not path.is_file():
        raise MapFileError(f"{path} does not exist; check the path.")
    volume = reader(path)
    if not isinstance(volume, Volume):
        raise MapFileError(f"The reader for {path.suffix} files returned no Volume; update or remove its package.")
    return volume


def foreign_structure(path: Path) -> bytes | None:
    """The structure, as mmCIF or PDB text, in a file whose suffix an installed reader is for; None without one."""
    reader = reader_for(STRUCTURE_READERS, format_suffix(path))
    if reader is None:
        return None
    if not path.is_file():
        raise StructureFileError(f"{path} does not exist; check the path.")
    text = reader(path)
    if not isinstance(text, str):
        raise StructureFileError(f"The reader for {path.suffix} files returned no text; update or remove its package.")
    return text.encode()
