"""What was decided and why, in words and as data: alternatives, withdrawals, what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from difffit_core.compose.candidates import OVERLAP, Candidate, Shapes
from difffit_core.data.structure import Structure

CONFIDENT = 0.95  # from here on a placement is accepted without asking
WORTH_NAMING = 0.5  # confidence of an alternative
MOST_ALTERNATIVES = 5  # per copy


@dataclass(frozen=True)
class Alternative:
    """Where else a copy's structure could stand, or what else could stand where the copy does."""

    candidate: Candidate
    elsewhere: bool  # the copy's own structure in another place; else another structure in the copy's place
    reason: str  # why it was not chosen


@dataclass(frozen=True)
class Withdrawn:
    """A copy of an earlier round that something later explained better."""

    copy: Candidate
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """A structure with fewer copies than asked for, or none, why, and the best places that were not sure enough."""

    structure: int
    reason: str
    alternatives: tuple[Candidate, ...]


def alternatives_of(
    copy: Candidate, copies: Sequence[Candidate], known: Sequence[Candidate], shapes: Shapes
) -> tuple[Alternative, ...]:
    """What is worth knowing about a copy before relying on it, the most confident first."""
    others = [c for c in known if c.confidence >= WORTH_NAMING and not _same(c, copy, shapes)]
    elsewhere = [
        Alternative(c, True, _why_not(c, copies, shapes))
        for c in others
        if c.structure == copy.structure and not any(_same(c, other, shapes) for other in copies)
    ]
    instead = [
        Alternative(c, False, f"{_name(copy)} explains this density better ({copy.score:.2f} against {c.score:.2f}).")
        for c in others
        if c.structure != copy.structure and shapes.overlap(c, copy) > OVERLAP
    ]
    ranked = sorted(elsewhere + instead, key=lambda other: (-other.candidate.confidence, -other.candidate.score))
    return tuple(ranked[:MOST_ALTERNATIVES])


def sentence(alternative: Alternative, copy: Candidate) -> str:
    """An alternative as people would say it."""
    candidate = alternative.candidate
    numbers = f"confidence {candidate.confidence:.2f}, correlation {candidate.score:.2f}"
    if not alternative.elsewhere:
        return f"{_name(candidate)} could also stand where {_name(copy)} does ({numbers}): {alternative.reason}"
    x, y, z = candidate.cluster.representative.position_xyz[0]
    return f"{_name(candidate)} could also go to {x:.0f}, {y:.0f}, {z:.0f} Å ({numbers}): {alternative.reason}"


def withdrawn(copy: Candidate, copies: Sequence[Candidate], shapes: Shapes) -> Withdrawn:
    """Why a copy is no longer among these."""
    rivals = [other for other in copies if shapes.overlap(copy, other) > OVERLAP]
    if not rivals:
        return Withdrawn(copy, f"{_name(copy)} gave way to a better placement elsewhere.")
    better = ", ".join(f"{_name(other)} ({other.score:.2f})" for other in rivals)
    verb = "explains" if len(rivals) == 1 else "explain"
    return Withdrawn(copy, f"{better} {verb} its density better than {_name(copy)} ({copy.score:.2f}).")


def left_out(
    index: int,
    structure: Structure,
    placed: int,
    wanted: int | None,
    known: Sequence[Candidate],
    copies: Sequence[Candidate],
    shapes: Shapes,
) -> LeftOut | None:
    """Why there are not more copies of a structure; None when there are enough."""
    if placed and (wanted is None or placed >= wanted):
        return None
    free = [c for c in known if c.structure == index and not any(_same(c, copy, shapes) for copy in copies)]
    free.sort(key=lambda c: (-c.confidence, -c.score))
    some = f"Only {placed} of {wanted} copies of {structure.name} are placed: " if placed else ""
    return LeftOut(index, some + _why_none(structure.name, free[:1], copies, shapes), tuple(free[:3]))


def _why_none(name: str, best: Sequence[Candidate], copies: Sequence[Candidate], shapes: Shapes) -> str:
    if not best:
        return f"{name} found no other place in the map."
    if best[0].confidence >= CONFIDENT:
        return f"{name} stands out only where another structure explains the density better."
    return f"no placement of {name} stands out, the best has confidence {best[0].confidence:.2f}."


def _why_not(candidate: Candidate, copies: Sequence[Candidate], shapes: Shapes) -> str:
    there = [copy for copy in copies if shapes.overlap(candidate, copy) > OVERLAP]
    if there:
        return f"{' and '.join(f'{_name(c)} ({c.score:.2f})' for c in there)} is there."
    if candidate.confidence < CONFIDENT:
        return f"it is less sure than {CONFIDENT:g}."
    return "all copies that were asked for are placed."


def _same(a: Candidate, b: Candidate, shapes: Shapes) -> bool:
    """Whether two candidates are one structure in about one place."""
    return a.structure == b.structure and shapes.overlap(a, b) > 0.5


def _name(candidate: Candidate) -> str:
    return candidate.placed.structure.name
