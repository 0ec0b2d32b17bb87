"""The hot loop for CPUs: the moments of a batch of poses in one pass over the points.

Moments are the sums that value and gradient are made of (`evaluate.py` combines them). Products are summed in
single precision over blocks of points, which lets the compiler use the processor's vector units, and the blocks
in double precision, so that a million points lose nothing.
"""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit

BLOCK = 512


@njit
def pose_moments(data, inverse_voxel, points, weights, matrices, positions, moments):  # type: ignore[no-untyped-def]
    """Add to `moments[pose, 21]`: Σwd, Σd, Σdd, then Σw·g, Σd·g and Σg for g = gradient x y z, torque x y z.

    data [z, y, x] float32; points [point, 3] float32 about the centroid (Å); positions relative to the centre of
    voxel [0, 0, 0] (Å). Points outside the grid read the value at its border.
    """
    for k in range(matrices.shape[0]):
        for first in range(0, points.shape[0], BLOCK):
            last = min(first + BLOCK, points.shape[0])
            _block_moments(
                data, inverse_voxel, points[first:last], weights[first:last], matrices[k], positions[k], moments[k]
            )


@njit
def _block_moments(data, inverse_voxel, points, weights, matrix, position, moments):  # type: ignore[no-untyped-def]
    nz, ny, nx = data.shape
    flat, row, plane = data.ravel(), nx, nx * ny
    ivx, ivy, ivz = np.float32(inverse_voxel[0]), np.float32(inverse_voxel[1]), np.float32(inverse_voxel[2])
    top_x, top_y, top_z = np.float32(nx - 1.001), np.float32(ny - 1.001), np.float32(nz - 1.001)
    rows = _single(matrix[0]), _single(matrix[1]), _single(matrix[2])
    tx, ty, tz = _single(position)
    zero = np.float32(0)
    wd = sd = dd = zero
    wx = wy = wz = wa = wb = wc = zero
    dx = dy = dz = da = db = dc = zero
    gx = gy = gz = ga = gb = gc = zero
    for i in range(points.shape[0]):
        rx, ry, rz = _turned(rows, points[i, 0], points[i, 1], points[i, 2])
        x = min(max((rx + tx) * ivx, zero), top_x)
        y = min(max((ry + ty) * ivy, zero), top_y)
        z = min(max((rz + tz) * ivz, zero), top_z)
        d, by_x, by_y, by_z = _value_and_slope(flat, row, plane, x, y, z)
        ax, ay, az = by_x * ivx, by_y * ivy, by_z * ivz
        ta, tb, tc = ry * az - rz * ay, rz * ax - rx * az, rx * ay - ry * ax
        w = weights[i]
        wd, sd, dd = wd + w * d, sd + d, dd + d * d
        wx, wy, wz, wa, wb, wc = wx + w * ax, wy + w * ay, wz + w * az, wa + w * ta, wb + w * tb, wc + w * tc
        dx, dy, dz, da, db, dc = dx + d * ax, dy + d * ay, dz + d * az, da + d * ta, db + d * tb, dc + d * tc
        gx, gy, gz, ga, gb, gc = gx + ax, gy + ay, gz + az, ga + ta, gb + tb, gc + tc
    sums = (wd, sd, dd, wx, wy, wz, wa, wb, wc, dx, dy, dz, da, db, dc, gx, gy, gz, ga, gb, gc)
    for m in range(21):
        moments[m] += sums[m]


@njit
def _single(xyz):  # type: ignore[no-untyped-def]
    """Three numbers in single precision."""
    return np.float32(xyz[0]), np.float32(xyz[1]), np.float32(xyz[2])


@njit
def _turned(rows, x, y, z):  # type: ignore[no-untyped-def]
    (r00, r01, r02), (r10, r11, r12), (r20, r21, r22) = rows
    return r00 * x + r01 * y + r02 * z, r10 * x + r11 * y + r12 * z, r20 * x + r21 * y + r22 * z


