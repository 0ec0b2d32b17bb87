"""Choosing copies round after round: later ones may replace earlier ones, and every decision has a reason."""

from dataclasses import replace

import numpy as np
import pytest

from difffit_core.compose.accept import State, accept, beside
from difffit_core.compose.candidates import Candidate, Shapes
from difffit_core.compose.decisions import alternatives_of, left_out, sentence
from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster, Scores
from difffit_core.settings import FitSettings
from tests.fit.making import blob

STRUCTURES = tuple(
    replace(structure, source=replace(structure.source, path=structure.source.path.with_name(f"{name}.pdb")))
    for name, structure in zip("ABC", (blob(300, 3), blob(300, 5), blob(500, 7)), strict=True)
)
HERE, THERE = (0.0, 0.0, 0.0), (90.0, 0.0, 0.0)


def candidate(structure: int, position, score: float, confidence: float, number: int = 1) -> Candidate:
    pose = Poses(np.array([[0.0, 0.0, 0.0, 1.0]]), np.array([position], np.float64))
    scores = Scores(*(np.asarray(score) for _ in range(6)))
    cluster = Cluster(pose, pose[:0], 3, scores, confidence, pose)
    model = STRUCTURES[structure]
    return Candidate(structure, Placed(model, pose.map_from_model(model.centroid_xyz)[0]), cluster, number)


def new_state(**most: int) -> State:
    limits = {"ABC".index(name): count for name, count in most.items()}
    return State(Shapes.of(STRUCTURES), limits, 6.0, FitSettings())


def no_mates(copy: Candidate, known: list[Candidate]) -> list[Candidate]:
    return []


def test_only_confident_candidates_are_accepted():
    state = new_state()
    sure, doubtful = candidate(0, HERE, 0.6, 0.99), candidate(1, THERE, 0.6, 0.9)
    accepted, gone = accept([sure, doubtful], state, no_mates)
    assert accepted == state.copies == [sure]
    assert gone == []


def test_a_later_candidate_that_explains_the_density_better_replaces_an_earlier_copy():
    state = new_state()
    early = candidate(0, HERE, 0.4, 0.97)
    accept([early], state, no_mates)
    late = candidate(1, (4.0, 0, 0), 0.6, 0.99, number=2)
    accepted, gone = accept([late], state, no_mates)
    assert accepted == state.copies == [late]
    assert [one.copy for one in gone] == [early]
    assert gone[0].reason == "B.pdb (0.60) explains its density better than A.pdb (0.40)."


def test_a_later_candidate_that_explains_less_does_not():
    state = new_state()
    early, late = candidate(0, HERE, 0.6, 0.97), candidate(1, (4.0, 0, 0), 0.4, 0.99, number=2)
    accept([early], state, no_mates)
    assert accept([late], state, no_mates) == ([], [])
    assert state.copies == [early]


def test_what_was_not_sure_by_itself_replaces_a_copy_that_fits_worse():
    state = new_state()
    wrong, right = candidate(0, HERE, 0.35, 0.97), candidate(1, (4.0, 0, 0), 0.6, 0.8)
    accept([wrong, right], state, no_mates)
    assert state.copies == [right]
    assert accept([], state, no_mates) == ([], [])  # and stays so


@pytest.mark.parametrize("confidence", [0.2, 0.8])
def test_what_is_not_sure_is_never_accepted_in_an_empty_place(confidence):
    state = new_state()
    sure, alone = candidate(0, HERE, 0.5, 0.99), candidate(1, THERE, 0.9, confidence)
    accept([sure, alone], state, no_mates)
    assert state.copies == [sure]


def test_two_copies_that_a_large_one_covered_take_its_place():
    state = new_state()
    large = candidate(2, (10.0, 0, 0), 0.3, 0.96)
    accept([large], state, no_mates)
    small = [candidate(0, HERE, 0.6, 0.98, number=2), candidate(1, (20.0, 0, 0), 0.6, 0.98, number=2)]
    accepted, gone = accept(small, state, no_mates)
    assert set(map(id, accepted)) == set(map(id, small))
    assert "explain its density better" in gone[0].reason


def test_no_more_copies_than_asked_for_and_the_best_ones():
    state = new_state(A=1)
    better, worse = candidate(0, HERE, 0.6, 0.99), candidate(0, THERE, 0.5, 0.99)
    accept([worse, better], state, no_mates)
    assert state.copies == [better]
    assert not state.is_missing(0)
    assert state.is_missing(1)


def test_what_has_room_beside_the_copies_is_shown_before_anything_is_decided():
    state = new_state(A=2)
    first, mate, third = (candidate(0, (x, 0, 0), 0.6, 0.99) for x in (0.0, 90.0, 180.0))
    over, doubtful = candidate(1, (4.0, 0, 0), 0.9, 0.99), candidate(1, (0, 90.0, 0), 0.9, 0.5)
    assert beside([first], [doubtful, over, mate, third], state) == [first, mate]
    assert state.copies == []


def test_the_same_place_found_again_changes_nothing():
    state = new_state()
    first, again = candidate(0, HERE, 0.5, 0.97), candidate(0, (0.3, 0, 0), 0.52, 0.99, number=2)
    accept([first], state, no_mates)
    assert accept([again], state, no_mates) == ([], [])
    assert state.copies == [first]


def test_mates_compete_like_everything_else():
    state = new_state()
    first, other = candidate(0, HERE, 0.5, 0.99), candidate(1, THERE, 0.7, 0.99)
    mates = [candidate(0, THERE, 0.5, 0.99), candidate(0, (0, 90.0, 0), 0.5, 0.99)]
    accept([first, other], state, lambda copy, known: mates if copy is first else [])
    assert set(map(id, state.copies)) == {id(first), id(other), id(mates[1])}


def test_alternatives_say_where_else_and_what_else():
    state = new_state()
    copy, other = candidate(0, HERE, 0.6, 0.99), candidate(1, THERE, 0.7, 0.99)
    instead, elsewhere = candidate(1, (3.0, 0, 0), 0.4, 0.8), candidate(0, THERE, 0.35, 0.97)
    free = candidate(0, (0, 90.0, 0), 0.3, 0.7)
    accept([copy, other, instead, elsewhere, free], state, no_mates)
    texts = [sentence(found, copy) for found in alternatives_of(copy, state.copies, state.known, state.shapes)]
    assert texts == [
        "A.pdb could also go to 90, 0, 0 Å (confidence 0.97, correlation 0.35): B.pdb (0.70) is there.",
        "B.pdb could also stand where A.pdb does (confidence 0.80, correlation 0.40): "
        "A.pdb explains this density better (0.60 against 0.40).",
        "A.pdb could also go to 0, 90, 0 Å (confidence 0.70, correlation 0.30): it is less sure than 0.95.",
    ]


def test_what_is_left_out_says_why():
    state = new_state(A=2)
    accept(
        [candidate(0, HERE, 0.6, 0.99), candidate(0, THERE, 0.4, 0.6), candidate(1, THERE, 0.3, 0.2)], state, no_mates
    )
    reasons = [
        left_out(k, STRUCTURES[k], state.count(k), state.most.get(k), state.known, state.copies, state.shapes)
        for k in range(3)
    ]
    assert reasons[0].reason == (
        "Only 1 of 2 copies of A.pdb are placed: no placement of A.pdb stands out, the best has confidence 0.60."
    )
    assert reasons[1].reason == "no placement of B.pdb stands out, the best has confidence 0.20."
    assert reasons[2].reason == "C.pdb found no other place in the map."
    assert reasons[0].alternatives[0].confidence == 0.6
