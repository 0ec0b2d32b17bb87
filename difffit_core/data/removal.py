"""What was taken out of a map: enough to take it out again and to put it back bit for bit, without a second map."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from numpy import ndarray

from difffit_core.data.volume import Volume
from difffit_core.errors import SettingsError
from difffit_core.settings import require_positive

Triple = tuple[int, int, int]
MODES = ("zero", "subtract")


@dataclass(frozen=True, kw_only=True)
class RemovalSettings:
    """How explained density is taken out."""

    level: float  # map units: simulated density above it counts as the molecule's
    resolution: float  # Å
    mode: str = "zero"  # set to the solvent's density; or "subtract" the scaled simulated map
    radius: float | None = None  # Å: everything this near to an atom, instead of what the simulated density says

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise SettingsError(f"mode is {self.mode!r}; choose one of {', '.join(MODES)}.")
        require_positive("resolution", self.resolution, "Å")
        if not np.isfinite(self.level):
            raise SettingsError(f"level must be a finite number, not {self.level}.")
        if self.radius is not None:
            require_positive("radius", self.radius, "Å")


@dataclass(frozen=True, eq=False)
class Removal:
    """Voxels of a box of a map that changed: what they held, and what became of them.

    `bits` marks the voxels in the box, packed eight to a byte in C order; the other arrays follow that order.
    """

    low_zyx: Triple  # index of the box's first voxel
    shape_zyx: Triple
    bits: UInt8[ndarray, " byte"]
    before: Float32[ndarray, " voxel"]  # map units
    amount: Float32[ndarray, " voxel"] | None  # what was subtracted (map units); None: the voxels became `fill`
    fill: float  # map units

    @cached_property
    def mask(self) -> Bool[ndarray, "z y x"]:
        """Which voxels of the box changed."""
        count = int(np.prod(self.shape_zyx))
        return np.unpackbits(self.bits, count=count).astype(bool).reshape(self.shape_zyx)

    @property
    def window(self) -> tuple[slice, slice, slice]:
        """The box in the map's array [z, y, x]."""
        z, y, x = (slice(low, low + size) for low, size in zip(self.low_zyx, self.shape_zyx, strict=True))
        return z, y, x

    def take_out(self, data: Float32[ndarray, "z y x"]) -> None:
        """Change an array in place as the map was changed."""
        part = data[self.window]
        if self.amount is None:
            part[self.mask] = self.fill
        else:
            part[self.mask] -= self.amount

    def put_back(self, data: Float32[ndarray, "z y x"]) -> None:
        """Give an array in place what the voxels held before, bit for bit."""
        data[self.window][self.mask] = self.before


def removal_of(
    data: Float32[ndarray, "z y x"],
    low_zyx: Triple,
    mask: Bool[ndarray, "z2 y2 x2"],
    *,
    fill: float = 0.0,
    amount: Float32[ndarray, " voxel"] | None = None,
) -> Removal:
    """The record of a change that `take_out` will make to this array in the box that begins at `low_zyx`."""
    nz, ny, nx = mask.shape
    window = tuple(slice(low, low + size) for low, size in zip(low_zyx, mask.shape, strict=True))
    return Removal(low_zyx, (nz, ny, nx), np.packbits(mask), data[window][mask].copy(), amount, fill)


def without(volume: Volume, removals: Iterable[Removal]) -> Volume:
    """The map less what the removals take out, one after the other."""
    data = volume.data.copy()
    for removal in removals:
        removal.take_out(data)
    return volume.with_data(data)


def restored(volume: Volume, removals: Iterable[Removal]) -> Volume:
    """The map as it was before these removals, which must be the latest ones, in the order in which they were made."""
    data = volume.data.copy()
    for removal in reversed(tuple(removals)):
        removal.put_back(data)
    return volume.with_data(data)


def explained_fraction(volume: Volume, level: float, removals: Iterable[Removal]) -> float:
    """Share of the voxels above a level in a map (before anything was taken out) that the removals cover; 0 to 1."""
    inside = volume.data > level
    total = int(np.count_nonzero(inside))
    for removal in removals:
        inside[removal.window][removal.mask] = False
    return 1 - int(np.count_nonzero(inside)) / total if total else 0.0
