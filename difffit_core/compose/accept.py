"""Which candidates are copies by now: chosen anew after every round, so that a later one may replace an earlier one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from difffit_core.compose.candidates import OVERLAP, Candidate, Shapes
from difffit_core.compose.choose import choose
from difffit_core.compose.decisions import CONFIDENT, WORTH_NAMING, Withdrawn, withdrawn
from difffit_core.compose.mates import is_known
from difffit_core.settings import FitSettings

MatesOf = Callable[[Candidate, list[Candidate]], list[Candidate]]  # of a copy, beside those that are known


@dataclass(eq=False)
class State:
    """What is known so far; grows from round to round. All scores are those in the map as it was given."""

    shapes: Shapes
    most: Mapping[int, int]  # copies by structure; as many as are confident of the others
    resolution: float
    settings: FitSettings
    copies: list[Candidate] = field(default_factory=list)
    confident: list[Candidate] = field(default_factory=list)  # of all rounds, those that are copies among them
    doubtful: list[Candidate] = field(default_factory=list)  # not confident by themselves

    @property
    def known(self) -> list[Candidate]:
        """Everything that any round found."""
        return self.confident + self.doubtful

    def count(self, structure: int) -> int:
        """Copies of a structure."""
        return sum(copy.structure == structure for copy in self.copies)

    def is_missing(self, structure: int) -> bool:
        """Whether more copies of a structure may be there."""
        return structure not in self.most or self.count(structure) < self.most[structure]


def accept(found: list[Candidate], state: State, mates_of: MatesOf) -> tuple[list[Candidate], list[Withdrawn]]:
    """Choose the copies again with what was found; returns those that came and those that went.

    Confident candidates compete, with the symmetry mates of the chosen ones; then less confident ones that explain
    a copy's density better than it does. Nothing else is accepted below a confidence of 0.95.
    """
    before = list(state.copies)
    _take_note(found, state)
    for copy in _best_set(state.confident, state):
        for mate in mates_of(copy, state.confident):
            if not is_known(mate, state.confident, state.settings):
                state.confident.append(mate)
    chosen = _best_set(state.confident, state)
    rivals = [c for c in state.doubtful if explains_better(c, chosen, state)]
    state.copies = _best_set(chosen + rivals, state) if rivals else chosen
    if rivals:  # what a rival made room for may be filled
        state.copies = _best_set([*state.confident, *(c for c in state.copies if c in rivals)], state)
    new = [copy for copy in state.copies if copy not in before]
    gone = [withdrawn(copy, state.copies, state.shapes) for copy in before if copy not in state.copies]
    return sorted(new, key=lambda copy: -copy.score), gone


def _take_note(found: list[Candidate], state: State) -> None:
    """Add to what is known; a place that was found before keeps the candidate that it had while that is as sure."""
    for candidate in found:
        if is_known(candidate, state.confident, state.settings):
            continue
        if candidate.confidence >= CONFIDENT:
            state.confident.append(candidate)
        elif not is_known(candidate, state.doubtful, state.settings):
            state.doubtful.append(candidate)


def beside(copies: list[Candidate], found: list[Candidate], state: State) -> list[Candidate]:
    """The copies and the confident ones of what was found that have room beside them; a preview, nothing is decided."""
    standing = list(copies)
    for candidate in sorted(found, key=lambda one: -one.gain(state.resolution)):
        wanted = state.most.get(candidate.structure, len(found) + len(copies))
        missing = sum(copy.structure == candidate.structure for copy in standing) < wanted
        if candidate.confidence >= CONFIDENT and missing and not _overlaps(candidate, standing, state.shapes):
            standing.append(candidate)
    return standing


def _overlaps(candidate: Candidate, copies: list[Candidate], shapes: Shapes) -> bool:
    return any(shapes.overlap(candidate, copy) > OVERLAP for copy in copies)


def explains_better(candidate: Candidate, copies: list[Candidate], state: State) -> bool:
    """Whether a candidate lies on copies, and fits better and explains more than any of them."""
    if candidate.confidence < WORTH_NAMING:
        return False
    beneath = [copy for copy in copies if state.shapes.overlap(candidate, copy) > OVERLAP]
    gain = candidate.gain(state.resolution)
    return bool(beneath) and all(
        candidate.score > copy.score and gain > copy.gain(state.resolution) for copy in beneath
    )


def _best_set(candidates: list[Candidate], state: State) -> list[Candidate]:
    """Those that explain most without overlapping."""
    gain = np.array([candidate.gain(state.resolution) for candidate in candidates])
    conflicts = state.shapes.conflicts(candidates)
    return [candidates[k] for k in choose(gain, conflicts, [c.structure for c in candidates], state.most)]
