"""All copies together: each climbs in the full map while it keeps its distance from the others."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.compose.candidates import Candidate
from difffit_core.compose.mates import moved_to
from difffit_core.data.poses import Poses
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.fit.clashes import TOO_CLOSE
from difffit_core.fit.climb import Climb, Evaluate, climb
from difffit_core.fit.device import Engine
from difffit_core.fit.kernels.evaluate import Evaluation
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import Target

WEIGHT = 1.5  # of the mean squared clash (Å²) against the correlation
SWEEPS, STEPS = 2, 12
POINTS = 20_000


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The atoms of all other copies, and those of the one that moves, about its centroid (Å)."""

    others: cKDTree
    model_xyz: Float64[ndarray, "atom 3"]

    def clash(
        self, poses: Poses
    ) -> tuple[Float64[ndarray, " pose"], Float64[ndarray, "pose 3"], Float64[ndarray, "pose 3"]]:
        """Minus the weighted mean squared clash of each pose, and its force and torque."""
        found = [self._clash_of(m, p) for m, p in zip(poses.matrices(), poses.position_xyz, strict=True)]
        value, force, torque = (np.array(column) for column in zip(*found, strict=True))
        return value, force, torque

    def _clash_of(
        self, matrix: Float64[ndarray, "3 3"], position: Float64[ndarray, "3"]
    ) -> tuple[float, Float64[ndarray, "3"], Float64[ndarray, "3"]]:
        arm = self.model_xyz @ matrix.T
        distance, nearest = map(np.asarray, self.others.query(arm + position, distance_upper_bound=TOO_CLOSE))
        hit = np.flatnonzero(np.isfinite(distance))
        depth = TOO_CLOSE - distance[hit]
        away = (arm[hit] + position - self.others.data[nearest[hit]]) / np.maximum(distance[hit], 1e-6)[:, None]
        push = 2 * depth[:, None] * away * (WEIGHT / len(arm))
        return -WEIGHT * float((depth**2).sum()) / len(arm), push.sum(axis=0), np.cross(arm[hit], push).sum(axis=0)


def polish_together(
    copies: list[Candidate], target: Target, models: dict[int, Model], engine: Engine
) -> Job[list[Candidate]]:
    """The copies after two sweeps in which each climbs correlation less clashes; scores are made anew."""
    yield StageStarted("joint polish", SWEEPS * len(copies))
    poses = [copy.cluster.representative for copy in copies]
    for step in range(SWEEPS * len(copies)):
        k = step % len(copies)
        poses[k] = _settle(k, copies, poses, target, models[copies[k].structure], engine)
        yield StageAdvanced(step + 1)
    return [_rescored(copy, pose, target, models[copy.structure]) for copy, pose in zip(copies, poses, strict=True)]


def _settle(k: int, copies: list[Candidate], poses: list[Poses], target: Target, model: Model, engine: Engine) -> Poses:
    """Where one copy comes to rest among the others as they stand."""
    structures = [copy.placed.structure for copy in copies]
    centred = [s.xyz - s.centroid_xyz for s in structures]
    placed = [xyz @ pose.matrices()[0].T + pose.position_xyz[0] for xyz, pose in zip(centred, poses, strict=True)]
    others = _others(k, placed)
    probe = model.probe(target.resolution).subset(POINTS, 0)
    fit = make_evaluator(target.native, probe, engine)
    step = Climb(STEPS, 0.05, 0.3, 0.004, structures[k].radius_of_gyration)
    evaluate = fit if others is None else _both(fit, Surroundings(others, centred[k]))
    settled, _ = run(climb(poses[k], evaluate, step))
    return settled


def _both(fit: Evaluate, surroundings: Surroundings) -> Evaluate:
    def value_and_gradient(poses: Poses) -> Evaluation:
        density, (clash, force, torque) = fit(poses), surroundings.clash(poses)
        if density.force_xyz is None or density.torque_xyz is None:
            raise ValueError("climbing needs gradients")
        return Evaluation(density.value + clash, density.force_xyz + force, density.torque_xyz + torque)

    return value_and_gradient


def _others(k: int, placed: list[Float64[ndarray, "atom 3"]]) -> cKDTree | None:
    """The atoms of all copies but one that could touch it; None when there are none."""
    low, high = placed[k].min(axis=0) - 6.0, placed[k].max(axis=0) + 6.0
    near = [xyz[((xyz > low) & (xyz < high)).all(axis=1)] for j, xyz in enumerate(placed) if j != k]
    atoms = np.concatenate(near) if near else np.zeros((0, 3))
    return cKDTree(atoms) if len(atoms) else None


def _rescored(copy: Candidate, pose: Poses, target: Target, model: Model) -> Candidate:
    structure, level = copy.placed.structure, target.contour_level
    scores = score_poses(structure, target.whole, level, target.resolution, pose, model=model)
    return moved_to(copy, pose, scores[0])
