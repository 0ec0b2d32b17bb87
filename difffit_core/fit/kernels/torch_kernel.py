"""The hot call in torch: portable, readable, and the reference the compiled kernel is compared with."""

import numpy as np
import torch
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.probe import Probe
from difffit_core.fit.target import Field

LARGEST_BATCH = 2_000_000  # points sampled at once; halved when the device runs out of memory


class TorchKernel:
    """Moments of poses (see `evaluate.py`) on one torch device; keeps the last field there."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self._field: Field | None = None
        self._data = torch.empty(0)
        self._batch = LARGEST_BATCH

    def __call__(self, field: Field, probe: Probe, poses: Poses, gradient: bool) -> ndarray:
        """Σwd, Σd, Σdd and, with `gradient`, the 18 sums of forces and torques, per pose [pose, 21]."""
        self._upload(field)
        matrices = self._tensor(poses.matrices())
        positions = self._tensor(poses.position_xyz - field.origin_xyz)
        points, weights = self._tensor(probe.points_xyz), self._tensor(probe.weights)
        inverse = self._tensor(1 / field.voxel_size_xyz)
        parts = []
        first = 0
        while first < len(poses):
            step = max(1, self._batch // len(probe))
            part = slice(first, first + step)
            try:
                parts.append(_moments(self._data, inverse, points, weights, matrices[part], positions[part], gradient))
            except torch.cuda.OutOfMemoryError:
                if step == 1:
                    raise
                self._batch //= 2
                torch.cuda.empty_cache()
                continue
            first += step
        return torch.cat(parts).double().cpu().numpy() if parts else np.zeros((0, 21))

    def _upload(self, field: Field) -> None:
        if self._field is not field:
            self._field, self._data = field, self._tensor(field.data)

    def _tensor(self, array: ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(self.device)


def _moments(
    data: torch.Tensor,
    inverse_voxel: torch.Tensor,
    points: torch.Tensor,
    weights: torch.Tensor,
    matrices: torch.Tensor,
    positions: torch.Tensor,
    gradient: bool,
) -> torch.Tensor:
    arm = torch.einsum("pij,nj->pni", matrices, points)
    density, slope = sample((arm + positions[:, None]) * inverse_voxel, data)
    sums = [density @ weights, density.sum(1), (density * density).sum(1)]
    if not gradient:
        return torch.nn.functional.pad(torch.stack(sums, 1), (0, 18))
    force = slope * inverse_voxel
    pull = torch.cat([force, torch.linalg.cross(arm, force)], dim=2)
    by_weight = torch.einsum("pnk,n->pk", pull, weights)
    by_density = torch.einsum("pnk,pn->pk", pull, density)
    return torch.cat([torch.stack(sums, 1), by_weight, by_density, pull.sum(1)], dim=1)


def sample(index_xyz: torch.Tensor, data: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Trilinear value [..] and gradient by index [.. 3] at fractional indices x y z [.. 3]; clamped at the border."""
    nz, ny, nx = data.shape
    top = torch.tensor([nx, ny, nz], device=data.device, dtype=data.dtype) - 1.001
    clamped = torch.minimum(index_xyz.clamp(min=0), top)
    cell = clamped.floor()
    fx, fy, fz = (clamped - cell).unbind(-1)
    ix, iy, iz = cell.long().unbind(-1)
    at, flat = (iz * ny + iy) * nx + ix, data.flatten()
    c000, c001, c010, c011 = flat[at], flat[at + 1], flat[at + nx], flat[at + nx + 1]
    up = at + ny * nx
    c100, c101, c110, c111 = flat[up], flat[up + 1], flat[up + nx], flat[up + nx + 1]
    v00, v01, v10, v11 = (torch.lerp(a, b, fx) for a, b in ((c000, c001), (c010, c011), (c100, c101), (c110, c111)))
    u0, u1 = torch.lerp(v00, v01, fy), torch.lerp(v10, v11, fy)
    by_x = torch.lerp(torch.lerp(c001 - c000, c011 - c010, fy), torch.lerp(c101 - c100, c111 - c110, fy), fz)
    by_y = torch.lerp(v01 - v00, v11 - v10, fz)
    return torch.lerp(u0, u1, fz), torch.stack([by_x, by_y, u1 - u0], dim=-1)
