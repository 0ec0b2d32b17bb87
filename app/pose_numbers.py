"""How far a copy was moved, as numbers that a person can type: Å along x, y, z and degrees about them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

Matrix = Float64[ndarray, "3 4"]
Vector = Float64[ndarray, "3"]
Three = tuple[float, float, float]
LOCKED = 1 - 1e-12  # sine of a turn about y beyond which the other two axes are one


@dataclass(frozen=True)
class PoseChange:
    """A shift of the centroid (Å), and turns about the map's x, then y, then z axis through it (degrees)."""

    shift: Three = (0.0, 0.0, 0.0)
    turn: Three = (0.0, 0.0, 0.0)


def change_between(before: Matrix, now: Matrix, centroid_xyz: Vector) -> PoseChange:
    """What leads from one place to another; both act on a structure with this centroid (Å)."""
    dx, dy, dz = (place_of(now, centroid_xyz) - place_of(before, centroid_xyz)).tolist()
    return PoseChange((dx, dy, dz), angles_of(now[:, :3] @ before[:, :3].T))


def angles_of(turned: Float64[ndarray, "3 3"]) -> Three:
    """Degrees about x, then y, then z that make a rotation; where y is ±90° and z says the same as x, z is 0."""
    about_y = np.arcsin(np.clip(-turned[2, 0], -1.0, 1.0))
    if abs(turned[2, 0]) < LOCKED:
        about_x, about_z = np.arctan2(turned[2, 1], turned[2, 2]), np.arctan2(turned[1, 0], turned[0, 0])
    else:
        about_x, about_z = np.arctan2(-turned[1, 2], turned[1, 1]), 0.0
    x, y, z = np.degrees([about_x, about_y, about_z]).tolist()
    return x, y, z


def changed(before: Matrix, change: PoseChange, centroid_xyz: Vector) -> Matrix:
    """The place that a change leads to."""
    turned = Rotation.from_euler("xyz", change.turn, degrees=True).as_matrix() @ before[:, :3]
    place = place_of(before, centroid_xyz) + change.shift
    return np.column_stack([turned, place - turned @ centroid_xyz])


def place_of(matrix: Matrix, centroid_xyz: Vector) -> Vector:
    """Where the centroid lands (Å, map frame)."""
    return matrix[:, :3] @ centroid_xyz + matrix[:, 3]


def carried(motion: Matrix, matrix: Matrix) -> Matrix:
    """A place after a rigid motion in the map's frame; its rotation stays one however often this is done."""
    turned = Rotation.from_matrix(motion[:, :3] @ matrix[:, :3]).as_matrix()
    return np.column_stack([turned, motion[:, :3] @ matrix[:, 3] + motion[:, 3]])
