"""Rotations that cover all orientations evenly."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

# super-Fibonacci constants (Alexa, "Super-Fibonacci Spirals", CVPR 2022): √2 and the positive root of ψ⁴ = ψ + 4
_PHI = np.sqrt(2.0)
_PSI = 1.533751168755204288118041


def even_rotations(count: int, seed: int) -> Float64[ndarray, "count 4"]:
    """Quaternions x y z w of `count` evenly spread rotations, turned as a whole by a random one.

    Super-Fibonacci spiral (Alexa 2022); the whole set is rotated by the seed so that no orientation is favoured.
    """
    s = np.arange(count) + 0.5
    t = s / count
    inner, outer = np.sqrt(t), np.sqrt(1 - t)
    alpha, beta = 2 * np.pi * s / _PHI, 2 * np.pi * s / _PSI
    spiral = np.stack(
        [inner * np.sin(alpha), inner * np.cos(alpha), outer * np.sin(beta), outer * np.cos(beta)], axis=1
    )
    turn = Rotation.random(rng=np.random.default_rng(seed))
    return (turn * Rotation.from_quat(spiral)).as_quat()
