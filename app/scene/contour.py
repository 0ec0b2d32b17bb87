"""The surface where a map has the contour level: marching cubes in thin slabs, so that a window never waits for it."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float32, Float64, UInt32
from numpy import ndarray
from skimage.measure import marching_cubes

from app.scene.geometry import Triangles
from app.scene.islands import Islands
from difffit_core.data.volume import Volume

CELLS_PER_SLAB = 100_000  # marching cubes holds Python's lock: about 5 ms for one slab
DUST_VOXELS = 6.0  # islands shorter than this many (drawn) voxels are hidden

SlabSurface = tuple[Float32[ndarray, "vertex 3"], UInt32[ndarray, "triangle 3"]]


def step_for(volume: Volume, most_voxels: int) -> int:
    """Every how many voxels the map is sampled, so that at most `most_voxels` are looked at (ChimeraX's step)."""
    step = 1
    while volume.data.size / step**3 > most_voxels:
        step += 1
    return step


def contour(
    volume: Volume,
    level: float,
    *,
    step: int = 1,
    dust_voxels: float = DUST_VOXELS,
    cancelled: Callable[[], bool] = lambda: False,
) -> Triangles | None:
    """The surface at `level` (map units) in the map's frame (Å), normals towards lower density; None if cancelled."""
    grid = np.ascontiguousarray(volume.data[::step, ::step, ::step])
    spacing_xyz = volume.voxel_size_xyz * step
    positions, normals, corners, islands = [], [], [], Islands()
    n_vertices = 0
    for vertices_zyx, triangles, last_z in _slabs(grid, level, islands):
        if cancelled():
            return None
        islands.add_slab(vertices_zyx, triangles, last_z)
        positions.append((vertices_zyx[:, ::-1] * spacing_xyz + volume.origin_xyz).astype(np.float32))
        normals.append(_outward_normals(grid, vertices_zyx, spacing_xyz))
        corners.append(triangles + np.uint32(n_vertices))
        n_vertices += len(vertices_zyx)
    if not positions:
        return Triangles.join([])
    surface = Triangles(np.concatenate(positions), np.concatenate(normals), np.concatenate(corners))
    return _without_dust(surface, islands, dust_voxels * float(spacing_xyz.min()))


def _slabs(
    grid: Float32[ndarray, "z y x"], level: float, islands: Islands
) -> Iterator[tuple[Float32[ndarray, "vertex 3"], UInt32[ndarray, "triangle 3"], int]]:
    """The surface of each slab that has one, in grid coordinates z y x, with the slab's last plane."""
    if min(grid.shape) < 2:
        return
    thickness = max(1, CELLS_PER_SLAB // (grid.shape[1] * grid.shape[2]))
    for first in range(0, grid.shape[0] - 1, thickness):
        last = min(first + thickness, grid.shape[0] - 1)
        found = _slab_surface(grid[first : last + 1], level)
        if found is None:
            islands.end_of_run()
            continue
        vertices_zyx, corners = found
        vertices_zyx[:, 0] += first
        yield vertices_zyx, corners, last


def _slab_surface(slab: Float32[ndarray, "z y x"], level: float) -> SlabSurface | None:
    if not slab.min() < level < slab.max():
        return None
    try:
        vertices, corners, _, _ = marching_cubes(slab, level, allow_degenerate=True)
    except RuntimeError:  # scikit-image's way to say that no triangle came out
        return None
    return np.ascontiguousarray(vertices, dtype=np.float32), np.ascontiguousarray(corners, dtype=np.uint32)


def _outward_normals(
    grid: Float32[ndarray, "z y x"], vertices_zyx: Float32[ndarray, "vertex 3"], spacing_xyz: Float64[ndarray, "3"]
) -> Float32[ndarray, "vertex 3"]:
    """Unit vectors down the density gradient of the whole grid, so that slabs meet without a seam."""
    low = np.floor(vertices_zyx).astype(np.intp)
    high = np.ceil(vertices_zyx).astype(np.intp)
    weight = (vertices_zyx - low).sum(axis=1, keepdims=True)  # a vertex lies on an edge: one axis is fractional
    gradient_zyx = (1 - weight) * _gradient(grid, low) + weight * _gradient(grid, high)
    outward = -gradient_zyx[:, ::-1] / spacing_xyz
    length = np.linalg.norm(outward, axis=1, keepdims=True)
    return (outward / np.maximum(length, 1e-20)).astype(np.float32)


def _gradient(grid: Float32[ndarray, "z y x"], index_zyx: ndarray) -> Float32[ndarray, "vertex 3"]:
    """Central differences (per voxel) at grid points; one-sided at the faces of the box."""
    values = grid.ravel()
    strides = np.array([grid.shape[1] * grid.shape[2], grid.shape[2], 1])
    here = index_zyx @ strides
    gradient = np.empty(index_zyx.shape, dtype=np.float32)
    for axis, (stride, size) in enumerate(zip(strides, grid.shape, strict=True)):
        up = here + stride * (index_zyx[:, axis] < size - 1)
        down = here - stride * (index_zyx[:, axis] > 0)
        gradient[:, axis] = (values[up] - values[down]) / np.maximum((up - down) // stride, 1)
    return gradient


def _without_dust(surface: Triangles, islands: Islands, smallest_size: float) -> Triangles:
    if smallest_size <= 0:
        return surface
    kept = islands.vertex_is_kept(surface.position_xyz, smallest_size)
    if kept.all():
        return surface
    number = np.cumsum(kept, dtype=np.uint32) - np.uint32(1)
    corners = surface.corners[kept[surface.corners[:, 0]]]
    return Triangles(surface.position_xyz[kept], surface.normal_xyz[kept], number[corners])
