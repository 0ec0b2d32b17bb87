"""The hot loop for graphics cards: one program per pose and share of the points, one pass, 21 sums.

Each lane adds up its own points in single precision, a program adds its lanes as a tree, and the shares of a pose
are added in double precision: no sum is longer than a few hundred terms. Needs the `triton` that torch brings along
on Linux with CUDA or ROCm; runs without a card in Triton's interpreter (TRITON_INTERPRET=1), which the tests use.
"""

import numpy as np
import torch
import triton
import triton.language as tl
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.device_memory import LastUpload, in_batches, upload
from difffit_core.fit.probe import Probe
from difffit_core.fit.target import Field

LANES = 128  # points at once: one per thread of four warps, so that 21 sums stay in registers
SHARE = 4096  # points of one program
POSES_AT_ONCE = 2**18


class TritonKernel:
    """Moments of poses (see `evaluate.py`) on one CUDA or ROCm device; keeps the last field and probe there."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self._data, self._points, self._weights = (LastUpload(self.device) for _ in range(3))

    def __call__(self, field: Field, probe: Probe, poses: Poses, gradient: bool) -> ndarray:
        """Σwd, Σd, Σdd and, with `gradient`, the 18 sums of forces and torques, per pose [pose, 21]."""
        data, points, weights = self._data(field.data), self._points(probe.points_xyz), self._weights(probe.weights)
        turns = np.concatenate([poses.matrices().reshape(-1, 9), poses.position_xyz - field.origin_xyz], axis=1)
        shares, width = -(-len(probe) // SHARE), 21 if gradient else 3
        sizes = [*field.data.shape, *(1 / field.voxel_size_xyz).tolist()]
        moments = np.zeros((len(poses), 21))

        def work(part: slice) -> None:
            turn = upload(turns[part], self.device)
            sums = torch.empty((len(turn), shares, width), device=self.device)
            _pose_moments[(len(turn), shares)](
                data, points, weights, turn, sums, len(probe), *sizes, gradient=gradient, lanes=LANES, per_share=SHARE
            )
            moments[part, :width] = sums.double().sum(dim=1).cpu().numpy()

        for _ in in_batches(len(poses), POSES_AT_ONCE, work):
            pass
        return moments


@triton.jit(do_not_specialize=["n_points", "nz", "ny", "nx"])  # type: ignore[untyped-decorator]
def _pose_moments(  # type: ignore[no-untyped-def]
    data,
    points,
    weights,
    turns,
    sums,
    n_points,
    nz,
    ny,
    nx,
    ivx,
    ivy,
    ivz,
    gradient: tl.constexpr,
    lanes: tl.constexpr,
    per_share: tl.constexpr,
):
    """Write sums[pose, share]: Σwd, Σd, Σdd and with `gradient` Σw·g, Σd·g, Σg for g = gradient, torque (x y z each).

    data [z, y, x], points [point, 3] about the centroid (Å), turns [pose, 12]: the rotation's rows, then the position
    relative to the centre of voxel [0, 0, 0] (Å); iv… are voxels per Å. Points outside read the border.
    """
    pose, share = tl.program_id(0), tl.program_id(1)
    turn = turns + pose * 12
    r00, r01, r02 = tl.load(turn), tl.load(turn + 1), tl.load(turn + 2)
    r10, r11, r12 = tl.load(turn + 3), tl.load(turn + 4), tl.load(turn + 5)
    r20, r21, r22 = tl.load(turn + 6), tl.load(turn + 7), tl.load(turn + 8)
    tx, ty, tz = tl.load(turn + 9), tl.load(turn + 10), tl.load(turn + 11)
    zero = tl.zeros((lanes,), tl.float32)
    wd, sd, dd = zero, zero, zero
    wx, wy, wz, wa, wb, wc = zero, zero, zero, zero, zero, zero
    dx, dy, dz, da, db, dc = zero, zero, zero, zero, zero, zero
    gx, gy, gz, ga, gb, gc = zero, zero, zero, zero, zero, zero
    for first in range(share * per_share, tl.minimum(n_points, (share + 1) * per_share), lanes):
        point = first + tl.arange(0, lanes)
        used = point < n_points
        px = tl.load(points + 3 * point, mask=used, other=0.0)
        py = tl.load(points + 3 * point + 1, mask=used, other=0.0)
        pz = tl.load(points + 3 * point + 2, mask=used, other=0.0)
        w = tl.load(weights + point, mask=used, other=0.0)
        rx = r00 * px + r01 * py + r02 * pz
        ry = r10 * px + r11 * py + r12 * pz
        rz = r20 * px + r21 * py + r22 * pz
        d, ax, ay, az = _sample(data, (rx + tx) * ivx, (ry + ty) * ivy, (rz + tz) * ivz, nz, ny, nx, used)
        wd, sd, dd = wd + w * d, sd + d, dd + d * d
        if gradient:
            ax, ay, az = ax * ivx, ay * ivy, az * ivz
            ta, tb, tc = ry * az - rz * ay, rz * ax - rx * az, rx * ay - ry * ax
            wx, wy, wz, wa, wb, wc = wx + w * ax, wy + w * ay, wz + w * az, wa + w * ta, wb + w * tb, wc + w * tc
            dx, dy, dz, da, db, dc = dx + d * ax, dy + d * ay, dz + d * az, da + d * ta, db + d * tb, dc + d * tc
            gx, gy, gz, ga, gb, gc = gx + ax, gy + ay, gz + az, ga + ta, gb + tb, gc + tc
    width: tl.constexpr = 21 if gradient else 3
    out = sums + (pose * tl.num_programs(1) + share) * width
    _store3(out, wd, sd, dd)
    if gradient:
        _store3(out + 3, wx, wy, wz)
        _store3(out + 6, wa, wb, wc)
        _store3(out + 9, dx, dy, dz)
        _store3(out + 12, da, db, dc)
        _store3(out + 15, gx, gy, gz)
        _store3(out + 18, ga, gb, gc)


@triton.jit
def _sample(data, x, y, z, nz, ny, nx, used):  # type: ignore[no-untyped-def]
    """Trilinear value and slopes by index x, y, z, clamped at the border; zero where not `used`."""
    x = tl.minimum(tl.maximum(x, 0.0), nx - 1.001)
    y = tl.minimum(tl.maximum(y, 0.0), ny - 1.001)
    z = tl.minimum(tl.maximum(z, 0.0), nz - 1.001)
    ix, iy, iz = x.to(tl.int32), y.to(tl.int32), z.to(tl.int32)
    fx, fy, fz = x - ix.to(tl.float32), y - iy.to(tl.float32), z - iz.to(tl.float32)
    low = data + (iz.to(tl.int64) * ny + iy) * nx + ix  # 64 bits: a map may have more voxels than 32 can count
    high = low + ny * nx
    c00, e00 = _along_x(low, used, fx)
    c01, e01 = _along_x(low + nx, used, fx)
    c10, e10 = _along_x(high, used, fx)
    c11, e11 = _along_x(high + nx, used, fx)
    h0, h1 = c01 - c00, c11 - c10
    u0 = c00 + fy * h0
    by_z = c10 + fy * h1 - u0
    k0, k1 = e00 + fy * (e01 - e00), e10 + fy * (e11 - e10)
    return u0 + fz * by_z, k0 + fz * (k1 - k0), h0 + fz * (h1 - h0), by_z


@triton.jit
def _along_x(at, used, fx):  # type: ignore[no-untyped-def]
    """Value and slope between a corner and its neighbour along x."""
    first = tl.load(at, mask=used, other=0.0)
    rise = tl.load(at + 1, mask=used, other=0.0) - first
    return first + fx * rise, rise


@triton.jit
def _store3(out, a, b, c):  # type: ignore[no-untyped-def]
    """Write the sums over the lanes of three vectors side by side."""
    tl.store(out, tl.sum(a))
    tl.store(out + 1, tl.sum(b))
    tl.store(out + 2, tl.sum(c))
