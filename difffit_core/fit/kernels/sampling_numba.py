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


@njit
def point_sums(data, inverse_voxel, points, weights, matrices, positions, level, sums):  # type: ignore[no-untyped-def]
    """Write Σd, Σd², Σwd and the number of d above `level` of every pose into `sums[pose, 4]`, d = 0 outside the grid.

    points [point, 3] about the centroid (Å), positions relative to the centre of voxel [0, 0, 0] (Å).
    """
    nz, ny, nx = data.shape
    for k in range(matrices.shape[0]):
        m, p = matrices[k], positions[k]
        total = squares = products = above = 0.0
        for i in range(points.shape[0]):
            a, b, c = points[i, 0], points[i, 1], points[i, 2]
            x = (m[0, 0] * a + m[0, 1] * b + m[0, 2] * c + p[0]) * inverse_voxel[0]
            y = (m[1, 0] * a + m[1, 1] * b + m[1, 2] * c + p[1]) * inverse_voxel[1]
            z = (m[2, 0] * a + m[2, 1] * b + m[2, 2] * c + p[2]) * inverse_voxel[2]
            if not (0 <= x <= nx - 1 and 0 <= y <= ny - 1 and 0 <= z <= nz - 1):
                above += level < 0.0
                continue
            ix, iy, iz = min(int(x), nx - 2), min(int(y), ny - 2), min(int(z), nz - 2)
            fx, fy, fz = x - ix, y - iy, z - iz
            v00 = data[iz, iy, ix] + fx * (data[iz, iy, ix + 1] - data[iz, iy, ix])
            v01 = data[iz, iy + 1, ix] + fx * (data[iz, iy + 1, ix + 1] - data[iz, iy + 1, ix])
            v10 = data[iz + 1, iy, ix] + fx * (data[iz + 1, iy, ix + 1] - data[iz + 1, iy, ix])
            v11 = data[iz + 1, iy + 1, ix] + fx * (data[iz + 1, iy + 1, ix + 1] - data[iz + 1, iy + 1, ix])
            u0, u1 = v00 + fy * (v01 - v00), v10 + fy * (v11 - v10)
            d = u0 + fz * (u1 - u0)
            total += d
            squares += d * d
            products += weights[i] * d
            above += d > level
        sums[k, 0], sums[k, 1], sums[k, 2], sums[k, 3] = total, squares, products, above
