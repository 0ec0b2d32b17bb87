"""Symmetry mates: where the map's symmetry, or what a structure file says of it, puts more copies of a placed one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.compose.candidates import Candidate
from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import Scores
from difffit_core.events import run
from difffit_core.files.rigid import moved_operators
from difffit_core.fit.climb import Climb, climb
from difffit_core.fit.device import Engine
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.search import make_evaluator
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

Operators = Float64[ndarray, "operator 3 4"]  # in the map's frame, the identity first
OperatorsOf = Callable[[Candidate], Operators]

LEAST_SHARE = 0.85  # of the first copy's correlation: a mate that the map bears out has it, but for noise
STEPS, POINTS = 30, 20_000


def unknown_places(copy: Candidate, operators: Operators, known: Sequence[Candidate], settings: FitSettings) -> Poses:
    """Where the operators take a copy, without those places in which a candidate of its structure is known."""
    predicted = poses_after(copy, operators[1:])
    others = [other.cluster.representative for other in known if other.structure == copy.structure]
    taken = [bool(same_place(predicted[[k]], pose, settings)[0]) for k in range(len(predicted)) for pose in others]
    free = ~np.array(taken, bool).reshape(len(predicted), len(others)).any(axis=1)
    return predicted[np.flatnonzero(free)]


def settle_mates(
    copy: Candidate, predicted: Poses, target: Target, model: Model, engine: Engine, settings: FitSettings
) -> list[Candidate]:
    """The copy's symmetry mates where they settle in the map, without those that the map does not bear out.

    A mate is borne out when it stays where symmetry puts it and fits nearly as well as the copy; it is then as
    certain as that one.
    """
    predicted = predicted[np.flatnonzero(_inside(predicted, target))]
    if len(predicted) == 0:
        return []
    probe = model.probe(target.resolution).subset(POINTS, settings.seed)
    step = Climb(STEPS, 0.2, 0.5, 0.004, model.structure.radius_of_gyration)
    settled, _ = run(climb(predicted, make_evaluator(target.native, probe, engine), step))
    level, resolution = target.contour_level, target.resolution
    scores = score_poses(model.structure, target.whole, level, resolution, settled, model=model)
    stays = same_place(settled, predicted, settings)
    found = np.flatnonzero(stays & (scores.correlation_about_mean >= LEAST_SHARE * copy.score))
    return [replace(moved_to(copy, settled[[k]], scores[k]), by_symmetry=True) for k in found.tolist()]


def same_place(a: Poses, b: Poses, settings: FitSettings) -> Bool[ndarray, " pose"]:
    """Which pairs of poses are one placement."""
    near = np.linalg.norm(a.position_xyz - b.position_xyz, axis=1) <= settings.cluster_shift
    turned = angles_between(a.orientation_xyzw, b.orientation_xyzw) <= settings.cluster_angle
    return np.asarray(near & turned)


def is_known(candidate: Candidate, known: Sequence[Candidate], settings: FitSettings) -> bool:
    """Whether one of these candidates is the same structure in the same place."""
    others = [other.cluster.representative for other in known if other.structure == candidate.structure]
    if not others:
        return False
    there = Poses.concatenate(others)
    here = candidate.cluster.representative
    return bool(same_place(Poses.concatenate([here] * len(there)), there, settings).any())


def poses_after(copy: Candidate, operators: Operators) -> Poses:
    """The copy's pose after each operator."""
    pose, turns = copy.cluster.representative, Rotation.from_matrix(operators[:, :, :3])
    return Poses((turns * pose.rotation).as_quat(), turns.apply(pose.position_xyz[0]) + operators[:, :, 3])


def moved_to(copy: Candidate, pose: Poses, scores: Scores) -> Candidate:
    """The copy's structure in another pose, where it has these scores."""
    structure = copy.placed.structure
    cluster = replace(copy.cluster, representative=pose, scores=scores)
    return replace(copy, placed=Placed(structure, pose.map_from_model(structure.centroid_xyz)[0]), cluster=cluster)


def operators_of_file(copy: Candidate, relative: Operators) -> Operators:
    """Operators of the structure's own frame as they act in the map where the copy stands: M · operator · M⁻¹."""
    return moved_operators(relative.reshape(-1, 12), copy.placed.map_from_model).reshape(-1, 3, 4)


def _inside(poses: Poses, target: Target) -> Bool[ndarray, " pose"]:
    """Which centroids lie in the map."""
    low, high = target.whole.corners_xyz
    return np.asarray(((poses.position_xyz >= low) & (poses.position_xyz <= high)).all(axis=1))
