"""Compiled pieces of the FFT screen: turning a template and picking peaks.

Most voxels hold nothing to do, so what can be skipped is found cheaply first: the part of each row that crosses
the template's box, the cells that lie outside its mask, the blocks of scores without a better peak.
"""

import numpy as np

from difffit_core.fit.kernels.numba_setup import njit

OUTSIDE, EDGE, INSIDE = 0, 1, 2  # a cell of the template's grid: none, some or all of its corners are in the mask
BLOCK = 64


@njit
def turn_template(template, inside, cells, box, spacing, centre, matrix, voxel, half, values):  # type: ignore[no-untyped-def]
    """Write the template, turned by `matrix`, into `values` [2·hz+1, 2·hy+1, 2·hx+1]: zero mean, unit length.

    `template` and `inside` are sampled on a cubic grid of `spacing` Å with the centroid at index `centre` (x y z);
    `cells` says OUTSIDE, EDGE or INSIDE for the cell above each voxel, and `box` [2, 3] is the lowest and highest
    index x y z that is not outside. `values` is centred on the centroid, with voxels of `voxel` Å; points where
    `inside`, interpolated, is below one half are left zero. Returns the number of voxels used.
    """
    hz, hy, hx = half[2], half[1], half[0]
    line, plane = template.shape[2], template.shape[2] * template.shape[1]
    grids = template.ravel(), inside.ravel(), cells.ravel()  # once: a view costs as much as ten voxels
    # model = Rᵀ · map, in voxels of the template: columns of R are rows of the transpose
    step = np.empty((3, 3))
    for axis in range(3):
        for k in range(3):
            step[k, axis] = matrix[k, axis] * voxel[k] / spacing
    start, along = np.empty(3), step[0]
    values[:] = 0
    flat = values.ravel()
    total, count = 0.0, 0
    for kz in range(-hz, hz + 1):
        for ky in range(-hy, hy + 1):
            for axis in range(3):
                start[axis] = centre[axis] + ky * step[1, axis] + kz * step[2, axis]
            first, last = _crossing(start, along, box, hx)
            middle = ((kz + hz) * (2 * hy + 1) + ky + hy) * (2 * hx + 1) + hx
            row_total, row_count = _turn_row(grids, line, plane, start, along, first, last, flat, middle)
            total += row_total
            count += row_count
    return _normalise(values, total, count)


@njit
def _crossing(start, step, box, reach):  # type: ignore[no-untyped-def]
    """The whole numbers k, from first to last within ±reach, for which start + k · step lies in the box."""
    low, high = -float(reach), float(reach)
    for axis in range(3):
        if abs(step[axis]) < 1e-9:
            if start[axis] < box[0, axis] or start[axis] > box[1, axis]:
                return 0, -1
            continue
        near, far = (box[0, axis] - start[axis]) / step[axis], (box[1, axis] - start[axis]) / step[axis]
        low, high = max(low, min(near, far)), min(high, max(near, far))
    return int(np.ceil(low)), int(np.floor(high))


@njit
def _turn_row(grids, line, plane, start, step, first, last, out, middle):  # type: ignore[no-untyped-def]
    """Fill out[middle + first … middle + last]; returns the sum and the number of the voxels in the mask."""
    values, mask, kinds = grids
    u0, v0, w0 = np.float32(start[0]), np.float32(start[1]), np.float32(start[2])
    du, dv, dw = np.float32(step[0]), np.float32(step[1]), np.float32(step[2])
    total, count = np.float32(0), 0
    for k in range(first, last + 1):
        along = np.float32(k)
        u, v, w = u0 + along * du, v0 + along * dv, w0 + along * dw
        iu, iv, iw = np.int32(u), np.int32(v), np.int32(w)
        at = iw * plane + iv * line + iu
        if kinds[at] == OUTSIDE:
            continue
        fu, fv, fw = u - np.float32(iu), v - np.float32(iv), w - np.float32(iw)
        if kinds[at] == EDGE and _trilinear(mask, at, line, plane, fu, fv, fw) < np.float32(0.5):
            continue
        value = _trilinear(values, at, line, plane, fu, fv, fw)
        out[middle + k] = value
        total += value
        count += 1
    return total, count


