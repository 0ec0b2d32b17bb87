"""A session as files that other programs can open, and how each of them is drawn there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from difffit_core.data.placed import Placed
from difffit_core.document.assembly import placed
from difffit_core.document.copies import Colour
from difffit_core.document.session import MapItem, Session
from difffit_core.errors import DiffFitError
from difffit_core.files.assembly_files import AssemblyCopy, write_copies
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.handing_on import ShownCopy, ShownMap
from difffit_core.files.map_files import write_volume

PLAIN_MAPS = (".mrc", ".map", ".ccp4")  # what ChimeraX and Coot open as they are
MAP_COLOUR = (0.7, 0.7, 0.7)


@dataclass(frozen=True)
class _Shown:
    """A placed structure with its looks."""

    where: Placed
    name: str
    colour: Colour
    visible: bool


def write_shown(session: Session, folder: Path | str) -> tuple[tuple[ShownMap, ...], tuple[ShownCopy, ...]]:
    """Write what is in no file as it is shown (remaining maps, placed copies) and describe everything.

    Without accepted copies the structures are handed on where they stand.
    """
    standing = _standing(session)
    if not session.maps and not standing:
        raise DiffFitError("There is nothing to hand on; open a map or a structure first.")
    folder = check_output_folder(folder)
    maps = tuple(_shown_map(item, folder, number) for number, item in enumerate(session.maps, 1))
    paths = write_copies(folder, [AssemblyCopy(shown.where, shown.name) for shown in standing])
    copies = tuple(
        ShownCopy(path, shown.name, shown.colour, shown.visible) for path, shown in zip(paths, standing, strict=True)
    )
    return maps, copies


def _standing(session: Session) -> Sequence[_Shown]:
    copies = [
        _Shown(where, copy.name, copy.colour, copy.visible)
        for copy in session.copies
        if (where := placed(session, copy)) is not None
    ]
    return copies or [
        _Shown(Placed(item.structure, session.standing(item)), item.name, item.colour, item.visible)
        for item in session.structures
    ]


def _shown_map(item: MapItem, folder: Path, number: int) -> ShownMap:
    path = item.path.absolute()
    if item.removals or path.suffix.lower() not in PLAIN_MAPS or not path.is_file():
        path = folder / f"map_{number}.mrc"
        write_volume(path, item.volume)
    colour = item.colour or MAP_COLOUR
    return ShownMap(path, item.contour_level, colour, item.opacity, item.visible, item.style == "mesh")
