"""Undo and redo bring back exactly what was there."""

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
from difffit_core.document.history import History
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
