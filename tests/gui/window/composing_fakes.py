"""Composing of known behaviour: two rounds, a withdrawal, alternatives, a structure that is left out."""

import time
from collections.abc import Iterator

from app.composing import ComposeEngine
from app.proposal import ComposeRequest, Proposal, proposal_of
from difffit_core.compose.assembly_quality import Quality
from difffit_core.compose.candidates import Candidate
from difffit_core.compose.decisions import Alternative, LeftOut, Withdrawn
from difffit_core.compose.rounds import Composition, Round
from difffit_core.data.placed import Placed
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.session import Session
from difffit_core.events import CopiesFound, Job, Message, RoundEnded, RoundStarted, StageAdvanced, StageStarted
from tests.document.items import make_cluster, make_structure_item

STOPPED = "Nothing else stands out in what is left of the map."


def candidate(structure: Structure, x: float, number: int, index: int = 0) -> Candidate:
    """A placement at x (Å)."""
    cluster = make_cluster((x, 1.0, 2.0), 0.9 - 0.01 * x)
    [matrix] = cluster.representative.map_from_model(structure.centroid_xyz)
    return Candidate(index, Placed(structure, matrix), cluster, number)


def two_rounds(pause: float = 0.0, steps: int = 2) -> ComposeEngine:
    """Places one copy in the first round and another in the second; asks for no computing."""

    def compose(request: ComposeRequest, session: Session) -> Job[Proposal]:
        target, item = session.find_map(request.map), session.find_structure(request.structures[0])
        assert target is not None
        assert item is not None
        first, second, other = (candidate(item.structure, x, n) for x, n in ((0.0, 1), (8.0, 2), (4.0, 1)))
        left = target.volume.with_data(target.volume.data * 0.5)
        rounds = (
            Round(1, (0,), (first,), (), 0.4),
            Round(2, (0,), (second,), (Withdrawn(other, "s.pdb gave way to a better placement elsewhere."),), 0.7),
        )
        for done, copies in zip(rounds, ((first,), (first, second)), strict=True):
            yield from _fitting(done.number, pause, steps)
            yield CopiesFound(done.number, copies)
            yield from _waiting(pause, steps)
            yield RoundEnded(done, copies, left)
        yield StageStarted("joint polish", 1)
        yield StageAdvanced(1)
        alternative = Alternative(other, True, "it fits worse.")
        return proposal_of(session, request, composition((first, second), rounds, ((alternative,), ()), left, other))

    return compose


def composition(
    copies: tuple[Candidate, ...],
    rounds: tuple[Round, ...],
    alternatives: tuple[tuple[Alternative, ...], ...],
    left: Volume,
    unsure: Candidate,
) -> Composition:
    return Composition(
        copies,
        rounds,
        STOPPED,
        (LeftOut(0, "only 2 of 3 copies are placed: no other place stands out.", (unsure,)),),
        alternatives,
        left,
        0.7,
        None,
        (),
        0.0,
        (Quality(0, 0.6), Quality(0, 0.6)),
        1.0,
        5.0,
    )


def nothing_sure(request: ComposeRequest, session: Session) -> Job[Proposal]:
    """A single round that accepts nothing."""
    target = session.find_map(request.map)
    assert target is not None
    done = Round(1, (0,), (), (), 0.0)
    yield RoundStarted(1, 1)
    yield RoundEnded(done, (), target.volume)
    unsure = candidate(make_structure_item("s").structure, 5.0, 1)
    return proposal_of(session, request, composition((), (done,), (), target.volume, unsure))


def _fitting(number: int, pause: float, steps: int) -> Iterator[RoundStarted | Message | StageStarted | StageAdvanced]:
    yield RoundStarted(number, 1)
    yield Message(f"Round {number}: fitting s.pdb.")
    yield StageStarted("screen", steps)
    yield from _waiting(pause, steps)


def _waiting(pause: float, steps: int) -> Iterator[StageAdvanced]:
    for step in range(1, steps + 1):
        time.sleep(pause)
        yield StageAdvanced(step)
