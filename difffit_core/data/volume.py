"""Density on a grid."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float, Float32, Float64
from numpy import ndarray


@dataclass(frozen=True)
class Volume:
    """Density `data[z, y, x]`; `origin_xyz` (Å) is the centre of voxel [0, 0, 0], voxel sizes in Å per axis.

    Grid and map coordinates are related by `index = (xyz - origin) / voxel_size`, axis by axis. Nothing in the
    engine maps coordinates in another way.
    """

    data: Float32[ndarray, "z y x"]
    voxel_size_xyz: Float64[ndarray, "3"]
    origin_xyz: Float64[ndarray, "3"]

    @property
    def shape_xyz(self) -> tuple[int, int, int]:
        """Number of voxels along x, y, z."""
        z, y, x = self.data.shape
        return x, y, z

    @property
    def voxel_volume(self) -> float:
        """Å³ per voxel."""
        return float(np.prod(self.voxel_size_xyz))

    @property
    def corners_xyz(self) -> Float64[ndarray, "2 3"]:
        """Centres (Å) of the first and of the last voxel."""
        last = (np.array(self.shape_xyz) - 1) * self.voxel_size_xyz
        return np.stack([self.origin_xyz, self.origin_xyz + last])

    def index_from_map(self, xyz: Float[ndarray, "*n 3"]) -> Float64[ndarray, "*n 3"]:
        """Fractional grid index x y z of map coordinates (Å)."""
        return (xyz - self.origin_xyz) / self.voxel_size_xyz

    def map_from_index(self, index_xyz: Float[ndarray, "*n 3"]) -> Float64[ndarray, "*n 3"]:
        """Map coordinates (Å) of a fractional grid index x y z."""
        return index_xyz * self.voxel_size_xyz + self.origin_xyz

    def crop(self, low_xyz: tuple[int, int, int], high_xyz: tuple[int, int, int]) -> Self:
        """Voxels `low` to `high` (exclusive) as a volume that lies where it lay before; the data is a view."""
        window = tuple(slice(lo, hi) for lo, hi in zip(low_xyz[::-1], high_xyz[::-1], strict=True))
        return type(self)(
            self.data[window],
            self.voxel_size_xyz,
            self.map_from_index(np.asarray(low_xyz, dtype=np.float64)),
        )

    def with_data(self, data: Float32[ndarray, "z y x"]) -> Self:
        """Other density on the same grid."""
        if data.shape != self.data.shape:
            raise ValueError(f"shape {data.shape} does not fit the grid {self.data.shape}")
        return type(self)(data, self.voxel_size_xyz, self.origin_xyz)
