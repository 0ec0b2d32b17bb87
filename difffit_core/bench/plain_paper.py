"""The published method once more, plainly: every level sampled by itself, gradients by autograd, torch's own Adam.

Written from the paper's description (Luo et al., IEEE TVCG 2025, §3.1). It is the oracle in the tests of the engine's
preset `paper`, and the baseline of the benchmark. Two things differ from the published program on purpose: sampling is
exact, and what lies outside the box is negative space.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy import ndarray
from scipy import ndimage
from torch.nn.functional import conv3d, grid_sample, pad

from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume

POINTS_AT_ONCE = 10_000_000  # atoms times poses in one graph: what fits into the memory of a laptop


@dataclass(frozen=True)
class Levels:
    """Every level of the map [z y x], with one voxel of negative space around it, and its weight."""

    volumes: list[torch.Tensor]
    weights: list[float]
    first_voxel_xyz: torch.Tensor  # Å, centre
    voxel_size_xyz: torch.Tensor  # Å


@dataclass(frozen=True)
class Visited:
    """The best pose that each start visited, and its value, the negative of its loss."""

    poses: Poses
    value: ndarray


def filter_map(data: ndarray, level: float, minimum_island: int) -> ndarray:
    """Voxels above the contour level, in islands that are large enough, divided by their maximum."""
    kept = np.where(data > level, data, 0)
    labels, count = ndimage.label(kept != 0)
    for island in range(1, count + 1):
        if (labels == island).sum() < minimum_island:
            kept[labels == island] = 0
    return kept / kept.max()


def make_levels(
    volume: Volume, level: float, smoothed: int, order: str, negative: float, minimum_island: int, dtype: torch.dtype
) -> Levels:
    """Level 0 is the filtered map, each further one the smoothed one before; all count the same."""
    present = torch.from_numpy(filter_map(volume.data, level, minimum_island)).to(dtype)
    volumes = []
    for k in range(smoothed + 1):
        if k > 0:
            present = smooth(present)
        filled = torch.where(present > 0, present, negative)
        if order == "shrink":
            present = filled
        volumes.append(filled)
    return around(volumes, [1 / len(volumes)] * len(volumes), volume, negative)


def around(volumes: list[torch.Tensor], weights: list[float], grid: Volume, negative: float) -> Levels:
    """Levels on a map's grid, with negative space around them."""
    dtype = volumes[0].dtype
    first = torch.from_numpy(grid.origin_xyz - grid.voxel_size_xyz).to(dtype)
    bordered = [pad(volume, (1,) * 6, value=negative) for volume in volumes]
    return Levels(bordered, weights, first, torch.from_numpy(grid.voxel_size_xyz).to(dtype))


def smooth(density: torch.Tensor) -> torch.Tensor:
    """Convolved with a normalised 5 × 5 × 5 Gaussian of σ = 1 voxel, mirrored at the walls."""
    offset = torch.arange(-2, 3, dtype=density.dtype)
    z, y, x = torch.meshgrid(offset, offset, offset, indexing="ij")
    kernel = torch.exp(-(x**2 + y**2 + z**2) / 2)
    mirrored = pad(density[None, None], (2,) * 6, mode="reflect")
    return conv3d(mirrored, (kernel / kernel.sum())[None, None])[0, 0]


def losses(levels: Levels, points: torch.Tensor, quaternion: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """The loss [pose] of quaternions x y z w (any length) and positions (Å) for atoms about their centroid."""
    xyz = torch.einsum("pij,ai->paj", rotation_matrices(quaternion).transpose(1, 2), points) + position[:, None]
    index = (xyz - levels.first_voxel_xyz) / levels.voxel_size_xyz
    nz, ny, nx = levels.volumes[0].shape
    last = torch.tensor([nx - 1, ny - 1, nz - 1], dtype=points.dtype)
    grid = (2 * index / last - 1)[:, :, None, None]
    total = torch.zeros(len(position), dtype=points.dtype)
    for weight, volume in zip(levels.weights, levels.volumes, strict=True):
        # one copy of the volume per pose, without its memory: torch spreads samples over cores by the first axis
        copies = volume.expand(len(position), 1, -1, -1, -1)
        sampled = grid_sample(copies, grid, padding_mode="border", align_corners=True)
        total = total - weight * sampled[:, 0, :, 0, 0].mean(dim=1)
    return total


def rotation_matrices(quaternion: torch.Tensor) -> torch.Tensor:
    """Rotation matrices [pose 3 3] of quaternions x y z w of any length."""
    x, y, z, w = (quaternion / quaternion.norm(dim=1, keepdim=True)).unbind(1)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], 1),
        torch.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], 1),
        torch.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], 1),
    ]
    return torch.stack(rows, 1)


def optimise(levels: Levels, points_xyz: ndarray, starts: Poses, edge: float, iterations: int) -> Visited:
    """Adam from every start; `edge` (Å) is the map's mean edge, a hundredth of which is the positions' rate."""
    dtype = levels.voxel_size_xyz.dtype
    points = torch.from_numpy(points_xyz).to(dtype)
    quaternion = torch.from_numpy(starts.orientation_xyzw).to(dtype).clone().requires_grad_()
    position = torch.from_numpy(starts.position_xyz).to(dtype).clone().requires_grad_()
    adam = torch.optim.Adam([{"params": [quaternion], "lr": 0.01}, {"params": [position], "lr": 0.01 * edge}])
    best = torch.full((len(starts),), torch.inf, dtype=dtype)
    best_quaternion, best_position = quaternion.detach().clone(), position.detach().clone()
    for _ in range(iterations):
        adam.zero_grad()
        loss = loss_with_gradient(levels, points, quaternion, position)
        with torch.no_grad():
            better = loss < best
            best[better] = loss[better]
            best_quaternion[better], best_position[better] = quaternion[better], position[better]
        adam.step()
    unit = best_quaternion / best_quaternion.norm(dim=1, keepdim=True)
    return Visited(Poses(unit.double().numpy(), best_position.double().numpy()), -best.double().numpy())


def loss_with_gradient(
    levels: Levels, points: torch.Tensor, quaternion: torch.Tensor, position: torch.Tensor
) -> torch.Tensor:
    """The loss [pose], its gradient added to that of quaternion and position; batch by batch, to bound memory."""
    batch = max(1, POINTS_AT_ONCE // len(points))
    found = []
    for first in range(0, len(position), batch):
        part = slice(first, first + batch)
        loss = losses(levels, points, quaternion[part], position[part])
        loss.sum().backward()  # type: ignore[no-untyped-call]
        found.append(loss.detach())
    return torch.cat(found)
