"""Rounds of fit, choose, remove, until nothing confident is left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from difffit_core.compose.candidates import OVERLAP, Candidate, Shapes, candidates_of
from difffit_core.compose.choose import choose
from difffit_core.compose.joint_polish import count_clashes, polish_together
from difffit_core.compose.symmetry import Symmetry, detect_symmetry
from difffit_core.data.removal import RemovalSettings, explained_fraction
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.events import Job, Message
from difffit_core.fit.device import choose_engine
from difffit_core.fit.fit_structure import fit_into, prepare
from difffit_core.fit.model import Model
from difffit_core.fit.subtract import remove_density
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

CONFIDENT = 0.95  # from here on a placement is accepted without asking
MOST_ROUNDS = 6


@dataclass(frozen=True)
class Round:
    """What one round did."""

    number: int  # from 1
    accepted: tuple[Candidate, ...]
    tried: tuple[int, ...]  # structures that were fitted


@dataclass(frozen=True)
class LeftOut:
    """A structure without a copy, and why."""

    structure: int
    reason: str


@dataclass(frozen=True)
class Composition:
    """All copies, how they came to be, and what is left of the map."""

    copies: tuple[Candidate, ...]
    rounds: tuple[Round, ...]
    left_out: tuple[LeftOut, ...]
    alternatives: tuple[tuple[Candidate, ...], ...]  # per copy: where else its structure could confidently stand
    remaining: Volume
    explained_fraction: float  # of the voxels above the contour
    symmetry: Symmetry | None  # of the map
    clashes: tuple[int, int]  # atoms nearer than 3 Å to another copy, before and after the joint polish
    contour_level: float
    resolution: float


@dataclass
class Progress:
    """What is known so far; grows from round to round."""

    copies: list[Candidate]
    rounds: list[Round]
    seen: list[Candidate]  # confident candidates, accepted or not
    best: dict[int, Candidate]  # the most confident candidate of each structure


def compose(
    structures: tuple[Structure, ...], volume: Volume, settings: FitSettings, *, most: Mapping[int, int] | None = None
) -> Job[Composition]:
    """Place all copies of the structures in the map; `most` limits the copies of some of them (index → number).

    Nothing is accepted below a confidence of 0.95, and nothing that overlaps a better explanation.
    """
    limits = dict(most or {})
    target = yield from prepare(volume, settings)
    fixed = replace(settings, level=target.contour_level, resolution=target.resolution)
    removal = RemovalSettings(level=target.contour_level, resolution=target.resolution)
    shapes, state, remaining = Shapes.of(structures), Progress([], [], [], {}), volume
    for number in range(1, MOST_ROUNDS + 1):
        wanted = [k for k in range(len(structures)) if _missing(k, state, limits)]
        found = yield from _fit_all(structures, wanted, remaining, target if number == 1 else None, fixed, number)
        accepted = accept(found, state, shapes, limits, target.resolution)
        state.rounds.append(Round(number, tuple(accepted), tuple(wanted)))
        yield Message(f"Round {number}: {len(accepted)} copies accepted, {len(state.copies)} in all.")
        if not accepted or not any(_missing(k, state, limits) for k in range(len(structures))):
            break
        remaining = remove_density(volume, [copy.placed for copy in state.copies], removal).volume
    clashes_before = count_clashes(state.copies)
    models = {k: Model(structure, settings.objective) for k, structure in enumerate(structures)}
    engine = choose_engine(settings.device, settings.backend)
    polished = yield from polish_together(state.copies, target, models, engine)
    symmetry = yield from detect_symmetry(target)
    left = remove_density(volume, [copy.placed for copy in polished], removal)
    return Composition(
        copies=tuple(polished),
        rounds=tuple(state.rounds),
        left_out=tuple(_left_out(k, structures, state) for k in range(len(structures)) if not _count(k, state)),
        alternatives=tuple(_alternatives(copy, state) for copy in state.copies),
        remaining=left.volume,
        explained_fraction=explained_fraction(volume, target.contour_level, left.removals),
        symmetry=symmetry,
        clashes=(clashes_before, count_clashes(polished)),
        contour_level=target.contour_level,
        resolution=target.resolution,
    )


def accept(
    found: list[Candidate], state: Progress, shapes: Shapes, limits: Mapping[int, int], resolution: float
) -> list[Candidate]:
    """Add to the copies those confident candidates that explain most without overlapping anything; returns them."""
    for candidate in found:
        known = state.best.get(candidate.structure)
        if known is None or candidate.confidence > known.confidence:
            state.best[candidate.structure] = candidate
    confident = [c for c in found if c.confidence >= CONFIDENT]
    state.seen += confident
    free = [c for c in confident if not any(shapes.overlap(c, copy) > OVERLAP for copy in state.copies)]
    left = {k: most - _count(k, state) for k, most in limits.items()}
    gain = np.array([c.gain(resolution) for c in free])
    chosen = choose(gain, shapes.conflicts(free), [c.structure for c in free], left)
    accepted = sorted((free[k] for k in chosen), key=lambda c: -c.score)
    state.copies += accepted
    return accepted


def _fit_all(
    structures: tuple[Structure, ...],
    wanted: list[int],
    volume: Volume,
    target: Target | None,
    settings: FitSettings,
    number: int,
) -> Job[list[Candidate]]:
    """Candidates of the wanted structures in a map, the largest structure first."""
    found: list[Candidate] = []
    try:
        target = target or (yield from prepare(volume, settings))
    except FitError:
        return found  # nothing is left above the contour: the map is explained
    for k in sorted(wanted, key=lambda k: -len(structures[k])):
        yield Message(f"Round {number}: fitting {structures[k].name}.")
        result = yield from fit_into(structures[k], target, settings)
        found += candidates_of(k, structures[k], result, number)
    return found


def _count(structure: int, state: Progress) -> int:
    return sum(copy.structure == structure for copy in state.copies)


def _missing(structure: int, state: Progress, limits: Mapping[int, int]) -> bool:
    """Whether more copies of a structure may be there."""
    return structure not in limits or _count(structure, state) < limits[structure]


def _left_out(structure: int, structures: tuple[Structure, ...], state: Progress) -> LeftOut:
    best = state.best.get(structure)
    name = structures[structure].name
    if best is None:
        return LeftOut(structure, f"{name} found no place in the map.")
    if best.confidence >= CONFIDENT:
        return LeftOut(structure, f"{name} stands out only where another structure explains the density better.")
    return LeftOut(structure, f"No placement of {name} stands out: the best has confidence {best.confidence:.2f}.")


def _alternatives(copy: Candidate, state: Progress) -> tuple[Candidate, ...]:
    """Other confident places of the same structure where no copy of it stands."""
    taken = [id(c) for c in state.copies]
    return tuple(c for c in state.seen if c.structure == copy.structure and id(c) not in taken)
