"""Trilinear values of a map and their slopes in torch, as all backends of `evaluate` define them."""

from typing import NamedTuple

import torch
from torch import Tensor


class Cells(NamedTuple):
    """Where points lie on a grid: flat index of the corner below each, and how far beyond it (0 to 1)."""

    corner: Tensor
    fx: Tensor
    fy: Tensor
    fz: Tensor


def locate(index_xyz: Tensor, data: Tensor) -> Cells:
    """The cells of data[z, y, x] that fractional indices [x y z, ...] lie in; clamped at the border."""
    nz, ny, nx = data.shape
    x, y, z = (i.clamp(0, n - 1.001) for i, n in zip(index_xyz, (nx, ny, nz), strict=True))
    whole = torch.int32 if data.numel() < 2**31 else torch.int64  # half the bytes are twice as fast
    corner = (z.to(whole) * ny + y.to(whole)) * nx + x.to(whole)
    return Cells(corner, x.frac(), y.frac(), z.frac())


def value(cells: Cells, data: Tensor) -> Tensor:
    """Trilinear values of data [z, y, x] in these cells."""
    (v00, _), (v01, _), (v10, _), (v11, _) = _edges(cells, data)
    return torch.lerp(torch.lerp(v00, v01, cells.fy), torch.lerp(v10, v11, cells.fy), cells.fz)


def value_and_slopes(cells: Cells, data: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Trilinear values of data [z, y, x] in these cells and their slopes by index x, y and z."""
    fy, fz = cells.fy, cells.fz
    (v00, e00), (v01, e01), (v10, e10), (v11, e11) = _edges(cells, data)
    h0, h1 = v01 - v00, v11 - v10
    low, high = torch.addcmul(v00, fy, h0), torch.addcmul(v10, fy, h1)
    by_z = high - low
    by_x = torch.lerp(torch.lerp(e00, e01, fy), torch.lerp(e10, e11, fy), fz)
    return torch.addcmul(low, fz, by_z), by_x, torch.lerp(h0, h1, fz), by_z


def _edges(cells: Cells, data: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Value and slope along the four edges of the cells in x: that at the corner, beyond in y, in z, and in both."""
    ny, nx = data.shape[1:]
    flat, at = data.flatten(), cells.corner.flatten()
    edges = []
    for beyond in (0, nx, nx * ny, nx * ny + nx):
        low = flat[beyond:].index_select(0, at).view_as(cells.fx)
        rise = flat[beyond + 1 :].index_select(0, at).view_as(cells.fx) - low
        edges.append((torch.addcmul(low, cells.fx, rise), rise))
    return edges