@njit
def _trilinear(flat, at, line, plane, fu, fv, fw):  # type: ignore[no-untyped-def]
    c00, c01, c10, c11 = flat[at], flat[at + line], flat[at + plane], flat[at + plane + line]
    v00, v01 = c00 + fu * (flat[at + 1] - c00), c01 + fu * (flat[at + line + 1] - c01)
    v10, v11 = c10 + fu * (flat[at + plane + 1] - c10), c11 + fu * (flat[at + plane + line + 1] - c11)
    v0, v1 = v00 + fv * (v01 - v00), v10 + fv * (v11 - v10)
    return v0 + fw * (v1 - v0)


@njit
def _normalise(values, total, count):  # type: ignore[no-untyped-def]
    """Zero mean and unit length over the voxels that are not zero; returns their number."""
    if count == 0:
        return 0
    mean, zero = np.float32(total / count), np.float32(0)
    flat = values.ravel()
    length = 0.0
    for i in range(flat.size):
        flat[i] = flat[i] - mean if flat[i] != zero else zero
        length += flat[i] * flat[i]
    scale = np.float32(1 / np.sqrt(max(length, 1e-20)))
    for i in range(flat.size):
        flat[i] *= scale
    return count


@njit
def best_peaks(score, best_value, best_index):  # type: ignore[no-untyped-def]
    """Fill `best_value`, `best_index` (flat) with the highest positive local maxima of the score, in falling order.

    A maximum is not below any of its 26 neighbours; voxels on the faces of the grid have none and are left out.
    """
    best_value[:] = 0
    best_index[:] = -1
    flat, line, plane = score.ravel(), score.shape[2], score.shape[2] * score.shape[1]
    begin = plane + line + 1  # from here to as far from the end, all 26 neighbours have an index
    end = flat.size - begin
    first = begin
    while first + BLOCK <= end:
        # most blocks hold nothing better than what is kept, which a count says at vector speed
        least, better = best_value[-1], np.int32(0)
        for k in range(BLOCK):
            better += np.int32(flat[np.uintp(first + k)] > least)  # unsigned: no index counts from the end
        if better:
            _keep_peaks(flat, score.shape, first, first + BLOCK, best_value, best_index)
        first += BLOCK
    _keep_peaks(flat, score.shape, first, end, best_value, best_index)


@njit
def _keep_peaks(flat, shape, first, last, best_value, best_index):  # type: ignore[no-untyped-def]
    """Take the peaks among the flat indices first … last − 1 into the sorted list of the best."""
    for place in range(first, last):
        at = best_value.size - 1
        value = flat[np.uintp(place)]
        if value <= best_value[at] or not _is_peak(flat, shape, place):
            continue
        while at > 0 and best_value[at - 1] < value:
            best_value[at] = best_value[at - 1]
            best_index[at] = best_index[at - 1]
            at -= 1
        best_value[at] = value
        best_index[at] = place


@njit
def _is_peak(flat, shape, place):  # type: ignore[no-untyped-def]
    """Whether no neighbour is higher; the divisions that tell the faces of the grid come last, being slow."""
    line, value = shape[2], flat[np.uintp(place)]
    for beside in (0, -1, 1):
        for below in (0, -1, 1):
            at = np.uintp(place + (beside * shape[1] + below) * line - 1)
            # one branch for three comparisons: it is taken nearly always, and so costs nothing
            if (flat[at] > value) | (flat[at + np.uintp(1)] > value) | (flat[at + np.uintp(2)] > value):
                return False
    row = place // line
    return 0 < place - row * line < line - 1 and 0 < row % shape[1] < shape[1] - 1
