"""Accepted copies and the density that they explain, as commands change them."""

import gc
import weakref

import numpy as np
import pytest

from difffit_core.document.commands import Command, RemoveMap, RemoveStructure
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import (
    AcceptCopy,
    AnnotateCopy,
    MoveCopy,
    RemoveCopy,
    RenameCopy,
    ReorderCopies,
    SetCopyStyle,
)
from difffit_core.document.density_commands import RemoveDensity, RestoreDensity
from difffit_core.document.history import History
from difffit_core.document.session import Session
from tests.document.copies_making import IDENTITY, make_copy, make_density, make_removal, session_with

ELSEWHERE = rows_of(np.column_stack([np.eye(3), [1.0, 2, 3]]))


def base(session: Session, key: str = "m") -> np.ndarray:
    item = session.find_map(key)
    assert item is not None
    return item.base.data


@pytest.fixture
def accepted() -> Session:
    """Copies a and b in the map m; what a explains was taken out of it."""
    session = session_with(AcceptCopy(make_copy("a")), AcceptCopy(make_copy("b", "t")))
    return make_density(session.maps[0].volume, "a").apply(session)


def test_accepting_with_removal_is_one_step_and_one_undo():
    session = session_with()
    history = History(session).do(AcceptCopy(make_copy("a"), make_density(session.maps[0].volume, "a")))
    rest = history.present.find_map("rest")
    assert rest is not None
    assert (rest.volume.data != rest.base.data).any()
    assert rest.name == "rest of m.mrc"
    assert not history.present.maps[0].visible
    assert history.undo_label == "accept copy"
    assert history.undo().present is session


def test_the_opened_map_is_shared_and_never_changed(accepted):
    kept = base(accepted).copy()
    rest = accepted.find_map("rest")
    assert rest is not None
    assert rest.base is accepted.maps[0].base
    assert rest.volume is rest.volume  # made once, as long as somebody holds it
    np.testing.assert_array_equal(base(accepted), kept)


def test_restored_density_is_the_same_bit_for_bit(accepted):
    restored = RestoreDensity("rest", ("a",)).apply(accepted).find_map("rest")
    assert restored is not None
    assert restored.volume.data.tobytes() == base(accepted).tobytes()


def test_removing_a_copy_brings_its_density_back(accepted):
    volume = accepted.maps[0].volume
    both = RemoveDensity("rest", "rest", (make_removal(volume, "b", seed=7),)).apply(accepted)
    only_b = RemoveCopy("a").apply(both).find_map("rest")
    expected = volume.data.copy()
    make_removal(volume, "b", seed=7).removal.take_out(expected)
    assert only_b is not None
    np.testing.assert_array_equal(only_b.volume.data, expected)


def test_removing_again_replaces_what_a_copy_took_out_before(accepted):
    volume = accepted.maps[0].volume
    again = RemoveDensity("m", "rest", (make_removal(volume, "a", key="second", seed=5),)).apply(accepted)
    rest = again.find_map("rest")
    assert rest is not None
    assert [item.key for item in rest.removals] == ["second"]


def test_a_copy_found_in_the_remaining_map_belongs_to_the_opened_one(accepted):
    session = AcceptCopy(make_copy("c", map_key="rest")).apply(accepted)
    assert [copy.key for copy in session.assembly("rest")] == ["a", "b", "c"]
    assert session.assembly("m") == session.assembly("rest")
    assert session.assembly("n") == ()


def test_a_moved_copy_has_no_scores_until_it_is_scored_again(accepted):
    moved = MoveCopy("a", ELSEWHERE).apply(accepted).find_copy("a")
    assert moved is not None
    assert moved.scores is None
    assert moved.confidence is None
    np.testing.assert_array_equal(moved.matrix[:, 3], [1, 2, 3])
    rest = accepted.find_map("rest")
    assert rest is not None
    assert rest.removals[0].map_from_model == IDENTITY  # whoever looks sees that it is out of date


