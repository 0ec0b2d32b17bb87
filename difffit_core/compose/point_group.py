"""Ideal point groups laid onto the axes that a map has: all rotations of the group, about a common centre."""

import re
from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.errors import SettingsError

HIGHEST_ORDER = 60  # of a cyclic group that can be asked for
SAME_AXIS = 4.0  # degrees between an ideal axis and the one that was found


@dataclass(frozen=True)
class Axis:
    """A rotation axis of the map."""

    order: int
    direction_xyz: Float64[ndarray, "3"]  # unit vector
    correlation: float  # of the map with itself after the turn


def group_rotations(group: str) -> Rotation:
    """The rotations of a point group (C4, D7, T, O, I) in scipy's orientation; SettingsError when it is none."""
    match = re.fullmatch(r"([CD])([1-9][0-9]?)|[TOI]", group)
    if match is None or (match[2] and int(match[2]) > HIGHEST_ORDER):
        raise SettingsError(f"{group} is no symmetry that DiffFit knows; write a point group like C4, D7, T, O or I.")
    return Rotation.create_group(group)  # type: ignore[arg-type]  # the stubs write Cn for C4


def ideal_axes(group: str) -> list[Axis]:
    """The axes of a point group in scipy's orientation, those of highest order first; one direction of each."""
    turns = group_rotations(group).as_rotvec()
    angles = np.linalg.norm(turns, axis=1)
    axes: list[Axis] = []
    for k in np.argsort(angles):  # the smallest angle about an axis tells its order
        if angles[k] < 1e-6:
            continue
        direction = turns[k] / angles[k]
        if all(abs(direction @ known.direction_xyz) < 0.999 for known in axes):
            axes.append(Axis(round(2 * np.pi / angles[k]), direction, 1.0))
    return sorted(axes, key=lambda axis: -axis.order)


def lay_onto(group: str, found: list[Axis]) -> tuple[Axis, ...] | None:
    """The ideal group's axes turned onto axes of a map; None when the map lacks one of them.

    Axes of a multiple of the order count, so subgroups of a map's symmetry are found in it.
    """
    ideal = ideal_axes(group)
    if not ideal:
        return ()
    best: tuple[float, tuple[Axis, ...]] | None = None
    for turn in _coarse_turns(ideal, found):
        pairs = _pairs(ideal, found, turn)
        if pairs is None:
            continue
        targets = np.array([sign * axis.direction_xyz for axis, sign in pairs])
        refined, _ = Rotation.align_vectors(targets, np.array([axis.direction_xyz for axis in ideal]))
        score = sum(axis.correlation for axis, _ in pairs)
        if best is None or score > best[0]:
            directions = refined.apply(np.array([axis.direction_xyz for axis in ideal]))
            best = (
                score,
                tuple(
                    Axis(axis.order, direction, other.correlation)
                    for axis, direction, (other, _) in zip(ideal, directions, pairs, strict=True)
                ),
            )
    return best[1] if best else None


def rotations_about(group: str, axes: tuple[Axis, ...]) -> Rotation:
    """All rotations of the group whose axes these are, the identity first."""
    turns = group_rotations(group)
    if axes:
        ideal = np.array([axis.direction_xyz for axis in ideal_axes(group)])
        frame, _ = Rotation.align_vectors(np.array([axis.direction_xyz for axis in axes]), ideal)
        turns = frame * turns * frame.inv()
    return turns[np.argsort(turns.magnitude(), kind="stable")]


def _coarse_turns(ideal: list[Axis], found: list[Axis]) -> list[Rotation]:
    """Turns that take the first axis, and a second one where there is any, onto axes that were found."""
    main, second = ideal[0], ideal[1] if len(ideal) > 1 else None
    turns = []
    for one in (axis for axis in found if axis.order % main.order == 0):
        if second is None:
            turns.append(_onto([main], [one.direction_xyz]))
            continue
        cosine = main.direction_xyz @ second.direction_xyz
        for other, sign in product((axis for axis in found if axis.order % second.order == 0), (1, -1)):
            if abs(sign * (one.direction_xyz @ other.direction_xyz) - cosine) < np.radians(SAME_AXIS):
                turns.append(_onto([main, second], [one.direction_xyz, sign * other.direction_xyz]))
    return turns


def _onto(axes: list[Axis], directions: list[Float64[ndarray, "3"]]) -> Rotation:
    turn, _ = Rotation.align_vectors(np.array(directions), np.array([axis.direction_xyz for axis in axes]))
    return turn


def _pairs(ideal: list[Axis], found: list[Axis], turn: Rotation) -> list[tuple[Axis, int]] | None:
    """For every ideal axis the one that was found there and whether it points the same way; None when one lacks."""
    pairs = []
    for axis in ideal:
        direction = turn.apply(axis.direction_xyz)
        near = [
            other
            for other in found
            if other.order % axis.order == 0 and abs(other.direction_xyz @ direction) > np.cos(np.radians(SAME_AXIS))
        ]
        if not near:
            return None
        closest = max(near, key=lambda other: abs(float(other.direction_xyz @ direction)))
        pairs.append((closest, 1 if closest.direction_xyz @ direction > 0 else -1))
    return pairs
