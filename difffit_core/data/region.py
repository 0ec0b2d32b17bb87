"""Where to search: spheres, boxes and masks in the map's frame, and the neighbourhood of a pose.

A placement lies in a region when the structure's *centroid* does; for any shape but a mask nothing else is meant. A
mask says more: it marks the density that belongs to the structure, so what lies outside of it is hidden from the
search, and an excluded mask hides what lies inside of it.
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.volume import Volume
from difffit_core.errors import SettingsError

Points = Float64[ndarray, "point 3"]
Corners = Float64[ndarray, "2 3"]  # the lowest and the highest x y z, Å


@dataclass(frozen=True)
class Sphere:
    """All points within `radius` Å of a centre (Å)."""

    centre_xyz: Float64[ndarray, "3"]
    radius: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.centre_xyz).all() and isfinite(self.radius) and self.radius > 0):
            raise SettingsError("A sphere needs a centre x,y,z and a radius above 0, all in Å.")

    @property
    def corners_xyz(self) -> Corners:
        """The box around the sphere."""
        return np.stack([self.centre_xyz - self.radius, self.centre_xyz + self.radius])

    def contains(self, xyz: Points, *, within: float = 0.0) -> Bool[ndarray, " point"]:
        """Which points lie inside the sphere made larger by `within` Å (smaller when negative)."""
        distance = np.linalg.norm(xyz - self.centre_xyz, axis=1)
        return np.asarray(distance <= self.radius + within)


@dataclass(frozen=True)
class Box:
    """All points between two corners (Å)."""

    corners_xyz: Corners

    def __post_init__(self) -> None:
        low, high = self.corners_xyz
        if not (np.isfinite(self.corners_xyz).all() and (low < high).all()):
            raise SettingsError(
                "A box needs two corners x0,y0,z0,x1,y1,z1 in Å, the first below the second on every axis."
            )

    def contains(self, xyz: Points, *, within: float = 0.0) -> Bool[ndarray, " point"]:
        """Which points lie inside the box widened by `within` Å on every side (narrowed when negative)."""
        low, high = self.corners_xyz
        return np.asarray(((xyz >= low - within) & (xyz <= high + within)).all(axis=1))


@dataclass(frozen=True)
class Mask:
    """All points where a map of any grid, interpolated, is above a level; make one with `mask_of`."""

    volume: Volume
    level: float  # in the units of the mask

    @property
    def corners_xyz(self) -> Corners:
        """The box around the mask."""
        return self.volume.corners_xyz

    def contains(self, xyz: Points, *, within: float = 0.0) -> Bool[ndarray, " point"]:
        """Which points lie inside the mask grown by `within` Å along each axis (eroded when negative)."""
        reach = np.round(abs(within) / self.volume.voxel_size_xyz[::-1]).astype(int)
        data = self.volume.data
        if within:
            change = ndimage.maximum_filter if within > 0 else ndimage.minimum_filter
            data = change(np.pad(data, [(n, n) for n in reach], mode="edge"), tuple((2 * reach + 1).tolist()))
        index_zyx = self.volume.index_from_map(xyz)[:, ::-1] + (reach if within else 0)
        found = np.asarray(((index_zyx >= 0) & (index_zyx <= np.array(data.shape) - 1)).all(axis=1))
        found[found] = ndimage.map_coordinates(data, index_zyx[found].T, order=1, output=np.float32) > self.level
        return found


def mask_of(volume: Volume, level: float | None = None) -> Mask:
    """The mask of a map above a level (half of its maximum when not given), cut to what it marks.

    Raises SettingsError when it marks nothing.
    """
    level = 0.5 * float(volume.data.max()) if level is None else level
    inside = volume.data > level
    if not inside.any():
        raise SettingsError(f"The mask has nothing above {level:g}; its maximum is {volume.data.max():g}.")
    low, high = [], []
    for axis, size in zip((2, 1, 0), volume.shape_xyz, strict=True):
        hit = np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != axis)))
        low.append(max(0, int(hit[0]) - 1))
        high.append(min(size, int(hit[-1]) + 2))
    return Mask(volume.crop((low[0], low[1], low[2]), (high[0], high[1], high[2])), level)


Shape = Sphere | Box | Mask


@dataclass(frozen=True)
class Region:
    """Any of some shapes (everywhere when there are none), less the excluded ones."""

    shapes: tuple[Shape, ...] = ()
    excluded: tuple[Shape, ...] = ()

    @property
    def corners_xyz(self) -> Corners | None:
        """The box around all shapes; None when the region is unbounded."""
        if not self.shapes:
            return None
        corners = np.stack([shape.corners_xyz for shape in self.shapes])
        return np.stack([corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)])

    def contains(self, xyz: Points, *, within: float = 0.0) -> Bool[ndarray, " point"]:
        """Which points (Å) lie in the region, or within so many Å of it."""
        found = _in_any(self.shapes, xyz, within) if self.shapes else np.ones(len(xyz), bool)
        return found & ~_in_any(self.excluded, xyz, -within)

    @property
    def hides(self) -> bool:
        """Whether some density takes no part in the search."""
        return bool(_masks(self.excluded)) or (bool(self.shapes) and len(_masks(self.shapes)) == len(self.shapes))

    def shows(self, xyz: Points) -> Bool[ndarray, " point"]:
        """Where (Å) density takes part in the search: inside the masks, unless a sphere or box is searched as well."""
        only_masks = self.shapes and len(_masks(self.shapes)) == len(self.shapes)
        seen = _in_any(self.shapes, xyz, 0.0) if only_masks else np.ones(len(xyz), bool)
        return seen & ~_in_any(_masks(self.excluded), xyz, 0.0)


@dataclass(frozen=True)
class Near:
    """The neighbourhood of one pose: within so many Å and degrees of it."""

    pose: Poses  # one
    shift: float  # Å
    angle: float  # degrees

    def __post_init__(self) -> None:
        if not (isfinite(self.shift) and isfinite(self.angle) and self.shift >= 0 and 0 <= self.angle <= 180):
            raise SettingsError("A search nearby needs a distance in Å (0 or more) and an angle of 0 to 180 degrees.")

    @property
    def corners_xyz(self) -> Corners:
        """The box around the positions."""
        return np.concatenate([self.pose.position_xyz - self.shift, self.pose.position_xyz + self.shift])

    def contains(self, poses: Poses, *, shift: float = 0.0, angle: float = 0.0) -> Bool[ndarray, " pose"]:
        """Which poses lie in the neighbourhood widened by `shift` Å and `angle` degrees."""
        moved = np.linalg.norm(poses.position_xyz - self.pose.position_xyz, axis=1)
        turned = angles_between(poses.orientation_xyzw, self.pose.orientation_xyzw)
        return np.asarray((moved <= self.shift + shift) & (turned <= self.angle + angle))


def _masks(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    return tuple(shape for shape in shapes if isinstance(shape, Mask))


def _in_any(shapes: tuple[Shape, ...], xyz: Points, within: float) -> Bool[ndarray, " point"]:
    found = np.zeros(len(xyz), bool)
    for shape in shapes:
        found |= shape.contains(xyz, within=within)
    return found
