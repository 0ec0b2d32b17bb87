"""Scripts that show maps and copies in other programs: ChimeraX (.cxc) and Coot (.py).

The scripts only load and colour: maps and placed structures must lie in files (`write_volume`, `write_copies`).
"""

import colorsys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1
_COOT_CARBON_HUE = 60.0  # degrees: Coot draws the carbon atoms of an unturned molecule yellow


@dataclass(frozen=True)
class ShownMap:
    """A map file and how it is drawn."""

    path: Path
    level: float  # map units
    colour: Colour = (0.7, 0.7, 0.7)
    opacity: float = 0.35
    visible: bool = True
    mesh: bool = False


@dataclass(frozen=True)
class ShownCopy:
    """The file of a placed structure and how it is drawn."""

    path: Path
    name: str
    colour: Colour
    visible: bool = True


def write_chimerax_script(
    path: Path | str, maps: Sequence[ShownMap], copies: Sequence[ShownCopy], *, first_model: int = 1
) -> None:
    """A script that ChimeraX opens by a double click: maps are models from `first_model` on, copies follow."""
    _write(path, chimerax_commands(maps, copies, first_model=first_model))


def chimerax_commands(
    maps: Sequence[ShownMap], copies: Sequence[ShownCopy], *, first_model: int = 1
) -> tuple[str, ...]:
    """The lines of the script, for a ChimeraX that runs already: `first_model` must be free there."""
    lines = []
    for model, shown_map in enumerate(maps, first_model):
        lines += _chimerax_map(shown_map, model)
    for model, copy in enumerate(copies, first_model + len(maps)):
        lines += _chimerax_copy(copy, model)
    return (*lines, "view")


def write_coot_script(path: Path | str, maps: Sequence[ShownMap], copies: Sequence[ShownCopy]) -> None:
    """A script for `coot --script`, of version 0.9 as well as 1."""
    lines = [
        "# -*- coding: utf-8 -*-",
        "try:",
        "    from coot import *  # Coot 1; in 0.9 everything is there already",
        "except ImportError:",
        "    pass",
    ]
    for shown_map in maps:
        lines += _coot_map(shown_map)
    for copy in copies:
        lines += _coot_copy(copy)
    _write(path, lines)


def _chimerax_map(shown: ShownMap, model: int) -> list[str]:
    style = "mesh" if shown.mesh else "surface"
    return [
        f"open {_chimerax_path(shown.path)} id {model}",
        f"volume #{model} style {style} level {shown.level:.9g} step 1",
        f"color #{model} {_hex(shown.colour)}",
        f"transparency #{model} {round(100 * (1 - shown.opacity))} target s",
        *([] if shown.visible else [f"hide #{model} models"]),
    ]


def _chimerax_copy(copy: ShownCopy, model: int) -> list[str]:
    return [
        f"open {_chimerax_path(copy.path)} id {model}",
        f"rename #{model} {_chimerax_text(copy.name)}",
        f"hide #{model} atoms",
        f"cartoon #{model}",
        f"color #{model} {_hex(copy.colour)}",
        *([] if copy.visible else [f"hide #{model} models"]),
    ]


def _coot_map(shown: ShownMap) -> list[str]:
    red, green, blue = shown.colour
    return [
        f"molecule = handle_read_ccp4_map({_absolute(shown.path)!r}, 0)",
        f"set_contour_level_absolute(molecule, {shown.level:.9g})",
        f"set_map_colour(molecule, {red:.3f}, {green:.3f}, {blue:.3f})",
        *([] if shown.visible else ["set_map_displayed(molecule, 0)"]),
    ]


def _coot_copy(copy: ShownCopy) -> list[str]:
    hue = 360 * colorsys.rgb_to_hsv(*copy.colour)[0]
    return [
        f"molecule = read_pdb({_absolute(copy.path)!r})",
        f"set_molecule_name(molecule, {copy.name!r})",
        f"set_molecule_bonds_colour_map_rotation(molecule, {(hue - _COOT_CARBON_HUE) % 360:.0f})",
        *([] if copy.visible else ["set_mol_displayed(molecule, 0)"]),
    ]


def _absolute(path: Path) -> str:
    """With forward slashes, which Windows understands as well and nothing has to escape."""
    return path.absolute().as_posix()


def _chimerax_path(path: Path) -> str:
    text = _absolute(path)
    if any(character in text for character in "*?[\n\r"):  # ChimeraX would look for files that match a pattern
        raise DiffFitError(f"ChimeraX cannot open {text} because of the characters * ? [ in it; choose another folder.")
    return _chimerax_text(text)


def _chimerax_text(text: str) -> str:
    """In quotes, in which ChimeraX reads a backslash as the beginning of a special character."""
    plain = " ".join(text.splitlines())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in colour)


def _write(path: Path | str, lines: Iterable[str]) -> None:
    with atomic_write(path) as stream:
        stream.write("".join(f"{line}\n" for line in lines).encode())
