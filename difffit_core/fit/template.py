"""A structure as the screen moves it: its sharpened simulated density, and where it counts."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.structure import Structure
from difffit_core.fit.simulate import simulate_map

MASK_ABOVE = 0.15  # of the simulated maximum: further out the template would reach into the neighbours


@dataclass(frozen=True)
class Template:
    """Sharpened simulated density on a cubic grid, and where it counts."""

    density: Float32[ndarray, "z y x"]
    inside: Float32[ndarray, "z y x"]  # 1 inside the mask, 0 outside
    cells: UInt8[ndarray, "z y x"]  # of the eight corners above each voxel, 0 none, 1 some, 2 all are inside
    box_xyz: Float64[ndarray, "2 3"]  # lowest and highest index of the mask's cells
    spacing: float  # Å
    centroid_index_xyz: Float64[ndarray, "3"]
    radius: float  # Å from the centroid to the farthest point of the mask


def make_template(structure: Structure, resolution: float) -> Template:
    """The structure's simulated map at `resolution`, sharpened, in its own frame, finer than the search grid."""
    spacing = resolution / 5
    simulated = simulate_map(structure, resolution, voxel_size=spacing)
    data = simulated.data
    inside = data > MASK_ABOVE * data.max()
    corner = simulated.index_from_map(structure.centroid_xyz)
    reach = (np.argwhere(inside)[:, ::-1] - corner) * spacing
    radius = float(np.sqrt((reach**2).sum(axis=1).max())) + spacing
    cells, box = mask_cells(inside)
    return Template(-ndimage.laplace(data), inside.astype(np.float32), cells, box, spacing, corner, radius)


def mask_cells(inside: Bool[ndarray, "z y x"]) -> tuple[UInt8[ndarray, "z y x"], Float64[ndarray, "2 3"]]:
    """What a template's cells hold and the box around those that hold something, as `Template` describes them."""
    corners = np.lib.stride_tricks.sliding_window_view(inside, (2, 2, 2)).sum(axis=(3, 4, 5))
    cells = np.zeros(inside.shape, np.uint8)
    cells[:-1, :-1, :-1] = (corners > 0).astype(np.uint8) + (corners == 8)
    filled = np.argwhere(cells)[:, ::-1]
    return cells, np.stack([filled.min(axis=0), filled.max(axis=0) + 0.999]).astype(np.float64)
