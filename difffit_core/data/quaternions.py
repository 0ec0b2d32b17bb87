"""The little that a search does with quaternions (x y z w, unit), without scipy's rotations.

Loading those takes longer than a small fit needs for all its turns; elsewhere they are the better choice.
"""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray


def rotation_matrices(quaternions: Float64[ndarray, "*n 4"]) -> Float64[ndarray, "*n 3 3"]:
    """Rotation matrices; they act on column vectors."""
    x, y, z, w = np.moveaxis(quaternions, -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def one_after_another(last: Float64[ndarray, "*#n 4"], first: Float64[ndarray, "*#n 4"]) -> Float64[ndarray, "*#n 4"]:
    """The rotation by `first` followed by `last`, of unit length however often it is repeated."""
    (a, b, c, d), (x, y, z, w) = np.moveaxis(last, -1, 0), np.moveaxis(first, -1, 0)
    product = np.stack(
        [
            d * x + a * w + b * z - c * y,
            d * y - a * z + b * w + c * x,
            d * z + a * y - b * x + c * w,
            d * w - a * x - b * y - c * z,
        ],
        axis=-1,
    )
    return product / np.linalg.norm(product, axis=-1, keepdims=True)


def turns(rotation_vectors: Float64[ndarray, "*n 3"]) -> Float64[ndarray, "*n 4"]:
    """Quaternions of turns about axes, as long as the angle in radians."""
    angle = np.linalg.norm(rotation_vectors, axis=-1, keepdims=True)
    # sin(angle / 2) / angle, also where the angle is zero
    along = 0.5 * np.sinc(angle / (2 * np.pi)) * rotation_vectors
    return np.concatenate([along, np.cos(angle / 2)], axis=-1)


def random_quaternion(seed: int) -> Float64[ndarray, "4"]:
    """A rotation out of all of them, each as likely as any other."""
    quaternion = np.random.default_rng(seed).normal(size=4)
    return quaternion / np.linalg.norm(quaternion)
