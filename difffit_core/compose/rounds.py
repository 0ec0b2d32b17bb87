"""Rounds of fit, choose, remove, until nothing confident is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from difffit_core.compose.accept import State, accept, beside
from difffit_core.compose.assembly_quality import Quality, quality_of
from difffit_core.compose.candidates import Candidate, Shapes, candidates_of
from difffit_core.compose.decisions import (
    CONFIDENT,
    WORTH_NAMING,
    Alternative,
    LeftOut,
    Withdrawn,
    alternatives_of,
    left_out,
)
from difffit_core.compose.joint_polish import polish_together
from difffit_core.compose.mates import Operators, OperatorsOf, moved_to, operators_of_file, settle_mates, unknown_places
from difffit_core.compose.orbits import Orbit, average, orbits_of
from difffit_core.compose.symmetry import Symmetry, find_symmetry
from difffit_core.data.poses import Poses
from difffit_core.data.removal import RemovalSettings, explained_fraction
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError, SettingsError
from difffit_core.events import CopiesFound, Job, Message, RoundEnded, RoundStarted
from difffit_core.files.assembly_records import assembly_operators
from difffit_core.fit.device import Engine, choose_engine
from difffit_core.fit.fit_structure import fit_into, prepare
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.subtract import Remaining, remove_density
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

MOST_ROUNDS = 6
CAN_SEARCH_HARDER, HARDER = ("fast", "balanced"), "exhaustive"  # presets
EXPLAINED = 0.95  # of the density above the contour: what is left is the edges of what was removed


@dataclass(frozen=True)
class Round:
    """What one round did."""

    number: int  # from 1
    tried: tuple[int, ...]  # structures that were fitted
    accepted: tuple[Candidate, ...]
    withdrawn: tuple[Withdrawn, ...]  # copies of earlier rounds
    explained_fraction: float  # of the voxels above the contour, by all copies so far


@dataclass(frozen=True)
class Composition:
    """All copies, how they came to be, and what is left of the map."""

    copies: tuple[Candidate, ...]
    rounds: tuple[Round, ...]
    stopped: str  # why there was no further round
    left_out: tuple[LeftOut, ...]
    alternatives: tuple[tuple[Alternative, ...], ...]  # per copy
    remaining: Volume
    explained_fraction: float  # of the voxels above the contour
    symmetry: Symmetry | None  # of the map
    orbits: tuple[Orbit, ...]  # copies that symmetry relates
    averaged: float  # Å by which copies moved at most when their poses were made symmetric
    quality: tuple[Quality, Quality]  # before and after the joint polish
    contour_level: float
    resolution: float


@dataclass(frozen=True, eq=False)
class Task:
    """What is composed from what."""

    structures: tuple[Structure, ...]
    volume: Volume
    target: Target
    settings: FitSettings  # with the contour level and resolution of the target
    removal: RemovalSettings
    models: dict[int, Model]
    engine: Engine
    operators_of: OperatorsOf

    def without(self, copies: list[Candidate]) -> Remaining:
        """The map less what the copies explain."""
        return remove_density(self.volume, [copy.placed for copy in copies], self.removal)

    def explained(self, remaining: Remaining) -> float:
        """Share of the voxels above the contour that is gone."""
        return explained_fraction(self.volume, self.target.contour_level, remaining.removals)

    def searching_harder(self) -> "Task":
        """The same with more rotations and more placements that climb."""
        return replace(self, settings=replace(self.settings, preset=HARDER))

    def mates_of(self, copy: Candidate, known: Sequence[Candidate]) -> list[Candidate]:
        """Where symmetry puts more copies of this one, beside those that are known."""
        predicted = unknown_places(copy, self.operators_of(copy), known, self.settings)
        return settle_mates(copy, predicted, self.target, self.models[copy.structure], self.engine, self.settings)


def compose_assembly(
    structures: tuple[Structure, ...],
    volume: Volume,
    settings: FitSettings,
    *,
    most: Mapping[int, int] | None = None,
    symmetry: str = "auto",
) -> Job[Composition]:
    """Place all copies of the structures in the map; `most` limits the copies of some of them (index → number).

    `symmetry` is auto (looked for in the map), none, helical, a point group like D7, or file: what the structures'
    assembly records say. Raises FitError when map or structures cannot be used, or lack the symmetry asked for.
    """
    target = yield from prepare(volume, settings)
    found = None if symmetry == "file" else (yield from find_symmetry(target, symmetry))
    task = _task(structures, volume, target, settings, _operators(symmetry, found, structures, target))
    state = State(Shapes.of(structures), dict(most or {}), target.resolution, task.settings)
    rounds, stopped = yield from _all_rounds(task, state)
    polished = yield from polish_together(state.copies, target, task.models, task.engine)
    before = quality_of([copy.placed for copy in state.copies], target)
    orbits = orbits_of(polished, task.operators_of, task.settings)
    final, moved = average(polished, orbits, target, task.models)
    if not (after := quality_of([copy.placed for copy in final], target)).fits_like(before):
        final, moved, after = polished, 0.0, quality_of([copy.placed for copy in polished], target)
    return _composition(
        task, state, final, rounds, stopped, symmetry=found, orbits=orbits, moved=moved, quality=(before, after)
    )


def _task(
    structures: tuple[Structure, ...],
    volume: Volume,
    target: Target,
    settings: FitSettings,
    operators_of: OperatorsOf,
) -> Task:
    fixed = replace(settings, level=target.contour_level, resolution=target.resolution)
    removal = RemovalSettings(level=target.contour_level, resolution=target.resolution)
    models = {k: Model(structure, settings.objective) for k, structure in enumerate(structures)}
    engine = choose_engine(settings.device, settings.backend)
    return Task(structures, volume, target, fixed, removal, models, engine, operators_of)


def _operators(asked: str, symmetry: Symmetry | None, structures: tuple[Structure, ...], target: Target) -> OperatorsOf:
    """The operators that make mates of a copy: the map's, or those of the copy's own file."""
    if asked == "file":
        stated = [assembly_operators(structure) for structure in structures]
        if all(len(operators) == 1 for operators in stated):
            raise SettingsError(
                "No structure has assembly records with more than one copy; choose --symmetry auto or a point group."
            )
        return lambda copy: operators_of_file(copy, stated[copy.structure])
    identity: Operators = np.eye(3, 4)[None]
    operators = symmetry.operators(float(np.linalg.norm(target.extent_xyz))) if symmetry else identity
    return lambda copy: operators


def _all_rounds(task: Task, state: State) -> Job[tuple[list[Round], str]]:
    """Fit, accept and remove until there is a reason to stop."""
    rounds: list[Round] = []
    remaining, explained = task.volume, 0.0
    for number in range(1, MOST_ROUNDS + 1):
        wanted = [k for k in range(len(task.structures)) if state.is_missing(k)]
        if not wanted:
            return rounds, "All copies that were asked for are placed."
        if explained >= EXPLAINED:
            return rounds, "The copies explain the map."
        yield RoundStarted(number, len(wanted))
        found = yield from _fit_all(task, state, wanted, remaining, number)
        accepted, gone = accept(found, state, task.mates_of)
        if not accepted and (promising := _promising(found, task)):
            yield Message(f"Round {number}: nothing is sure yet; searching harder.")
            found = yield from _fit_all(task.searching_harder(), state, promising, remaining, number)
            accepted, gone = accept(found, state, task.mates_of)
        left = task.without(state.copies)
        remaining, explained = left.volume, task.explained(left)
        rounds.append(Round(number, tuple(wanted), tuple(accepted), tuple(gone), explained))
        yield RoundEnded(rounds[-1], tuple(state.copies), remaining)
        yield Message(f"Round {number}: {len(accepted)} copies accepted, {len(state.copies)} in all.")
        for one in gone:
            yield Message(f"Round {number}: withdrawn. {one.reason}")
        if not accepted:
            return rounds, "Nothing else stands out in what is left of the map."
    return rounds, f"{MOST_ROUNDS} rounds were made."


def _fit_all(task: Task, state: State, wanted: list[int], volume: Volume, number: int) -> Job[list[Candidate]]:
    """Candidates of the wanted structures in what is left of the map, the largest structure first."""
    found: list[Candidate] = []
    standing = list(state.copies)
    try:
        target = task.target if number == 1 else (yield from prepare(volume, task.settings))
    except FitError:
        return found  # nothing is left above the contour
    for k in sorted(wanted, key=lambda k: -len(task.structures[k])):
        yield Message(f"Round {number}: fitting {task.structures[k].name}.")
        result = yield from fit_into(task.structures[k], target, task.settings)
        new = candidates_of(k, task.structures[k], result, number)
        found += (scored := new if number == 1 else _scored_in_whole_map(new, task))
        standing = beside(standing, scored, state)
        yield CopiesFound(number, tuple(standing))
    return found


def _promising(found: list[Candidate], task: Task) -> list[int]:
    """Structures whose best placement is likely but not sure, when there is a way to search harder.

    A confidence is known the better the more wrong placements were seen.
    """
    if task.settings.preset not in CAN_SEARCH_HARDER:
        return []
    return sorted({candidate.structure for candidate in found if WORTH_NAMING <= candidate.confidence < CONFIDENT})


def _scored_in_whole_map(candidates: list[Candidate], task: Task) -> list[Candidate]:
    """Candidates of a remaining map with their scores in the map as it was given: copies are compared by these."""
    if not candidates:
        return candidates
    model, target = task.models[candidates[0].structure], task.target
    poses = Poses.concatenate([candidate.cluster.representative for candidate in candidates])
    level, resolution = target.contour_level, target.resolution
    scores = score_poses(model.structure, target.whole, level, resolution, poses, model=model)
    return [moved_to(candidate, poses[[k]], scores[k]) for k, candidate in enumerate(candidates)]


def _composition(
    task: Task,
    state: State,
    copies: list[Candidate],
    rounds: list[Round],
    stopped: str,
    *,
    symmetry: Symmetry | None,
    orbits: tuple[Orbit, ...],
    moved: float,
    quality: tuple[Quality, Quality],
) -> Composition:
    left = task.without(copies)
    return Composition(
        copies=tuple(copies),
        rounds=tuple(rounds),
        stopped=stopped,
        left_out=_left_out(task, state, copies),
        alternatives=tuple(alternatives_of(copy, copies, state.known, state.shapes) for copy in copies),
        remaining=left.volume,
        explained_fraction=task.explained(left),
        symmetry=symmetry,
        orbits=orbits,
        averaged=moved,
        quality=quality,
        contour_level=task.target.contour_level,
        resolution=task.target.resolution,
    )


def _left_out(task: Task, state: State, copies: list[Candidate]) -> tuple[LeftOut, ...]:
    """The structures with fewer copies than asked for, and why."""
    reasons = (
        left_out(k, structure, state.count(k), state.most.get(k), state.known, copies, state.shapes)
        for k, structure in enumerate(task.structures)
    )
    return tuple(reason for reason in reasons if reason is not None)
