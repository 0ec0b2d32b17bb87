"""Regions as users write them: `sphere:x,y,z,r`, `box:x0,y0,z0,x1,y1,z1`, `mask:FILE[:level]`, `segment:FILE:value`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from difffit_core.data.region import Box, Mask, Region, Shape, Sphere, mask_of
from difffit_core.errors import SettingsError
from difffit_core.files.map_files import read_volume

GRAMMAR = "sphere:x,y,z,r or box:x0,y0,z0,x1,y1,z1 in Å, mask:FILE[:level], or segment:FILE:label"


def read_region(searched: Sequence[str], excluded: Sequence[str] = ()) -> Region | None:
    """The region that these texts describe, masks read from their files; None when there are none."""
    if not searched and not excluded:
        return None
    return Region(tuple(map(read_shape, searched)), tuple(map(read_shape, excluded)))


def read_shape(text: str) -> Shape:
    """The shape of one text; SettingsError when it cannot be understood, MapFileError when its map cannot be read."""
    kind, _, rest = text.partition(":")
    match kind.strip().lower():
        case "sphere":
            values = _numbers(text, rest, 4)
            return Sphere(values[:3], float(values[3]))
        case "box":
            return Box(_numbers(text, rest, 6).reshape(2, 3))
        case "mask":
            path, level = _path_and_number(rest)
            return _named(path, level)
        case "segment":
            path, label = _path_and_number(rest)
            if label is None:
                raise SettingsError(f"{text} names no segment; write segment:FILE:label, with the value of its voxels.")
            return _segment(path, label)
    raise SettingsError(f"{text} is not a region; write {GRAMMAR}.")


def _numbers(text: str, listed: str, count: int) -> np.ndarray:
    try:
        values = np.array([float(part) for part in listed.split(",")])
    except ValueError:
        values = np.empty(0)
    if len(values) != count:
        raise SettingsError(f"{text} needs {count} numbers with commas between them; write {GRAMMAR}.")
    return values


def _path_and_number(text: str) -> tuple[Path, float | None]:
    """A file, and what follows the last colon where that is a number: drives and file names may have colons too."""
    path, _, last = text.rpartition(":")
    if path and not Path(text).exists():
        try:
            return Path(path), float(last)
        except ValueError:
            pass
    return Path(text), None


def _named(path: Path, level: float | None) -> Mask:
    try:
        return mask_of(read_volume(path), level)
    except SettingsError as cause:
        raise SettingsError(f"{path.name}: {cause}") from cause


def _segment(path: Path, label: float) -> Mask:
    """The voxels of a label map that have this value."""
    volume = read_volume(path)
    chosen = volume.data == np.float32(label)
    if not chosen.any():
        raise SettingsError(f"{path.name} has no voxels of the value {label:g}; look up the label of the segment.")
    return mask_of(volume.with_data(chosen.astype(np.float32)), 0.5)
