"""Explained density: what placed structures account for in a map, and the map without it.

A copy explains the voxels in which its own simulated density, scaled to the map by least squares, is above the contour
level, and those within an atom's own radius. Neither reaches into a neighbour that only touches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from numpy import ndarray

from difffit_core.data.contour import background, subset
from difffit_core.data.placed import Placed
from difffit_core.data.removal import Removal, RemovalSettings, Triple, removal_of
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.fit.kernels.gaussians_numba import REACH
from difffit_core.fit.occupancy import near_points
from difffit_core.fit.simulate import SIGMA_PER_RESOLUTION, simulate_map

ATOM_RADIUS = 2.0  # Å: where an atom's own density is taken for granted, half the distance of atoms that touch
# maps are seldom as sharp everywhere as their resolution says: the sharpness that agrees best with the map is taken
BLURS = (1.0, 1.25, 1.5)
SCALED_ABOVE = 0.10  # of the most blurred simulated maximum: the voxels that the scale is found from


@dataclass(frozen=True)
class Remaining:
    """A map less what copies explain, and how to put it back."""

    volume: Volume
    removals: tuple[Removal, ...]  # one per copy, in their order


@dataclass(frozen=True, eq=False)
class Preview:
    """What would happen to the voxels above the contour level in the box around the copies."""

    box: Volume  # the map there, as it is
    goes: Bool[ndarray, "z y x"]
    stays: Bool[ndarray, "z y x"]


@dataclass(frozen=True, eq=False)
class Explained:
    """What one copy explains, in a box of the map."""

    low_xyz: Triple
    mask: Bool[ndarray, "z y x"]
    density: Float32[ndarray, "z y x"]  # simulated, scaled to the map (map units above the solvent)


def remove_density(volume: Volume, copies: Sequence[Placed], settings: RemovalSettings) -> Remaining:
    """The map without what the copies explain; every copy is judged by the map as it was given."""
    solvent = solvent_density(volume, settings.level)
    # before anything changes: a neighbour that went first would take some of the next copy's density with it
    found = [explain(volume, copy, settings, solvent) for copy in copies]
    data, removals = volume.data.copy(), []
    for explained in found:
        x, y, z = explained.low_xyz
        amount = explained.density[explained.mask] if settings.mode == "subtract" else None
        removal = removal_of(data, (z, y, x), explained.mask, fill=solvent, amount=amount)
        removal.take_out(data)
        removals.append(removal)
    return Remaining(volume.with_data(data), tuple(removals))


def preview_removal(volume: Volume, copies: Sequence[Placed], settings: RemovalSettings) -> Preview:
    """What of the density above the contour would go and what would stay around the copies; nothing is changed."""
    if not copies:
        raise FitError("There is no copy whose density could be removed; choose one first.")
    solvent = solvent_density(volume, settings.level)
    found = [explain(volume, copy, settings, solvent) for copy in copies]
    low = np.min([explained.low_xyz for explained in found], axis=0)
    high = np.max([np.add(explained.low_xyz, explained.mask.shape[::-1]) for explained in found], axis=0)
    box = volume.crop(_triple(low), _triple(high))
    goes = np.zeros(box.data.shape, dtype=bool)
    for explained in found:
        x, y, z = np.subtract(explained.low_xyz, low)
        nz, ny, nx = explained.mask.shape
        goes[z : z + nz, y : y + ny, x : x + nx] |= explained.mask
    above = box.data > settings.level
    return Preview(box, goes & above, above & ~goes)


def explain(volume: Volume, copy: Placed, settings: RemovalSettings, solvent: float) -> Explained:
    """What a copy explains in a map whose solvent has this density (map units)."""
    xyz = copy.xyz
    low, high = _box_around(volume, copy, settings)
    box = volume.crop(low, high)
    simulated = _scaled(box, copy, settings.resolution, solvent)
    if settings.radius is not None:
        return Explained(low, near_points(box, xyz, settings.radius), simulated)
    own = (simulated > settings.level - solvent) & (simulated > 0)
    return Explained(low, own | near_points(box, xyz, ATOM_RADIUS), simulated)


def solvent_density(volume: Volume, level: float) -> float:
    """Density (map units) of the solvent: what a voxel holds that nothing is in.

    Exactly 0 where the map's own zero cannot be told from it, and never above the contour level.
    """
    mode, noise = background(subset(volume.data))
    return 0.0 if abs(mode) <= noise and level > 0 else min(mode, level)


def _scaled(box: Volume, copy: Placed, resolution: float, solvent: float) -> Float32[ndarray, "z y x"]:
    """The simulated density that agrees best with the map, scaled to it by least squares."""
    standing = replace(copy.structure, xyz=copy.xyz)
    candidates = [simulate_map(standing, resolution * blur, like=box).data for blur in BLURS]
    # the same voxels for all, or they could not be compared
    here = candidates[-1] > SCALED_ABOVE * candidates[-1].max()
    density = box.data[here].astype(np.float64) - solvent
    best = max(candidates, key=lambda simulated: _agreement(simulated[here].astype(np.float64), density))
    return best * np.float32(_scale(best[here].astype(np.float64), density))


def _scale(simulated: Float64[ndarray, " voxel"], density: Float64[ndarray, " voxel"]) -> float:
    """The factor with the least squares of density − factor · simulated; 0 where there is no such density."""
    square = float(simulated @ simulated)
    return max(0.0, float(simulated @ density) / square) if square > 0 else 0.0


def _agreement(simulated: Float64[ndarray, " voxel"], density: Float64[ndarray, " voxel"]) -> float:
    """Square root of what the least squares take off the density's sum of squares, with the sign of the factor."""
    square = float(simulated @ simulated)
    return float(simulated @ density) / np.sqrt(square) if square > 0 else 0.0


def _box_around(volume: Volume, copy: Placed, settings: RemovalSettings) -> tuple[Triple, Triple]:
    """First and last (exclusive) index x y z of the voxels that a copy can reach; FitError when there are none."""
    blur = REACH * SIGMA_PER_RESOLUTION * settings.resolution * max(BLURS)
    reach = max(blur, settings.radius or 0.0, ATOM_RADIUS)
    low = np.floor(volume.index_from_map(copy.xyz.min(axis=0) - reach)).astype(int)
    high = np.ceil(volume.index_from_map(copy.xyz.max(axis=0) + reach)).astype(int) + 1
    low, high = np.maximum(low, 0), np.minimum(high, volume.shape_xyz)
    if (low >= high).any():
        raise FitError(f"{copy.structure.name} lies outside of the map; place it in the map first.")
    return _triple(low), _triple(high)


def _triple(values: Int64[ndarray, "3"]) -> Triple:
    x, y, z = (int(value) for value in values)
    return x, y, z
