"""Which voxels of a grid lie near points."""

from itertools import product

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from difffit_core.data.volume import Volume


def near_points(grid: Volume, xyz: Float64[ndarray, "point 3"], radius: float) -> Bool[ndarray, "z y x"]:
    """Voxels whose centre lies within `radius` (Å) of any of the points (Å).

    One pass over the points per voxel of a ball: the cost does not depend on how large the grid is.
    """
    found = np.zeros(grid.data.shape, dtype=bool)
    index = grid.index_from_map(xyz)
    nearest = np.rint(index).astype(int)
    reach = [int(np.ceil(radius / size + 0.5)) for size in grid.voxel_size_xyz]
    shape = np.array(grid.shape_xyz)
    for offset in product(*(range(-n, n + 1) for n in reach)):
        voxel = nearest + offset
        squared = (((voxel - index) * grid.voxel_size_xyz) ** 2).sum(axis=1)
        x, y, z = voxel[(squared <= radius**2) & ((voxel >= 0) & (voxel < shape)).all(axis=1)].T
        found[z, y, x] = True
    return found
