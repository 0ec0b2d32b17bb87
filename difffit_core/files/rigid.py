"""What a rigid transform does to the numbers in a structure file."""

from functools import partial

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

Matrix = Float64[ndarray, "3 4"]  # map_from_model: rotation and shift (Å), acting on column vectors
# what a fit does not look at (hydrogens, water, operators) may hold no numbers: it stays as it is
_quietly = partial(np.errstate, invalid="ignore", over="ignore")


def moved_points(xyz: Float64[ndarray, "n 3"], map_from_model: Matrix) -> Float64[ndarray, "n 3"]:
    """Coordinates (Å) in the map's frame."""
    with _quietly():
        return xyz @ map_from_model[:, :3].T + map_from_model[:, 3]


def moved_tensors(u: Float64[ndarray, "n 6"], map_from_model: Matrix) -> Float64[ndarray, "n 6"]:
    """Anisotropic displacements (u11 u22 u33 u12 u13 u23) in the map's frame: R·U·Rᵀ."""
    rotation = map_from_model[:, :3]
    full = u[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
    with _quietly():
        turned = rotation @ full @ rotation.T
    return turned.reshape(-1, 9)[:, [0, 4, 8, 1, 2, 5]]


def moved_operators(operators: Float64[ndarray, "n 12"], map_from_model: Matrix) -> Float64[ndarray, "n 12"]:
    """Symmetry operators (3 × 4, row by row) that do in the map's frame what they did in the file's: M·op·M⁻¹."""
    rotation, shift = map_from_model[:, :3], map_from_model[:, 3]
    given = operators.reshape(-1, 3, 4)
    with _quietly():
        turned = rotation @ given[:, :, :3] @ rotation.T
        shifted = given[:, :, 3] @ rotation.T + shift - turned @ shift
    return np.concatenate([turned, shifted[:, :, None]], axis=2).reshape(-1, 12)
