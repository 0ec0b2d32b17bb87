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
    rx, ry, rz = (
        int(REACH * sigma * inverse_voxel[0]) + 1,
        int(REACH * sigma * inverse_voxel[1]) + 1,
        int(REACH * sigma * inverse_voxel[2]) + 1,
    )
    gx, gy, gz = (
        np.empty(2 * rx + 1, np.float32),
        np.empty(2 * ry + 1, np.float32),
        np.empty(2 * rz + 1, np.float32),
    )
    sx, sy, sz = sigma * inverse_voxel[0], sigma * inverse_voxel[1], sigma * inverse_voxel[2]
    norm = 1.0 / ((2 * np.pi) ** 1.5 * sigma**3)
    for i in range(xyz.shape[0]):
        x, y, z = xyz[i, 0] * inverse_voxel[0], xyz[i, 1] * inverse_voxel[1], xyz[i, 2] * inverse_voxel[2]
        cx, cy, cz = int(np.floor(x + 0.5)), int(np.floor(y + 0.5)), int(np.floor(z + 0.5))
        for k in range(2 * rx + 1):
            gx[k] = np.exp(-0.5 * ((cx - rx + k - x) / sx) ** 2)
        for k in range(2 * ry + 1):
            gy[k] = np.exp(-0.5 * ((cy - ry + k - y) / sy) ** 2)
        for k in range(2 * rz + 1):
            gz[k] = np.exp(-0.5 * ((cz - rz + k - z) / sz) ** 2)
        x_low, x_high = max(cx - rx, 0), min(cx + rx + 1, nx)
        for iz in range(max(cz - rz, 0), min(cz + rz + 1, nz)):
            fz = weights[i] * norm * gz[iz - cz + rz]
            for iy in range(max(cy - ry, 0), min(cy + ry + 1, ny)):
                f = np.float32(fz * gy[iy - cy + ry])
                for ix in range(x_low, x_high):
                    data[iz, iy, ix] += f * gx[ix - cx + rx]
