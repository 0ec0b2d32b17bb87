"""Poses climb to the nearest maximum: quasi-Newton ascent of a whole batch, each pose with its own trust radius.

A pose has six coordinates, all in Å: its position, and its turns about x, y, z times the structure's radius of
gyration (the arc that a typical atom moves). Behaviour therefore depends neither on the box nor on the unit of angle.
The inverse Hessian is built by BFGS updates (Nocedal & Wright, Numerical Optimization, eq. 6.17); a step longer
than the trust radius is shortened; a step that does not improve the value is taken back and the radius shrinks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.quaternions import one_after_another, turns
from difffit_core.events import Job, PosesImproved, StageAdvanced
from difffit_core.fit.kernels.evaluate import Evaluation

Evaluate = Callable[[Poses], Evaluation]
GROW, SHRINK = 1.6, 0.4
PORTION = 1000  # poses


@dataclass(frozen=True)
class Climb:
    """How to climb: lengths in Å (of translation, and of arc at the radius of gyration)."""

    steps: int
    first_step: float
    longest_step: float
    converged_below: float
    arm: float  # radius of gyration, Å


@dataclass(frozen=True)
class Climbers:
    """Poses on their way, each with its value, slope, inverse Hessian and trust radius."""

    poses: Poses
    value: Float64[ndarray, " pose"]
    slope: Float64[ndarray, "pose 6"]  # per Å
    inverse_hessian: Float64[ndarray, "pose 6 6"]  # of the negative value, up to the scale that `trust` sets
    trust: Float64[ndarray, " pose"]  # Å

    def __getitem__(self, chosen: ndarray) -> "Climbers":
        return Climbers(
            self.poses[chosen],
            self.value[chosen],
            self.slope[chosen],
            self.inverse_hessian[chosen],
            self.trust[chosen],
        )


def climb(poses: Poses, evaluate: Evaluate, plan: Climb, *, first: int = 0) -> Job[tuple[Poses, ndarray]]:
    """Climb from every pose; return where each one ends and its value [pose]. Steps are reported from `first` on."""
    state = begin(poses, evaluate, plan)
    for step in range(plan.steps):
        moving = np.flatnonzero(state.trust > plan.converged_below)
        if len(moving) == 0:
            break
        state = _put(state, moving, advance(state[moving], evaluate, plan))
        yield PosesImproved(state.poses, state.value)
        yield StageAdvanced(first + step + 1)
    return state.poses, state.value


def begin(poses: Poses, evaluate: Evaluate, plan: Climb) -> Climbers:
    """Climbers at their starts, with no knowledge of curvature yet."""
    value, slope = _value_and_slope(poses, evaluate, plan.arm)
    count = len(poses)
    return Climbers(poses, value, slope, np.zeros((count, 6, 6)), np.full(count, plan.first_step))


def advance(state: Climbers, evaluate: Evaluate, plan: Climb) -> Climbers:
    """One step of every climber; none gets worse."""
    step = propose(state)
    poses = move(state.poses, step, plan.arm)
    value, slope = _value_and_slope(poses, evaluate, plan.arm)
    better = value > state.value
    hessian = _updated_inverse_hessian(state, step, slope)
    length = np.linalg.norm(step, axis=1)
    trust = np.where(better, np.maximum(state.trust, GROW * length), SHRINK * np.minimum(state.trust, length))
    # a step that the quadratic model made shorter than the radius is the measure of what is still to go
    trust = np.where(better & (length < 0.5 * state.trust), np.maximum(2 * length, 0.25 * state.trust), trust)
    return Climbers(
        _choose(better, poses, state.poses),
        np.where(better, value, state.value),
        np.where(better[:, None], slope, state.slope),
        hessian,
        np.minimum(trust, plan.longest_step),
    )


def propose(state: Climbers) -> Float64[ndarray, "pose 6"]:
    """Steps (Å): quasi-Newton where curvature is known, along the slope else, none longer than the trust radius."""
    newton = np.einsum("pij,pj->pi", state.inverse_hessian, state.slope)
    known = (newton * state.slope).sum(axis=1) > 0
    slope_length = np.maximum(np.linalg.norm(state.slope, axis=1), 1e-30)
    steepest = state.slope / slope_length[:, None] * state.trust[:, None]
    step = np.where(known[:, None], newton, steepest)
    length = np.maximum(np.linalg.norm(step, axis=1), 1e-30)
    return step * np.minimum(1.0, state.trust / length)[:, None]


def move(poses: Poses, step: Float64[ndarray, "pose 6"], arm: float) -> Poses:
    """Poses shifted by the first three numbers (Å) and turned by the last three (Å of arc) in the map's frame."""
    turned = one_after_another(turns(step[:, 3:] / arm), poses.orientation_xyzw)
    return Poses(turned, poses.position_xyz + step[:, :3])


