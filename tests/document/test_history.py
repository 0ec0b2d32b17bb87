"""Undo and redo bring back exactly what was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
    Command,
    RemoveFit,
    RemoveMap,
    RemoveStructure,
    SelectCluster,
    SetContourLevel,
    SetMapStyle,
    SetStructureStyle,
)
from difffit_core.document.history import MOST_STEPS, History
from difffit_core.document.session import Session
from tests.document.items import make_fit, make_map, make_structure_item

maps = st.sampled_from(["m1", "m2"])
structures = st.sampled_from(["s1", "s2"])
fits = st.sampled_from(["f1", "f2", "f3"])
shares = st.floats(0, 1)
colours = st.none() | st.tuples(shares, shares, shares)
commands = st.one_of(
    maps.map(lambda key: AddMap(make_map(key))),
    structures.map(lambda key: AddStructure(make_structure_item(key))),
    st.builds(lambda f, m, s: AddFit(make_fit(f, m, s)), fits, maps, structures),
    st.builds(RemoveMap, maps),
    st.builds(RemoveStructure, structures),
    st.builds(RemoveFit, fits),
    st.builds(SetContourLevel, maps, st.floats(-5, 5)),
    st.builds(SetMapStyle, maps, colour=colours, opacity=st.none() | shares, visible=st.none() | st.booleans()),
    st.builds(SetStructureStyle, structures, colour=colours, visible=st.none() | st.booleans()),
    st.builds(SelectCluster, fits, st.integers(-1, 4)),
)


def replay(history: History, steps: list[Command | None]) -> History:
    for command in steps:
        history = history.do(command) if command is not None else history.seal()
    return history


@given(st.lists(commands | st.none(), max_size=40))
def test_undoing_everything_and_redoing_it_returns_to_both_ends(steps: list[Command | None]):
    history = replay(History(), steps)
    end = history.present
    while history.past:
        history = history.undo()
    assert history.present == Session()
    while history.future:
        history = history.redo()
    assert history.present is end


@given(st.lists(commands, max_size=40))
def test_no_command_leaves_dangling_keys(steps: list[Command]):
    session = replay(History(), list(steps)).present
    for fit in session.fits:
        assert session.find_map(fit.map)
        assert session.find_structure(fit.structure)
    for item in session.structures:
        assert item.placed_by is None or session.find_cluster(item.placed_by)


def dragged() -> History:
    history = History().do(AddMap(make_map("m")))
    for level in (1.5, 2.0, 2.5):
        history = history.do(SetContourLevel("m", level))
    return history


def test_one_undo_takes_back_a_whole_drag():
    history = dragged()
    assert history.undo_label == "contour level"
    assert history.undo().present.maps[0].contour_level == 1.0
    assert history.undo().redo().present.maps[0].contour_level == 2.5


def test_two_drags_are_two_steps():
    history = dragged().seal().do(SetContourLevel("m", 4.0)).undo()
    assert history.present.maps[0].contour_level == 2.5


def test_new_command_forgets_what_was_taken_back():
    history = dragged().undo().do(SetMapStyle("m", visible=False))
    assert history.redo_label is None
    assert history.redo() is history


def test_command_without_effect_leaves_no_step():
    history = dragged()
    assert history.do(SetContourLevel("gone", 3.0)) is history
    assert History().undo().undo_label is None


def test_history_does_not_grow_without_end():
    history = History()
    for number in range(3 * MOST_STEPS):
        history = history.do(AddMap(make_map(f"m{number}"))).do(RemoveMap(f"m{number}"))
    assert len(history.past) == MOST_STEPS
    assert history.undo().present.maps[0].key == f"m{3 * MOST_STEPS - 1}"


def test_closed_maps_are_let_go_when_they_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch):
    item = make_map("m0")
    monkeypatch.setattr("difffit_core.document.history.MOST_BYTES", 3 * item.volume.data.nbytes)
    history = History()
    for number in range(10):
        history = history.do(AddMap(make_map(f"m{number}"))).do(RemoveMap(f"m{number}"))
    held = {held.key for step in history.past for held in step.before.maps}
    assert held == {"m7", "m8", "m9"}
