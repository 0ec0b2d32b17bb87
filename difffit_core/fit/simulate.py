"""Simulated maps: density computed from atoms."""

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.gaussians_numba import REACH, add_gaussians
from difffit_core.fit.sampling import sample

SIGMA_PER_RESOLUTION = 0.225  # 1 / (π √2): the Fourier transform falls to 1/e at 1/resolution


def simulate_map(
    structure: Structure, resolution: float, *, voxel_size: float | None = None, like: Volume | None = None
) -> Volume:
    """Simulated map of a structure where it stands, Gaussians weighted by atomic number (electrons per Å³).

    The grid is that of `like`, else one around the structure with `voxel_size` Å (a third of the resolution when
    not given), aligned to whole multiples of the voxel size.
    """
    grid = like if like is not None else _grid_around(structure.xyz, resolution, voxel_size or resolution / 3)
    return gaussians_on(grid, structure.xyz, structure.element.astype(np.float64), resolution)


def gaussians_on(
    grid: Volume, xyz: Float64[ndarray, "point 3"], weights: Float64[ndarray, " point"], resolution: float
) -> Volume:
    """Density of points on an existing grid: one Gaussian each, σ = 0.225 · resolution (Å)."""
    data = np.zeros(grid.data.shape, np.float32)
    sigma = SIGMA_PER_RESOLUTION * resolution
    add_gaussians(data, 1 / grid.voxel_size_xyz, xyz - grid.origin_xyz, weights, sigma)
    return grid.with_data(data)


def typical_peak(simulated: Volume, structure: Structure) -> float:
    """Density that 95 of 100 atoms of the structure stay below: what contours of a simulated map are shares of.

    Unlike the maximum it depends neither on how the atoms fall on the grid nor on a single metal ion.
    """
    return float(np.quantile(sample(simulated, structure.xyz), 0.95))


def _grid_around(xyz: Float[ndarray, "point 3"], resolution: float, voxel_size: float) -> Volume:
    margin = REACH * SIGMA_PER_RESOLUTION * resolution
    low = np.floor((xyz.min(axis=0) - margin) / voxel_size)
    high = np.ceil((xyz.max(axis=0) + margin) / voxel_size)
    nx, ny, nz = (high - low).astype(int) + 1
    return Volume(np.zeros((nz, ny, nx), np.float32), np.full(3, float(voxel_size)), low * voxel_size)
