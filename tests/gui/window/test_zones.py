"""Maps that are shown only around structures."""

import numpy as np
import pytest
from numpy import ndarray

from app.main_window import MainWindow
from difffit_core.document.commands import AddMap, AddStructure, RemoveStructure
from tests.document.items import make_map, make_structure_item


@pytest.fixture
def zones(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[ndarray | None]:
    """What the view is asked for, in a window with one map and two structures of three atoms."""
    for command in (
        AddMap(make_map("m")),
        AddStructure(make_structure_item("s")),
        AddStructure(make_structure_item("t")),
    ):
        window.document.do(command)
    asked: list[ndarray | None] = []
    monkeypatch.setattr(window.viewport, "set_zone", lambda key, points, radius=0.0: asked.append(points))
    return asked


def choose_from_menu(window: MainWindow, what: str) -> None:
    window.data_panel.view_asked.emit("m", what)


def test_zone_holds_all_structures_or_the_chosen_one(window: MainWindow, zones: list[ndarray | None]):
    choose_from_menu(window, "zone all")
    choose_from_menu(window, "zone chosen")
    assert [len(points) for points in zones if points is not None] == [6, 3]
    choose_from_menu(window, "zone off")
    assert zones[-1] is None


def test_zone_around_the_chosen_structure_follows_the_choice(window: MainWindow, zones: list[ndarray | None]):
    window.selection.choose_structure("s")
    choose_from_menu(window, "zone chosen")
    window.document.do(RemoveStructure("s"))
    points = zones[-1]
    assert points is not None
    np.testing.assert_allclose(points, window.document.session.structures[0].structure.xyz)
    before = len(zones)
    choose_from_menu(window, "zone off")
    window.document.do(RemoveStructure("t"))
    assert zones[before:] == [None]
