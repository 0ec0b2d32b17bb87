"""Gaussians on a grid, exactly: no splatting error, any width, any voxel size."""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit

REACH = 4.0  # standard deviations: beyond, a Gaussian is below 4e-4 of its peak


@njit
def add_gaussians(data, inverse_voxel, xyz, weights, sigma):  # type: ignore[no-untyped-def]
    """Add a normalised Gaussian of standard deviation `sigma` (Å) per point to data[z, y, x].

    `xyz` [point, 3] is relative to the centre of voxel [0, 0, 0] (Å); a Gaussian integrates to its weight times the
    number of voxels per Å³. What lies outside the grid is cut.
    """
    nz, ny, nx = data.shape
    sx, sy, sz = sigma * inverse_voxel[0], sigma * inverse_voxel[1], sigma * inverse_voxel[2]
    rx, ry, rz = int(REACH * sx) + 1, int(REACH * sy) + 1, int(REACH * sz) + 1
    gx, gy, gz = np.empty(2 * rx + 1, np.float32), np.empty(2 * ry + 1, np.float32), np.empty(2 * rz + 1, np.float32)
    norm = 1.0 / ((2 * np.pi) ** 1.5 * sigma**3)
    for i in range(xyz.shape[0]):
        cx = _profile(xyz[i, 0] * inverse_voxel[0], sx, rx, gx)
        cy = _profile(xyz[i, 1] * inverse_voxel[1], sy, ry, gy)
        cz = _profile(xyz[i, 2] * inverse_voxel[2], sz, rz, gz)
        x_low, x_high = max(cx - rx, 0), min(cx + rx + 1, nx)
        for iz in range(max(cz - rz, 0), min(cz + rz + 1, nz)):
            fz = weights[i] * norm * gz[iz - cz + rz]
            for iy in range(max(cy - ry, 0), min(cy + ry + 1, ny)):
                f = np.float32(fz * gy[iy - cy + ry])
                for ix in range(x_low, x_high):
                    data[iz, iy, ix] += f * gx[ix - cx + rx]


@njit
def _profile(centre, sigma, reach, values):  # type: ignore[no-untyped-def]
    """Write a Gaussian of height 1 about the voxel nearest to `centre` (voxels) into `values`; returns that voxel."""
    nearest = int(np.floor(centre + 0.5))
    for k in range(2 * reach + 1):
        values[k] = np.exp(-0.5 * ((nearest - reach + k - centre) / sigma) ** 2)
    return nearest