@njit
def _value_and_slope(flat, row, plane, x, y, z):  # type: ignore[no-untyped-def]
    """Trilinear value at an index x, y, z inside the grid, and its slopes per voxel."""
    ix, iy, iz = np.int32(x), np.int32(y), np.int32(z)
    fx, fy, fz = x - np.float32(ix), y - np.float32(iy), z - np.float32(iz)
    at = iz * plane + iy * row + ix
    c00, c01, c10, c11 = flat[at], flat[at + row], flat[at + plane], flat[at + plane + row]
    e00, e01 = flat[at + 1] - c00, flat[at + row + 1] - c01
    e10, e11 = flat[at + plane + 1] - c10, flat[at + plane + row + 1] - c11
    v00, v01, v10, v11 = c00 + fx * e00, c01 + fx * e01, c10 + fx * e10, c11 + fx * e11
    h0, h1 = v01 - v00, v11 - v10
    u0 = v00 + fy * h0
    by_z = v10 + fy * h1 - u0
    k0, k1 = e00 + fy * (e01 - e00), e10 + fy * (e11 - e10)
    return u0 + fz * by_z, k0 + fz * (k1 - k0), h0 + fz * (h1 - h0), by_z


@njit
def pose_sums(data, inverse_voxel, points, weights, matrices, positions, moments):  # type: ignore[no-untyped-def]
    """Add Σwd, Σd, Σdd to the first three columns of `moments[pose, 21]`; arguments as `pose_moments`."""
    for k in range(matrices.shape[0]):
        for first in range(0, points.shape[0], BLOCK):
            last = min(first + BLOCK, points.shape[0])
            _block_sums(
                data, inverse_voxel, points[first:last], weights[first:last], matrices[k], positions[k], moments[k]
            )


@njit
def _block_sums(data, inverse_voxel, points, weights, matrix, position, moments):  # type: ignore[no-untyped-def]
    nz, ny, nx = data.shape
    row, plane = nx, nx * ny
    flat = data.ravel()
    ivx, ivy, ivz = np.float32(inverse_voxel[0]), np.float32(inverse_voxel[1]), np.float32(inverse_voxel[2])
    top_x, top_y, top_z = np.float32(nx - 1.001), np.float32(ny - 1.001), np.float32(nz - 1.001)
    # rows of the matrix in voxels, so that a point costs nine multiplications
    r00, r01, r02 = np.float32(matrix[0, 0]) * ivx, np.float32(matrix[0, 1]) * ivx, np.float32(matrix[0, 2]) * ivx
    r10, r11, r12 = np.float32(matrix[1, 0]) * ivy, np.float32(matrix[1, 1]) * ivy, np.float32(matrix[1, 2]) * ivy
    r20, r21, r22 = np.float32(matrix[2, 0]) * ivz, np.float32(matrix[2, 1]) * ivz, np.float32(matrix[2, 2]) * ivz
    tx, ty, tz = np.float32(position[0]) * ivx, np.float32(position[1]) * ivy, np.float32(position[2]) * ivz
    zero = np.float32(0)
    wd = sd = dd = zero
    for i in range(points.shape[0]):
        px, py, pz = points[i, 0], points[i, 1], points[i, 2]
        x = min(max(r00 * px + r01 * py + r02 * pz + tx, zero), top_x)
        y = min(max(r10 * px + r11 * py + r12 * pz + ty, zero), top_y)
        z = min(max(r20 * px + r21 * py + r22 * pz + tz, zero), top_z)
        ix, iy, iz = np.int32(x), np.int32(y), np.int32(z)
        fx, fy, fz = x - np.float32(ix), y - np.float32(iy), z - np.float32(iz)
        at = iz * plane + iy * row + ix
        c00, c01, c10, c11 = flat[at], flat[at + row], flat[at + plane], flat[at + plane + row]
        v00, v01 = c00 + fx * (flat[at + 1] - c00), c01 + fx * (flat[at + row + 1] - c01)
        v10, v11 = c10 + fx * (flat[at + plane + 1] - c10), c11 + fx * (flat[at + plane + row + 1] - c11)
        u0, u1 = v00 + fy * (v01 - v00), v10 + fy * (v11 - v10)
        d = u0 + fz * (u1 - u0)
        wd, sd, dd = wd + weights[i] * d, sd + d, dd + d * d
    moments[0] += wd
    moments[1] += sd
    moments[2] += dd
