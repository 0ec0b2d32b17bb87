"""The hot call in torch: portable, readable, and the reference the compiled kernels are compared with.

A processor is fastest on pieces whose temporaries stay in its cache, one piece per core at a time; an accelerator on
as much at once as its memory holds. Sums are in single precision over a block of points, in double over the blocks.
"""

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.device_memory import LastUpload, free_bytes, in_batches, upload
from difffit_core.fit.kernels.threads import chunks, pool
from difffit_core.fit.kernels.torch_sampling import locate, value, value_and_slopes
from difffit_core.fit.probe import Probe
from difffit_core.fit.target import Field

CACHED_POINTS = 20_000  # temporaries stay in a core's cache, and calls are few enough
DEVICE_POINTS = 2**22  # more at once gains nothing on any accelerator
BLOCK = 2**16  # points of one pose that single precision adds up
BYTES_PER_POINT = 160  # temporaries of one sampled point on an accelerator, at the worst moment


class TorchKernel:
    """Moments of poses (see `evaluate.py`) on one torch device; keeps the last field and probe there."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self.on_cores = self.device.type == "cpu"
        self._data, self._points, self._weights = (LastUpload(self.device) for _ in range(3))

    def __call__(self, field: Field, probe: Probe, poses: Poses, gradient: bool) -> ndarray:
        """Σwd, Σd, Σdd and, with `gradient`, the 18 sums of forces and torques, per pose [pose, 21]."""
        data, inverse = self._data(field.data), upload(1 / field.voxel_size_xyz, self.device)
        points, weights = self._points(probe.points_xyz), self._weights(probe.weights)
        matrices = upload(poses.matrices(), self.device)
        positions = upload(poses.position_xyz - field.origin_xyz, self.device)
        moments = np.zeros((len(poses), 21))
        at_once = CACHED_POINTS if self.on_cores else self._points_that_fit()
        blocks = list(chunks(len(probe), -(-len(probe) // min(at_once, BLOCK))))
        batch = max(1, at_once * len(blocks) // len(probe))

        def work(part: slice) -> None:
            turn, move = matrices[part], positions[part]
            sums = [pose_moments(data, inverse, points[b], weights[b], turn, move, gradient) for b in blocks]
            total = np.sum([s.cpu().double().numpy() for s in sums], axis=0)
            moments[part, : total.shape[1]] = total

        if self.on_cores:
            list(pool().map(work, chunks(len(poses), -(-len(poses) // batch))))
        else:
            for _ in in_batches(len(poses), batch, work):
                pass
        return moments

    def _points_that_fit(self) -> int:
        """Points to sample at once on an accelerator, the same each time unless memory is short."""
        return max(1, min(DEVICE_POINTS, free_bytes(self.device) // 2 // BYTES_PER_POINT))


def pose_moments(
    data: Tensor,
    inverse_voxel: Tensor,
    points: Tensor,
    weights: Tensor,
    matrices: Tensor,
    positions: Tensor,
    gradient: bool,
) -> Tensor:
    """The sums of `evaluate.py` per pose [pose, 21], without `gradient` [pose, 3]; shapes as in the compiled kernel."""
    n_poses, n_points = len(matrices), len(points)
    arm = (matrices.transpose(0, 1).reshape(-1, 3) @ points.T).view(3, n_poses, n_points)  # x y z first
    index = (arm + positions.T[:, :, None]) * inverse_voxel[:, None, None]
    cell = locate(index, data)
    density, *slope = value_and_slopes(cell, data) if gradient else [value(cell, data)]
    columns = torch.stack([weights.expand_as(density), density, torch.ones_like(density)], dim=1)
    rows = [density]
    if gradient:
        force = [s * v for s, v in zip(slope, inverse_voxel, strict=True)]
        rows += [*force, *_cross(arm, force)]
    # every sum is the product of a row (density, force, torque) and a column (weight, density, one)
    sums = torch.bmm(torch.stack(rows, dim=1), columns.transpose(1, 2))
    of_density, of_pull = sums[:, 0, [0, 2, 1]], sums[:, 1:]
    return torch.cat([of_density, of_pull.transpose(1, 2).flatten(1)], dim=1)


def _cross(arm: Tensor, force: list[Tensor]) -> list[Tensor]:
    (rx, ry, rz), (fx, fy, fz) = arm, force
    return [ry * fz - rz * fy, rz * fx - rx * fz, rx * fy - ry * fx]