def test_dragging_a_copy_is_one_step():
    history = History(session_with(AcceptCopy(make_copy("a"))))
    start = history.present
    for x in (1.0, 2.0, 3.0):
        history = history.do(MoveCopy("a", rows_of(np.column_stack([np.eye(3), [x, 0, 0]]))))
    history = history.seal().do(MoveCopy("a", ELSEWHERE))
    assert history.undo().present.copies[0].matrix[0, 3] == 3.0
    assert history.undo().undo().present is start


def test_typing_a_note_is_one_step_and_hiding_another():
    history = History(session_with(AcceptCopy(make_copy("a"))))
    for text in ("l", "lo", "loop missing"):
        history = history.do(AnnotateCopy("a", text))
    for visible in (False, True):
        history = history.do(SetCopyStyle("a", visible=visible))
    assert len(history.past) == 3
    assert history.present.copies[0].note == "loop missing"


def test_choosing_a_colour_is_one_step():
    history = History(session_with(AcceptCopy(make_copy("a"))))
    for red in (0.1, 0.2, 0.3):
        history = history.do(SetCopyStyle("a", colour=(red, 0.5, 0.5)))
    assert len(history.past) == 1


def test_names_and_order(accepted):
    session = ReorderCopies("b", 0).apply(RenameCopy("b", "β").apply(accepted))
    assert [copy.name for copy in session.copies] == ["β", "copy a"]
    assert ReorderCopies("b", -3).apply(session) is session


def test_closing_a_structure_takes_its_copies_and_their_removals(accepted):
    session = RemoveStructure("s").apply(accepted)
    rest = session.find_map("rest")
    assert [copy.key for copy in session.copies] == ["b"]
    assert rest is not None
    assert rest.removals == ()


def test_closing_the_opened_map_leaves_what_remained_of_it_as_it_is(accepted):
    session = RemoveMap("m").apply(accepted)
    rest = session.find_map("rest")
    assert rest is not None
    assert session.copies == ()
    assert rest.derived_from is None
    assert (rest.volume.data != rest.base.data).any()


@pytest.mark.parametrize(
    "command",
    [
        AcceptCopy(make_copy("a")),
        AcceptCopy(make_copy("z", "gone")),
        AcceptCopy(make_copy("z", "s", "gone")),
        RemoveCopy("gone"),
        MoveCopy("gone", ELSEWHERE),
        MoveCopy("a", IDENTITY),
        RenameCopy("gone", "x"),
        RenameCopy("a", "copy a"),
        AnnotateCopy("a", ""),
        SetCopyStyle("a", visible=True),
        SetCopyStyle("gone", visible=False),
        ReorderCopies("gone", 0),
        ReorderCopies("b", 9),
        RestoreDensity("rest", ("b",)),
        RestoreDensity("gone", ("a",)),
        RemoveDensity("gone", "rest", ()),
        RemoveDensity("m", "rest", ()),
    ],
)
def test_late_and_empty_commands_change_nothing(accepted, command: Command):
    assert command.apply(accepted) is accepted


def test_density_of_a_copy_that_has_gone_meanwhile_stays(accepted):
    late = make_density(accepted.maps[0].volume, "gone")
    assert late.apply(accepted) is accepted
    assert make_density(accepted.maps[0].volume, "a").apply(accepted) is accepted


def test_two_hundred_steps_hold_one_map():
    """Every step of the history has another remaining map, yet only the latest ones exist as arrays."""
    history = History(session_with(*(AcceptCopy(make_copy(f"c{i}")) for i in range(200))))
    base_volume = history.present.maps[0].base
    made = []
    for i in range(200):
        history = history.do(make_density(base_volume, f"c{i}", seed=i))
        rest = history.present.find_map("rest")
        assert rest is not None
        made.append(weakref.ref(rest.volume))
    gc.collect()
    assert sum(volume() is not None for volume in made) <= 2
    assert all(step.after.maps[0].base is base_volume for step in history.past)
