"""Compiled pieces of the FFT screen: turning a template and picking peaks."""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit


@njit
def turn_template(template, inside, spacing, centre, radius, matrix, voxel, half, values):  # type: ignore[no-untyped-def]
    """Write the template, turned by `matrix`, into `values` [2·hz+1, 2·hy+1, 2·hx+1]: zero mean, unit length.

    `template` and `inside` are sampled on a cubic grid of `spacing` Å with the centroid at index `centre` (x y z).
    `values` is centred on the centroid, with voxels of `voxel` Å; points where `inside`, interpolated, is below one
    half, or farther than `radius` Å from the centroid, are left zero. Returns the number of voxels used.
    """
    nz, ny, nx = template.shape
    hz, hy, hx = half[2], half[1], half[0]
    scale = np.float32(1 / spacing)
    # model = Rᵀ · map: columns of R are rows of the transpose
    sum_values, count = 0.0, 0
    for kz in range(2 * hz + 1):
        z = np.float32((kz - hz) * voxel[2])
        for ky in range(2 * hy + 1):
            y = np.float32((ky - hy) * voxel[1])
            for kx in range(2 * hx + 1):
                x = np.float32((kx - hx) * voxel[0])
                values[kz, ky, kx] = 0
                if x * x + y * y + z * z > radius * radius:
                    continue
                u = np.float32(matrix[0, 0] * x + matrix[1, 0] * y + matrix[2, 0] * z) * scale + np.float32(centre[0])
                v = np.float32(matrix[0, 1] * x + matrix[1, 1] * y + matrix[2, 1] * z) * scale + np.float32(centre[1])
                w = np.float32(matrix[0, 2] * x + matrix[1, 2] * y + matrix[2, 2] * z) * scale + np.float32(centre[2])
                iu, iv, iw = int(np.floor(u)), int(np.floor(v)), int(np.floor(w))
                if iu < 0 or iv < 0 or iw < 0 or iu >= nx - 1 or iv >= ny - 1 or iw >= nz - 1:
                    continue
                fu, fv, fw = u - iu, v - iv, w - iw
                a, b = _blend(inside, template, iu, iv, iw, fu, fv, fw)
                if a < np.float32(0.5):
                    continue
                values[kz, ky, kx] = b
                sum_values += b
                count += 1
    return _normalise(values, sum_values, count)


@njit
def _blend(first, second, iu, iv, iw, fu, fv, fw):  # type: ignore[no-untyped-def]
    """Trilinear values of two grids at one place."""
    a = b = np.float32(0)
    for dw in range(2):
        pw = fw if dw else np.float32(1) - fw
        for dv in range(2):
            pv = pw * (fv if dv else np.float32(1) - fv)
            for du in range(2):
                p = pv * (fu if du else np.float32(1) - fu)
                a += p * first[iw + dw, iv + dv, iu + du]
                b += p * second[iw + dw, iv + dv, iu + du]
    return a, b


@njit
def _normalise(values, sum_values, count):  # type: ignore[no-untyped-def]
    """Zero mean and unit length over the voxels that are not zero; returns their number."""
    if count == 0:
        return 0
    mean = np.float32(sum_values / count)
    flat = values.ravel()
    length = 0.0
    for i in range(flat.size):
        if flat[i] != 0:
            flat[i] -= mean
            length += flat[i] * flat[i]
    scale = np.float32(1 / np.sqrt(max(length, 1e-20)))
    for i in range(flat.size):
        flat[i] *= scale
    return count


@njit
def best_peaks(numerator, scale, best_value, best_index):  # type: ignore[no-untyped-def]
    """Fill `best_value`, `best_index` (flat) with the highest local maxima of numerator · scale, in falling order.

    Both have the same shape; `scale` is zero where no centroid can be. A maximum is higher than its 26 neighbours.
    """
    nz, ny, nx = scale.shape
    keep = best_value.size
    best_value[:] = 0
    best_index[:] = -1
    for z in range(1, nz - 1):
        for y in range(1, ny - 1):
            for x in range(1, nx - 1):
                value = numerator[z, y, x] * scale[z, y, x]
                if value <= best_value[keep - 1] or not _is_peak(numerator, scale, z, y, x, value):
                    continue
                at = keep - 1
                while at > 0 and best_value[at - 1] < value:
                    best_value[at] = best_value[at - 1]
                    best_index[at] = best_index[at - 1]
                    at -= 1
                best_value[at] = value
                best_index[at] = (z * ny + y) * nx + x


@njit
def _is_peak(numerator, scale, z, y, x, value):  # type: ignore[no-untyped-def]
    for dz in range(-1, 2):
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                if numerator[z + dz, y + dy, x + dx] * scale[z + dz, y + dy, x + dx] > value:
                    return False
    return True
