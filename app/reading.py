"""Any file as an item for the session."""

from dataclasses import dataclass
from pathlib import Path

from app.theme import STRUCTURE_COLOURS
from difffit_core.document.session import MapItem, StructureItem, new_key
from difffit_core.files.kinds import MAP_SUFFIXES, STRUCTURE_SUFFIXES, is_map

ALL_SUFFIXES = (*MAP_SUFFIXES, *STRUCTURE_SUFFIXES, ".difffit")
FILTERS = ";;".join(
    (
        "Maps, structures, projects ({})".format(" ".join(f"*{s}*" for s in ALL_SUFFIXES)),
        "Maps ({})".format(" ".join(f"*{s}*" for s in MAP_SUFFIXES)),
        "Structures ({})".format(" ".join(f"*{s}*" for s in STRUCTURE_SUFFIXES)),
        "Projects (*.difffit)",
        "All files (*)",
    )
)


@dataclass(frozen=True)
class ReadFile:
    """What a file turned out to be, and what its reader doubts."""

    item: MapItem | StructureItem
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapFacts:
    """What is known about a map from elsewhere, and better than it could be guessed."""

    contour_level: float  # map units
    resolution: float  # Å


def read_file(path: Path, facts: MapFacts | None = None) -> ReadFile:
    """The map or structure in a file, ready for the session; run it off the GUI thread."""
    return read_map_item(path, facts) if is_map(path) else read_structure_item(path)


def read_map_item(path: Path, facts: MapFacts | None = None) -> ReadFile:
    """A map with the level and the resolution to begin with: known ones (of a fetched map EMDB's), else suggested."""
    from difffit_core.data.contour import suggested_level
    from difffit_core.files.entry_facts import EntryFacts, known_facts
    from difffit_core.files.map_files import read_map
    from difffit_core.fit.target import suggested_resolution

    file = read_map(path)
    if facts is None:
        known = known_facts(path) or EntryFacts()
        level = known.contour_level if known.contour_level is not None else suggested_level(file.volume)
        facts = MapFacts(level, known.resolution or suggested_resolution(file.volume))
    level = facts.contour_level
    item = MapItem(new_key("map"), path, file.volume, level, level, facts.resolution)
    return ReadFile(item, file.warnings)


def read_structure_item(path: Path) -> ReadFile:
    """A structure, in the first of the colours."""
    from difffit_core.files.structure_files import read_structure

    return ReadFile(StructureItem(new_key("structure"), read_structure(path), STRUCTURE_COLOURS[0]))
