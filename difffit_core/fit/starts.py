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


def typical_gap(count: int) -> float:
    """Radians between an arbitrary rotation and the nearest of `count` even ones, on average.

    Each rotation owns 8π²/count of the volume of SO(3); 0.55 of the side of a cube of that volume is the mean
    distance to its centre plus a little for the unevenness of the spiral.
    """
    return float(0.55 * (8 * np.pi**2 / count) ** (1 / 3))
