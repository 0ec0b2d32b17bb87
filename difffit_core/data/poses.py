"""Rigid poses: x_map = R · (x_model − centroid) + position."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from jaxtyping import Float64, Shaped
from numpy import ndarray

from difffit_core.data.quaternions import rotation_matrices

if TYPE_CHECKING:
    from scipy.spatial.transform import Rotation


@dataclass(frozen=True)
class Poses:
    """Orientations (quaternions x y z w, unit) and the positions (Å) where the structure's centroid lands."""

    orientation_xyzw: Float64[ndarray, "pose 4"]
    position_xyz: Float64[ndarray, "pose 3"]

    def __len__(self) -> int:
        return len(self.position_xyz)

    def __getitem__(self, chosen: slice | Shaped[ndarray, " chosen"] | list[int]) -> Self:
        return type(self)(self.orientation_xyzw[chosen], self.position_xyz[chosen])

    @property
    def rotation(self) -> "Rotation":
        """The orientations as scipy rotations, acting on column vectors."""
        from scipy.spatial.transform import Rotation

        return Rotation.from_quat(self.orientation_xyzw)

    def matrices(self) -> Float64[ndarray, "pose 3 3"]:
        """Rotation matrices."""
        return rotation_matrices(self.orientation_xyzw)

    def map_from_model(self, centroid_xyz: Float64[ndarray, "3"]) -> Float64[ndarray, "pose 3 4"]:
        """3 × 4 matrices that take a structure file's coordinates (Å) to the map's frame."""
        rotation = self.matrices()
        shift = self.position_xyz - rotation @ centroid_xyz
        return np.concatenate([rotation, shift[:, :, None]], axis=2)

    @classmethod
    def from_matrices(cls, map_from_model: Float64[ndarray, "pose 3 4"], centroid_xyz: Float64[ndarray, "3"]) -> Self:
        """Poses of 3 × 4 matrices that act on a structure with this centroid (Å)."""
        from scipy.spatial.transform import Rotation

        rotation, shift = map_from_model[:, :, :3], map_from_model[:, :, 3]
        return cls(Rotation.from_matrix(rotation).as_quat(), rotation @ centroid_xyz + shift)

    @classmethod
    def concatenate(cls, parts: "list[Poses]") -> Self:
        """All poses of the parts, in their order."""
        return cls(
            np.concatenate([p.orientation_xyzw for p in parts]),
            np.concatenate([p.position_xyz for p in parts]),
        )


def angles_between(a_xyzw: Float64[ndarray, "*#n 4"], b_xyzw: Float64[ndarray, "*#n 4"]) -> Float64[ndarray, "*#n"]:
    """Rotation angles (degrees) between pairs of unit quaternions; q and −q are the same rotation."""
    dot = np.abs((a_xyzw * b_xyzw).sum(axis=-1))
    return np.degrees(2 * np.arccos(np.clip(dot, 0.0, 1.0)))
