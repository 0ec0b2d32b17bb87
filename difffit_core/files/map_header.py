"""Decoding the 1024-byte header of MRC and CCP4 maps as programs really write it.

Words are numbered from 1 as in the MRC2014 standard (Cheng et al. 2015, J. Struct. Biol. 192, 146).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float64
from mrcfile.dtypes import HEADER_DTYPE
from numpy import ndarray

from difffit_core.errors import MapFileError

HEADER_BYTES = 1024
SAMPLE_DTYPES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}  # by mode; bytes are signed
_KNOWN_MODES = {*SAMPLE_DTYPES, 3, 4, 101}
_REFUSED_MODES = {
    3: "holds complex numbers (a Fourier transform), not density; transform it back first",
    4: "holds complex numbers (a Fourier transform), not density; transform it back first",
    101: "holds 4-bit numbers (mode 101); convert it to 32-bit numbers (mode 2) first",
}


@dataclass(frozen=True)
class MapHeader:
    """A map's header, decoded; triples are x y z unless the name says that they are in the file's axis order."""

    path: Path
    mode: int
    byte_order: Literal["<", ">"]
    shape_in_file: tuple[int, int, int]  # columns, rows, sections
    axis_order: tuple[int, int, int]  # which of x (1), y (2), z (3) columns, rows and sections run along
    nstart_in_file: tuple[int, int, int]
    intervals_xyz: tuple[int, int, int]  # voxels per unit cell
    cell_xyz: tuple[float, float, float]  # Å
    angles: tuple[float, float, float]  # degrees
    origin_words_xyz: tuple[float, float, float]  # Å, words 50 to 52 as they stand
    space_group: int
    extended_bytes: int
    labels: tuple[str, ...] = ()
    skew_shift_xyz: tuple[float, float, float] | None = None  # Å, CCP4's skew transformation without rotation
    unsigned_bytes: bool = False  # IMOD's reading of mode 0
    notes: tuple[str, ...] = field(default=(), repr=False)  # what had to be assumed

    @property
    def sample_dtype(self) -> np.dtype[np.generic]:
        """How one voxel is stored."""
        kind = "u1" if self.unsigned_bytes else SAMPLE_DTYPES[self.mode]
        return np.dtype(self.byte_order + kind)

    @property
    def data_bytes(self) -> int:
        """Size of the voxel data in the file."""
        columns, rows, sections = self.shape_in_file
        return columns * rows * sections * self.sample_dtype.itemsize

    @property
    def voxel_size_xyz(self) -> Float64[ndarray, "3"]:
        """Å per voxel."""
        return np.array(self.cell_xyz) / np.array(self.intervals_xyz)

    @property
    def nstart_xyz(self) -> Float64[ndarray, "3"]:
        """Index of the first voxel in the cell's grid, permuted from the file's axis order."""
        nstart = np.empty(3)
        nstart[np.array(self.axis_order) - 1] = self.nstart_in_file
        return nstart

    @property
    def origin_xyz(self) -> Float64[ndarray, "3"]:
        """Centre (Å) of the first voxel: the ORIGIN words if any is set, else nstart; the two are never added."""
        words = np.array(self.origin_words_xyz)
        if words.any():
            return words
        shift = np.zeros(3) if self.skew_shift_xyz is None else np.array(self.skew_shift_xyz)
        return self.nstart_xyz * self.voxel_size_xyz + shift


def decode_header(path: Path, block: bytes) -> MapHeader:
    """The header of the file that begins with this block, checked; doubtful fields become notes, bad ones errors."""
    if len(block) < HEADER_BYTES:
        raise MapFileError(
            f"{path.name} ends inside its {HEADER_BYTES}-byte header ({len(block)} bytes); download or copy it again."
        )
    order = _byte_order(block)
    words = np.frombuffer(block, HEADER_DTYPE.newbyteorder(order), count=1)[0]
    notes: list[str] = []
    shape = _shape(path, words)
    _check_kind(path, words, shape)
    axes = _axes(path, words, notes)
    angles = _right_angles(path, words, notes)
    intervals = _intervals(path, words, shape, axes, notes)
    return MapHeader(
        path=path,
        mode=int(words["mode"]),
        byte_order=order,
        shape_in_file=shape,
        axis_order=axes,
        nstart_in_file=_integers(words, "nxstart", "nystart", "nzstart"),
        intervals_xyz=intervals,
        cell_xyz=_cell(path, words, intervals, notes),
        angles=angles,
        origin_words_xyz=_origin_words(words, notes),
        space_group=int(words["ispg"]),
        extended_bytes=_extended_bytes(path, words),
        labels=_labels(words),
        skew_shift_xyz=_skew_shift(path, block, order, notes),
        unsigned_bytes=_imod_unsigned(block, order, int(words["mode"]), notes),
        notes=tuple(notes),
    )


def _byte_order(block: bytes) -> Literal["<", ">"]:
    """The order in which size, mode and axes make sense; the machine stamp decides only where both do."""
    little, big = (_plausibility(np.frombuffer(block, order + "i4", count=19)) for order in "<>")
    if little != big:
        return "<" if little > big else ">"
    return ">" if block[212:214] == b"\x11\x11" else "<"


def _plausibility(words: ndarray) -> int:
    sizes, mode, intervals, axes = words[0:3], words[3], words[7:10], words[16:19]
    return (
        2 * int(mode in _KNOWN_MODES)
        + int(((sizes > 0) & (sizes < 65536)).sum())
        + int(((intervals > 0) & (intervals < 65536)).sum())
        + int(((axes >= 1) & (axes <= 3)).sum())
    )


def _integers(words: np.void, *names: str) -> tuple[int, int, int]:
    x, y, z = (int(words[name]) for name in names)
    return x, y, z


def _reals(words: np.void, name: str, *parts: str) -> tuple[float, float, float]:
    """Header numbers as the shortest decimals that they stand for: 1.458, not the 1.4580000639 of a 32-bit float."""
    x, y, z = (float(str(words[name][part])) for part in parts)
    return x, y, z


def _shape(path: Path, words: np.void) -> tuple[int, int, int]:
    shape = _integers(words, "nx", "ny", "nz")
    if min(shape) <= 0:
        raise MapFileError(
            f"{path.name} is not a density map or is damaged: its header claims {' × '.join(map(str, shape))} voxels; "
            "check that it is an MRC or CCP4 file."
        )
    return shape


def _check_kind(path: Path, words: np.void, shape: tuple[int, int, int]) -> None:
    mode, group = int(words["mode"]), int(words["ispg"])
    if mode not in SAMPLE_DTYPES:
        reason = _REFUSED_MODES.get(mode, f"has the unknown data mode {mode}; check that it is an MRC or CCP4 file")
        raise MapFileError(f"{path.name} {reason}.")
    if path.name.lower().endswith((".mrcs", ".mrcs.gz", ".mrcs.bz2")) or (
        group == 0 and int(words["mz"]) == 1 and shape[2] > 1
    ):
        raise MapFileError(f"{path.name} is a stack of {shape[2]} images; DiffFit needs a 3-D map.")
    if 401 <= group <= 630:  # MRC2014: space group + 400
        raise MapFileError(f"{path.name} is a stack of volumes (space group {group}); save one volume as a 3-D map.")
    if min(shape) == 1:
        raise MapFileError(f"{path.name} is a 2-D image ({' × '.join(map(str, shape))}); DiffFit needs a 3-D map.")


def _axes(path: Path, words: np.void, notes: list[str]) -> tuple[int, int, int]:
    axes = _integers(words, "mapc", "mapr", "maps")
    if axes == (0, 0, 0):
        notes.append("The header does not name its axes; columns, rows and sections are taken as x, y, z.")
        return 1, 2, 3
    if sorted(axes) != [1, 2, 3]:
        raise MapFileError(
            f"{path.name} names its axes {', '.join(map(str, axes))}, which should be 1, 2 and 3 in some order; "
            "save it again with the program that made it."
        )
    return axes


def _right_angles(path: Path, words: np.void, notes: list[str]) -> tuple[float, float, float]:
    angles = _reals(words, "cellb", "alpha", "beta", "gamma")
    if angles == (0, 0, 0):
        notes.append("The header gives no cell angles; right angles are assumed.")
        return 90.0, 90.0, 90.0
    if not all(abs(angle - 90) < 0.02 for angle in angles):  # also catches NaN
        shown = ", ".join(f"{angle:g}°" for angle in angles)
        raise MapFileError(
            f"{path.name} has a non-orthogonal cell (angles {shown}), as maps of crystals do; "
            "resample it on an orthogonal grid first."
        )
    return angles


def _intervals(
    path: Path, words: np.void, shape: tuple[int, int, int], axes: tuple[int, int, int], notes: list[str]
) -> tuple[int, int, int]:
    intervals = _integers(words, "mx", "my", "mz")
    if min(intervals) < 0:
        raise MapFileError(f"{path.name} is damaged: its header claims a cell of {intervals} voxels; save it again.")
    if min(intervals) > 0:
        return intervals
    notes.append("The header gives no cell grid (MX, MY, MZ); the cell is taken to be the box of the map.")
    x, y, z = (shape[axes.index(axis)] for axis in (1, 2, 3))
    return x, y, z


def _cell(path: Path, words: np.void, intervals: tuple[int, int, int], notes: list[str]) -> tuple[float, float, float]:
    cell = _reals(words, "cella", "x", "y", "z")
    if cell == (0, 0, 0):
        notes.append("The header gives no voxel size; 1 Å is assumed, so check it before you trust a fit.")
        x, y, z = (float(n) for n in intervals)
        return x, y, z
    sizes = [length / n for length, n in zip(cell, intervals, strict=True)]
    if not all(0.01 <= size <= 1000 for size in sizes):  # also catches NaN
        shown = " × ".join(f"{size:g}" for size in sizes)
        raise MapFileError(f"{path.name} has an impossible voxel size of {shown} Å; set it right in the file's header.")
    if max(sizes) > 1.5 * min(sizes):
        shown = " × ".join(f"{size:.4g}" for size in sizes)
        notes.append(f"The voxels are far from cubic ({shown} Å); check the cell in the file's header.")
    return cell


def _origin_words(words: np.void, notes: list[str]) -> tuple[float, float, float]:
    """The ORIGIN words; zeros when they hold no position, as in headers from before 2000 with other uses for them."""
    with np.errstate(invalid="ignore"):
        origin = _reals(words, "origin", "x", "y", "z")
    if all(abs(value) < 1e6 for value in origin):  # also catches NaN
        x, y, z = (0.0 if abs(value) < 1e-6 else value for value in origin)  # remains of other uses are often tiny
        return x, y, z
    notes.append("The header's ORIGIN holds no usable numbers; the position is taken from NSTART.")
    return 0.0, 0.0, 0.0


def _extended_bytes(path: Path, words: np.void) -> int:
    size = int(words["nsymbt"])
    if size < 0:
        raise MapFileError(
            f"{path.name} is damaged: its extended header claims {size} bytes; download or save it again."
        )
    return size


def _labels(words: np.void) -> tuple[str, ...]:
    texts = (bytes(label).decode("latin-1").replace("\0", " ").strip() for label in words["label"])
    return tuple(text for text in texts if text)


def _skew_shift(path: Path, block: bytes, order: str, notes: list[str]) -> tuple[float, float, float] | None:
    """CCP4's skew translation (words 35 to 37): where the map stands among the atoms; None when there is none."""
    flag = int(np.frombuffer(block, order + "i4", count=1, offset=96)[0])
    numbers = np.frombuffer(block, order + "f4", count=12, offset=100)
    rotation, shift = numbers[:9].reshape(3, 3), numbers[9:]
    if flag != 1 or not np.isfinite(numbers).all() or not (np.abs(numbers) < 1e6).all():
        return None
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3):
        return None  # MRC2014 leaves these words to other uses
    if not np.allclose(rotation, np.eye(3), atol=1e-5):
        raise MapFileError(f"{path.name} is rotated by a CCP4 skew transformation; resample it without one first.")
    if not shift.any():
        return None
    notes.append("The header shifts the map by a CCP4 skew transformation; the shift is applied unless ORIGIN is set.")
    x, y, z = (float(str(value)) for value in shift)
    return x, y, z


def _imod_unsigned(block: bytes, order: str, mode: int, notes: list[str]) -> bool:
    """Whether IMOD's own words 39 and 40 say that bytes are unsigned."""
    stamp, flags = (int(word) for word in np.frombuffer(block, order + "i4", count=2, offset=152))
    if mode != 0 or stamp != 1146047817 or flags & 1:
        return False
    notes.append("IMOD's mark in the header says that bytes are unsigned; they are read as 0 to 255.")
    return True
