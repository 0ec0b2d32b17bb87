"""Copies that symmetry relates: which they are, and their poses made exactly symmetric."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from difffit_core.compose.candidates import Candidate
from difffit_core.compose.mates import Operators, OperatorsOf, moved_to, poses_after, same_place
from difffit_core.data.poses import Poses
from difffit_core.fit.clashes import count_clashing_atoms
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

LOST = 0.002  # of a correlation that symmetric poses may cost


@dataclass(frozen=True, eq=False)
class Orbit:
    """Copies that symmetry relates, and the operator (map frame) that takes the first to each of them."""

    copies: tuple[int, ...]  # indices, the first one is the asymmetric unit's
    operators: Operators


def orbits_of(copies: Sequence[Candidate], operators_of: OperatorsOf, settings: FitSettings) -> tuple[Orbit, ...]:
    """The copies sorted into orbits, in their order; a copy without mates is one by itself."""
    left, orbits = list(range(len(copies))), []
    while left:
        first = left[0]
        members, operators = [], []
        given = operators_of(copies[first])
        predicted = poses_after(copies[first], given)
        for k in left:
            found = _operator_to(copies[k], copies[first], predicted, settings) if k != first else 0
            if found is not None:
                members.append(k)
                operators.append(given[found])
        orbits.append(Orbit(tuple(members), np.stack(operators)))
        left = [k for k in left if k not in members]
    return tuple(orbits)


def average(
    copies: list[Candidate], orbits: Sequence[Orbit], target: Target, models: dict[int, Model]
) -> tuple[list[Candidate], float]:
    """The copies in exactly symmetric poses and how far they moved at most (Å); as they were where that fits worse."""
    symmetric = list(copies)
    for orbit in orbits:
        for k, copy in zip(orbit.copies, _averaged(copies, orbit, target, models), strict=True):
            symmetric[k] = copy
    worse = any(new.score < old.score - LOST for new, old in zip(symmetric, copies, strict=True))
    if worse or _clashes(symmetric) > _clashes(copies):
        return copies, 0.0
    moved = [np.abs(new.placed.xyz - old.placed.xyz).max() for new, old in zip(symmetric, copies, strict=True)]
    return symmetric, float(max(moved, default=0.0))


def _clashes(copies: Sequence[Candidate]) -> int:
    return count_clashing_atoms([copy.placed for copy in copies])


def _averaged(copies: Sequence[Candidate], orbit: Orbit, target: Target, models: dict[int, Model]) -> list[Candidate]:
    """The copies of one orbit at the mean of their poses, each brought back to the first one."""
    members = [copies[k] for k in orbit.copies]
    if len(members) == 1:
        return members
    here = Poses.concatenate([copy.cluster.representative for copy in members])
    turns = Rotation.from_matrix(orbit.operators[:, :, :3])
    shifts = orbit.operators[:, :, 3]
    turn = (turns.inv() * here.rotation).mean()
    position = turns.inv().apply(here.position_xyz - shifts).mean(axis=0)
    poses = Poses((turns * turn).as_quat(), turns.apply(position) + shifts)
    model = models[members[0].structure]
    level, resolution = target.contour_level, target.resolution
    scores = score_poses(model.structure, target.whole, level, resolution, poses, model=model)
    return [moved_to(copy, poses[[k]], scores[k]) for k, copy in enumerate(members)]


def _operator_to(copy: Candidate, first: Candidate, predicted: Poses, settings: FitSettings) -> int | None:
    """Which operator takes the first copy to this one; None when none does."""
    if copy.structure != first.structure:
        return None
    here = Poses.concatenate([copy.cluster.representative] * len(predicted))
    found = np.flatnonzero(same_place(here, predicted, settings))
    return int(found[0]) if len(found) else None
