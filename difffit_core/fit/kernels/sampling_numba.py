"""Trilinear values of a map at many points, exactly as `evaluate` samples, with zero outside the grid."""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit


@njit
def sample_points(data, index_xyz, out):  # type: ignore[no-untyped-def]
    """Write the value of data[z, y, x] at each fractional index x y z into `out`."""
    nz, ny, nx = data.shape
    for i in range(index_xyz.shape[0]):
        x, y, z = index_xyz[i, 0], index_xyz[i, 1], index_xyz[i, 2]
        if not (0 <= x <= nx - 1 and 0 <= y <= ny - 1 and 0 <= z <= nz - 1):
            out[i] = 0
            continue
        ix, iy, iz = min(int(x), nx - 2), min(int(y), ny - 2), min(int(z), nz - 2)
        fx, fy, fz = x - ix, y - iy, z - iz
        total = 0.0
        for k in range(8):
            dx, dy, dz = k & 1, (k >> 1) & 1, k >> 2
            weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy) * (fz if dz else 1 - fz)
            total += weight * data[iz + dz, iy + dy, ix + dx]
        out[i] = np.float32(total)
