"""Where a search begins: rotations that cover all orientations evenly, and poses around a given one."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.quaternions import one_after_another, random_quaternion, turns

# super-Fibonacci constants (Alexa, "Super-Fibonacci Spirals", CVPR 2022): √2 and the positive root of ψ⁴ = ψ + 4
_PHI = np.sqrt(2.0)
_PSI = 1.533751168755204288118041

# none, and 180° about x, y and z: which of the axes x y z then point backwards
HALF_TURNS = ((False, False, False), (False, True, True), (True, False, True), (True, True, False))


def even_rotations(count: int, seed: int) -> Float64[ndarray, "count 4"]:
    """Quaternions x y z w of `count` evenly spread rotations, turned as a whole by a random one.

    Super-Fibonacci spiral (Alexa 2022); the whole set is rotated by the seed so that no orientation is favoured. With
    n rotations, each owns a cube of side (8π²/n)^⅓ of SO(3); no orientation is farther from its nearest than 0.93 of
    that side (the covering radius: 33° for 300, 20° for 1200, 13° for 4800), and on average it is 0.5 of it.
    """
    s = np.arange(count) + 0.5
    t = s / count
    inner, outer = np.sqrt(t), np.sqrt(1 - t)
    alpha, beta = 2 * np.pi * s / _PHI, 2 * np.pi * s / _PSI
    spiral = np.stack(
        [inner * np.sin(alpha), inner * np.cos(alpha), outer * np.sin(beta), outer * np.cos(beta)], axis=1
    )
    return one_after_another(random_quaternion(seed), spiral)


def even_rotations_by_half_turns(count: int, seed: int) -> Float64[ndarray, "rotation 4"]:
    """About `count` evenly spread rotations; the second to fourth quarter are the first followed by `HALF_TURNS`.

    The first quarter are those of an even set that lie nearest to no turn at all, of the four that half-turns make
    of each. Where four copies of the quarter meet, gaps are up to a tenth wider than `even_rotations` leaves.
    """
    spiral = even_rotations(count, seed)
    x, y, z, w = spiral[np.abs(spiral).argmax(axis=1) == 3].T
    turned = (x, y, z, w), (w, -z, y, -x), (z, w, -x, -y), (-y, x, w, -z)
    return np.concatenate([np.stack(quaternion, axis=1) for quaternion in turned])


def even_points(count: int, dimensions: int, seed: int) -> Float64[ndarray, "count dimensions"]:
    """Points that fill the unit cube evenly however many there are, moved as a whole by the seed.

    Additive recurrence with the powers of the generalised golden ratio, the root of x^(d+1) = x + 1 (Roberts, "The
    Unreasonable Effectiveness of Quasirandom Sequences", 2018).
    """
    ratio = 2.0
    for _ in range(40):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    step = ratio ** -np.arange(1.0, dimensions + 1)
    first = np.random.default_rng(seed).random(dimensions)
    return (first + np.arange(count)[:, None] * step) % 1.0


def poses_near(pose: Poses, shift: float, angle: float, count: int, seed: int) -> Poses:
    """`count` poses spread evenly within `shift` Å and `angle` degrees of one pose; the first is that pose itself."""
    cube = even_points(count, 6, seed)
    cube[0, [2, 5]] = 0.0
    moved = shift * np.cbrt(cube[:, 2:3]) * _directions(cube[:, :2])
    return Poses(rotations_near(pose.orientation_xyzw[0], angle, cube[:, 3:]), pose.position_xyz + moved)


def rotations_near(
    orientation_xyzw: Float64[ndarray, "4"], angle: float, cube: Float64[ndarray, "count 3"]
) -> Float64[ndarray, "count 4"]:
    """Points of the unit cube as rotations (quaternions x y z w) within `angle` degrees of one, equally dense.

    The axis comes from the first two coordinates. The turn a comes from the third: the volume of rotations by less
    than a grows as a − sin a.
    """
    angles = np.linspace(0.0, np.radians(angle), 1000)
    volume = angles - np.sin(angles)
    turn = np.interp(cube[:, 2] * volume[-1], volume, angles)
    return one_after_another(turns(turn[:, None] * _directions(cube[:, :2])), orientation_xyzw)


def _directions(square: Float64[ndarray, "count 2"]) -> Float64[ndarray, "count 3"]:
    """Points of the unit square as unit vectors, equally dense on the sphere."""
    height, turn = 2 * square[:, 0] - 1, 2 * np.pi * square[:, 1]
    width = np.sqrt(1 - height**2)
    return np.stack([width * np.cos(turn), width * np.sin(turn), height], axis=1)
