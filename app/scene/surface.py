"""What is shown of a map: its contour, the wires of its mesh, and only what lies near chosen points."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int, UInt32
from numpy import ndarray
from scipy.spatial import cKDTree

from app.scene.contour import DUST_VOXELS, contour
from app.scene.geometry import Lines, Triangles
from difffit_core.data.volume import Volume

ON_GRID = 1e-3  # voxels: closer to a grid plane than this means on it


@dataclass(frozen=True)
class Zone:
    """Only what is within `radius` of one of the points is shown; Å, map frame."""

    points_xyz: Float64[ndarray, "point 3"]
    radius: float


@dataclass(frozen=True)
class SurfaceWish:
    """What to compute: `level` in map units, every `step` voxels, islands shorter than `dust` (Å) left out."""

    level: float
    step: int
    dust: float | None = None  # None: a few drawn voxels
    wires: bool = False
    zone: Zone | None = None


@dataclass(frozen=True)
class Surface:
    """A map's surface, drawn from every `step`-th voxel."""

    triangles: Triangles
    wires: Lines | None
    step: int


def surface_of(volume: Volume, wish: SurfaceWish, cancelled: Callable[[], bool]) -> Surface | None:
    """The wanted surface; None when cancelled."""
    drawn_voxel = float(volume.voxel_size_xyz.min()) * wish.step
    dust_voxels = DUST_VOXELS if wish.dust is None else wish.dust / drawn_voxel
    triangles = contour(volume, wish.level, step=wish.step, dust_voxels=dust_voxels, cancelled=cancelled)
    if triangles is None or cancelled():
        return None
    if wish.zone is not None:
        triangles = within_zone(triangles, wish.zone)
    wires = cell_wires(triangles, volume, wish.step) if wish.wires else None
    return Surface(triangles, wires, wish.step)


def within_zone(surface: Triangles, zone: Zone) -> Triangles:
    """The triangles whose corners all lie in the zone."""
    if len(zone.points_xyz) == 0 or len(surface.position_xyz) == 0:
        return Triangles.join([])
    distance, _ = cKDTree(zone.points_xyz).query(surface.position_xyz, distance_upper_bound=zone.radius)
    corners = surface.corners[np.isfinite(distance)[surface.corners].all(axis=1)]
    kept = np.zeros(len(surface.position_xyz), dtype=bool)
    kept[corners.ravel()] = True
    number = np.cumsum(kept, dtype=np.uint32) - np.uint32(1)
    return Triangles(surface.position_xyz[kept], surface.normal_xyz[kept], number[corners])


def cell_wires(surface: Triangles, volume: Volume, step: int) -> Lines:
    """The edges that lie in faces of the grid's cells: squares in place of the triangles' restless diagonals."""
    ends = _unique_edges(surface.corners)
    index = (surface.position_xyz - volume.origin_xyz) / (volume.voxel_size_xyz * step)
    ends = ends[_in_cell_face(index, ends)]
    white = np.full((len(surface.position_xyz), 4), 255, dtype=np.uint8)
    return Lines(surface.position_xyz, white, ends)


def _unique_edges(corners: UInt32[ndarray, "triangle 3"]) -> UInt32[ndarray, "edge 2"]:
    pairs = np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
    keys = np.unique(pairs[:, 0] << 32 | pairs[:, 1])
    return np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1).astype(np.uint32)


def _in_cell_face(index: Float64[ndarray, "vertex 3"], ends: Int[ndarray, "edge 2"]) -> Bool[ndarray, " edge"]:
    plane = np.rint(index)
    on_plane = np.abs(index - plane) < ON_GRID
    start, end = ends.T
    return (on_plane[start] & on_plane[end] & (plane[start] == plane[end])).any(axis=1)
