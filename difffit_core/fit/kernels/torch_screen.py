"""The FFT screen on an accelerator: many rotations at once, nothing but their best peaks comes back.

The same steps as on the processor, in torch: turn the template, correlate by FFT, normalise, pick peaks. How many
rotations go at once follows from the grid and changes only when memory runs out, so that results repeat.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int64
from numpy import ndarray
from torch import Tensor

from difffit_core.fit.kernels.device_memory import free_bytes, in_batches, upload
from difffit_core.fit.kernels.torch_sampling import locate, value
from difffit_core.fit.search_map import SearchMap
from difffit_core.fit.template import Template

VOXELS_AT_ONCE = 2**22  # enough to keep a card busy, few enough to hear of progress several times a second
BYTES_PER_VOXEL = 160  # temporaries of one voxel, at the worst moment


class TorchSweep:
    """The best translations of each rotation of one template in one search map, on one torch device."""

    def __init__(self, template: Template, search_map: SearchMap, device: str) -> None:
        self.device = torch.device(device)
        self.template, self.search_map = template, search_map
        self.density, self.inside = (upload(grid, self.device) for grid in (template.density, template.inside))
        self.scale = upload(search_map.scale, self.device)
        self.spectrum = torch.from_numpy(search_map.spectrum.astype(np.complex64)).to(self.device)
        self.box = tuple(2 * h + 1 for h in search_map.half_xyz[::-1])  # z y x
        self.offsets = upload(_offsets(search_map), self.device)

    def __call__(
        self,
        matrices: Float64[ndarray, "rotation 3 3"],
        values: Float32[ndarray, "rotation peak"],
        indices: Int64[ndarray, "rotation peak"],
    ) -> Iterator[int]:
        """Fill in scores and flat grid indices of each rotation, best first; yields how many rotations are done."""

        def work(part: slice) -> None:
            score = self.correlate(self.turn(upload(matrices[part], self.device)))
            found, place = highest_peaks(score, values.shape[1])
            count = found.shape[1]
            values[part, :count] = found.cpu().numpy()
            indices[part, :count] = place.cpu().numpy()

        voxels = int(np.prod(self.box) + np.prod(self.search_map.padded))
        fitting = free_bytes(self.device) // 2 // BYTES_PER_VOXEL
        yield from in_batches(len(matrices), min(VOXELS_AT_ONCE, fitting) // voxels, work)

    def turn(self, matrices: Tensor) -> Tensor:
        """The template in each orientation, on voxels of the search map: zero mean and unit length in its mask."""
        # model = Rᵀ · map, as the row vectors of map · R
        places = torch.einsum("ov,boc->cbv", self.offsets, matrices) / self.template.spacing
        places += upload(self.template.centroid_index_xyz, self.device)[:, None, None]
        cells = locate(places, self.density)
        # outside the template its border is read, which is never in the mask
        used = (value(cells, self.inside) >= 0.5).float()
        turned = value(cells, self.density) * used
        mean = turned.sum(1, keepdim=True) / used.sum(1, keepdim=True).clamp(min=1)
        turned = (turned - mean) * used
        length = (turned * turned).sum(1, keepdim=True).sqrt().clamp(min=1e-10)
        return (turned / length).view(-1, *self.box)

    def correlate(self, turned: Tensor) -> Tensor:
        """The local correlation at each voxel of the search map [rotation, z, y, x]."""
        spectrum = torch.fft.rfftn(turned, s=self.search_map.padded, dim=(1, 2, 3)).conj() * self.spectrum
        numerator = torch.fft.irfftn(spectrum, s=self.search_map.padded, dim=(1, 2, 3))
        nz, ny, nx = self.scale.shape
        return numerator[:, :nz, :ny, :nx] * self.scale


def _offsets(search_map: SearchMap) -> Float64[ndarray, "3 voxel"]:
    """Å x y z from the centroid to each voxel of a turned template, z slowest."""
    z, y, x = (
        np.arange(-h, h + 1) * v
        for h, v in zip(search_map.half_xyz[::-1], search_map.volume.voxel_size_xyz[::-1], strict=True)
    )
    grid = np.meshgrid(z, y, x, indexing="ij")
    return np.stack([axis.ravel() for axis in reversed(grid)])


def highest_peaks(score: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Values and flat indices [rotation, peak] of the highest positive local maxima, in falling order.

    A maximum is not below any of its 26 neighbours; voxels on the faces of the grid have none and are left out.
    Where there are too few, the value is 0 and the index −1.
    """
    inner = score[:, 1:-1, 1:-1, 1:-1]
    around = score
    for axis in (1, 2, 3):
        size = score.shape[axis] - 2
        low, middle, high = (around.narrow(axis, k, size) for k in range(3))
        around = torch.maximum(torch.maximum(low, middle), high)
    peaks = torch.where(inner >= around, inner, 0).clamp(min=0)
    highest, flat = peaks.flatten(1).topk(min(count, peaks[0].numel()))
    ny, nx = inner.shape[2:]
    z, y, x = flat // (ny * nx) + 1, flat // nx % ny + 1, flat % nx + 1
    place = (z * (ny + 2) + y) * (nx + 2) + x
    return highest, torch.where(highest > 0, place, -1)