def _value_and_slope(
    poses: Poses, evaluate: Evaluate, arm: float
) -> tuple[Float64[ndarray, " pose"], Float64[ndarray, "pose 6"]]:
    found = evaluate(poses)
    if found.force_xyz is None or found.torque_xyz is None:
        raise ValueError("climbing needs gradients")
    return found.value, np.concatenate([found.force_xyz, found.torque_xyz / arm], axis=1)


def _updated_inverse_hessian(
    state: Climbers, step: Float64[ndarray, "pose 6"], slope: Float64[ndarray, "pose 6"]
) -> Float64[ndarray, "pose 6 6"]:
    """BFGS update of every pose; in portions, because it needs some ten times the memory of what it returns."""
    updated = np.empty_like(state.inverse_hessian)
    for first in range(0, len(updated), PORTION):
        part = slice(first, first + PORTION)
        updated[part] = _bfgs(state.inverse_hessian[part], step[part], state.slope[part] - slope[part])
    return updated


def _bfgs(
    inverse_hessian: Float64[ndarray, "pose 6 6"],
    step: Float64[ndarray, "pose 6"],
    change: Float64[ndarray, "pose 6"],  # of the negative value's gradient
) -> Float64[ndarray, "pose 6 6"]:
    """The update where the curvature along the step is that of a maximum; unchanged elsewhere."""
    along = (step * change).sum(axis=1)
    usable = along > 1e-9 * np.linalg.norm(step, axis=1) * np.linalg.norm(change, axis=1)
    rho = np.where(usable, 1 / np.where(usable, along, 1.0), 0.0)
    eye = np.eye(6)
    scale = along / np.maximum((change**2).sum(axis=1), 1e-30)
    fresh = (inverse_hessian == 0).all(axis=(1, 2))
    start = np.where((fresh & usable)[:, None, None], scale[:, None, None] * eye, inverse_hessian)
    left = eye - rho[:, None, None] * step[:, :, None] * change[:, None, :]
    updated = left @ start @ left.transpose(0, 2, 1) + rho[:, None, None] * step[:, :, None] * step[:, None, :]
    return np.where(usable[:, None, None], updated, inverse_hessian)


def _choose(first: Bool[ndarray, " pose"], a: Poses, b: Poses) -> Poses:
    chosen = first[:, None]
    return Poses(
        np.where(chosen, a.orientation_xyzw, b.orientation_xyzw), np.where(chosen, a.position_xyz, b.position_xyz)
    )


def _put(state: Climbers, where: ndarray, part: Climbers) -> Climbers:
    """The whole state with some climbers replaced: in new arrays what listeners hear of, else where it lies."""
    orientation, position = state.poses.orientation_xyzw.copy(), state.poses.position_xyz.copy()
    orientation[where], position[where] = part.poses.orientation_xyzw, part.poses.position_xyz
    value = state.value.copy()
    value[where] = part.value
    state.slope[where], state.trust[where] = part.slope, part.trust
    state.inverse_hessian[where] = part.inverse_hessian
    return replace(state, poses=Poses(orientation, position), value=value)
