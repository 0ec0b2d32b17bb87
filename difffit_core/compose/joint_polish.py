"""All copies together: each climbs in the full map while it keeps its distance from the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray

from difffit_core.compose.assembly_quality import Quality, quality_of
from difffit_core.compose.candidates import Candidate
from difffit_core.compose.mates import moved_to
from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.fit.clashes import NEAR, Atoms, contacts_of
from difffit_core.fit.climb import Climb, Evaluate, climb
from difffit_core.fit.device import Engine
from difffit_core.fit.kernels.evaluate import Evaluation
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import Target

# of the mean squared clash (Å²) against the correlation; the gentlest brings copies nearest to where they belong
WEIGHTS = (0.35, 0.7, 1.5, 4.0)
SWEEPS, STEPS = 2, 12
POINTS = 20_000
MARGIN = 0.1  # Å by which atoms are kept further apart than they have to be
SLACK = 4.0  # Å that a copy moves at most: atoms that are further from others need not be looked at


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The atoms of all other copies, and those of the one that moves that can reach them, about its centroid."""

    others: Atoms
    model_xyz: Float64[ndarray, "atom 3"]  # Å
    element: UInt8[ndarray, " atom"]
    weight: float  # per squared Å and pair of atoms

    def clash(
        self, poses: Poses
    ) -> tuple[Float64[ndarray, " pose"], Float64[ndarray, "pose 3"], Float64[ndarray, "pose 3"]]:
        """Minus the weighted squared clashes of each pose, and their force and torque."""
        found = [self._clash_of(m, p) for m, p in zip(poses.matrices(), poses.position_xyz, strict=True)]
        value, force, torque = (np.array(column) for column in zip(*found, strict=True))
        return value, force, torque

    def _clash_of(
        self, matrix: Float64[ndarray, "3 3"], position: Float64[ndarray, "3"]
    ) -> tuple[float, Float64[ndarray, "3"], Float64[ndarray, "3"]]:
        arm = self.model_xyz @ matrix.T
        contacts = contacts_of(Atoms(arm + position, self.element), self.others, margin=MARGIN)
        arm = arm[contacts.first]
        away = (arm + position - self.others.xyz[contacts.second]) / np.maximum(contacts.distance, 1e-6)[:, None]
        push = 2 * self.weight * contacts.depth[:, None] * away
        return -self.weight * float((contacts.depth**2).sum()), push.sum(axis=0), np.cross(arm, push).sum(axis=0)


def polish_together(
    copies: list[Candidate], target: Target, models: dict[int, Model], engine: Engine
) -> Job[list[Candidate]]:
    """The copies where they clash least and the map is explained no worse; as they are when there is no such place.

    Clashes are given several weights; scores are made anew.
    """
    yield StageStarted("joint polish", len(WEIGHTS) * SWEEPS * len(copies))
    before = quality_of([copy.placed for copy in copies], target)
    best, found = before, None
    for attempt, weight in enumerate(WEIGHTS if copies else ()):
        poses = yield from _sweeps(copies, target, models, engine, weight, first=attempt * SWEEPS * len(copies))
        poses, quality = _less_moved(copies, poses, target)
        if quality.improves(before) and (found is None or quality.clashes < best.clashes):
            best, found = quality, poses
        if best.clashes == 0:
            break
    if found is None:
        return copies
    return [_rescored(c, pose, target, models[c.structure]) for c, pose in zip(copies, found, strict=True)]


def _less_moved(copies: list[Candidate], poses: list[Poses], target: Target) -> tuple[list[Poses], Quality]:
    """Without the moves that only cost: a copy goes back when that makes no clash and a better correlation."""
    quality = quality_of(_all_placed(copies, poses), target)
    for k, copy in enumerate(copies):
        trial = [*poses[:k], copy.cluster.representative, *poses[k + 1 :]]
        back = quality_of(_all_placed(copies, trial), target)
        if back.clashes <= quality.clashes and back.correlation > quality.correlation:
            poses, quality = trial, back
    return poses, quality


def _sweeps(
    copies: list[Candidate],
    target: Target,
    models: dict[int, Model],
    engine: Engine,
    weight: float,
    *,
    first: int,
) -> Job[list[Poses]]:
    """Where the copies come to rest, one after the other; steps are reported from `first` on."""
    poses = [copy.cluster.representative for copy in copies]
    for step in range(SWEEPS * len(copies)):
        k = step % len(copies)
        surroundings = _surroundings(k, _all_placed(copies, poses), weight)
        poses[k] = _settle(poses[k], surroundings, target, models[copies[k].structure], engine)
        yield StageAdvanced(first + step + 1)
    return poses


def _settle(pose: Poses, around: Surroundings | None, target: Target, model: Model, engine: Engine) -> Poses:
    """Where one copy comes to rest among the others as they stand."""
    probe = model.probe(target.resolution).subset(POINTS, 0)
    fit = make_evaluator(target.native, probe, engine)
    step = Climb(STEPS, 0.05, 0.3, 0.004, model.structure.radius_of_gyration)
    settled, _ = run(climb(pose, fit if around is None else _both(fit, around), step))
    return settled


def _both(fit: Evaluate, surroundings: Surroundings) -> Evaluate:
    def value_and_gradient(poses: Poses) -> Evaluation:
        density, (clash, force, torque) = fit(poses), surroundings.clash(poses)
        if density.force_xyz is None or density.torque_xyz is None:
            raise ValueError("climbing needs gradients")
        return Evaluation(density.value + clash, density.force_xyz + force, density.torque_xyz + torque)

    return value_and_gradient


def _surroundings(k: int, copies: Sequence[Placed], weight: float) -> Surroundings | None:
    """The atoms of all copies but one that it could touch; None when there are none."""
    own, reach = Atoms.of(copies[k]), NEAR + MARGIN + SLACK
    low, high = own.xyz.min(axis=0) - reach, own.xyz.max(axis=0) + reach
    others = [Atoms.of(copy) for j, copy in enumerate(copies) if j != k]
    near = [((one.xyz > low) & (one.xyz < high)).all(axis=1) for one in others]
    if not any(map(np.any, near)):
        return None
    xyz, element = (
        np.concatenate([getattr(one, name)[here] for one, here in zip(others, near, strict=True)])
        for name in ("xyz", "element")
    )
    around, structure = Atoms(xyz, element), copies[k].structure
    touching = np.isfinite(around.tree.query(own.xyz, distance_upper_bound=reach)[0])
    if not touching.any():
        return None
    centred = (structure.xyz - structure.centroid_xyz)[touching]
    return Surroundings(around, centred, own.element[touching], weight / len(structure))


def _all_placed(copies: Sequence[Candidate], poses: Sequence[Poses]) -> list[Placed]:
    structures = [copy.placed.structure for copy in copies]
    return [Placed(s, pose.map_from_model(s.centroid_xyz)[0]) for s, pose in zip(structures, poses, strict=True)]


def _rescored(copy: Candidate, pose: Poses, target: Target, model: Model) -> Candidate:
    structure, level = copy.placed.structure, target.contour_level
    scores = score_poses(structure, target.whole, level, target.resolution, pose, model=model)
    return moved_to(copy, pose, scores[0])
