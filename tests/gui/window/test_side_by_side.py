"""Two placements in two views that turn together."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.compare import FIRST, OVERLAID, SECOND, SIDE_BY_SIDE, CompareDialog
from app.scene.structure_view import CopyView
from app.scene.viewport import Viewport
from app.shell.picture_dialog import PictureWish
from app.side_by_side import COPY
from difffit_core.document.commands import AddMap, AddStructure, RemoveFit
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.session import ClusterId
from tests.document.copies_making import make_copy
from tests.document.items import make_map, make_structure_item
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit

WaitIdle = Callable[[MainWindow], None]
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def compared(make_window: MakeWindow, qtbot: QtBot, wait_idle: WaitIdle) -> MainWindow:
    """A window in which the first two of three places are compared."""
    window = make_window(engine(stepping_fit(0.001, steps=3)))
    window.document.do(AddMap(make_map("m")))
    window.document.do(AddStructure(make_structure_item("s")))
    window.start_fit()
    wait_idle(window)
    table = window.clusters_panel.table
    table.setCurrentIndex(window.clusters_panel.model.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Down, SHIFT)
    window.clusters_panel.compare_chosen()
    QApplication.processEvents()
    return window


def dialog_of(window: MainWindow) -> CompareDialog:
    dialog = window.clusters._comparison
    assert dialog is not None
    return dialog


def second_view(window: MainWindow) -> Viewport:
    assert window.split.second is not None
    return window.split.second.view


def copies(view: Viewport) -> dict[str, CopyView]:
    return {key: item for key, item in view._contents.items.items() if isinstance(item, CopyView) and item.visible}


def test_each_view_shows_the_map_and_one_of_the_two_places(compared: MainWindow):
    assert compared.split.is_split
    left, right = copies(compared.viewport), copies(second_view(compared))
    assert [copy.colour for copy in left.values()] == [FIRST]
    assert [copy.colour for copy in right.values()] == [SECOND]
    places = [next(iter(side.values())).map_from_model[:3, 3] for side in (left, right)]
    result = compared.document.session.fits[0].result
    for index, place in enumerate(places):
        assert place == pytest.approx(result.map_from_model(index)[:, 3])
    for view in (compared.viewport, second_view(compared)):
        assert view._contents.items["m"].visible
        assert not view._contents.items["s"].visible
    names = [half.name.text() for half in (compared.split.first, compared.split.second) if half is not None]
    assert [name.split(" · ")[1] for name in names] == ["place 1", "place 2"]


def test_views_turn_together_whichever_is_turned(compared: MainWindow):
    left, right = compared.viewport, second_view(compared)
    left.view_from("top")
    assert right.camera_state() == left.camera_state()
    right.view_from("left")
    assert left.camera_state() == right.camera_state()


def test_second_view_follows_the_document(compared: MainWindow, qtbot: QtBot):
    compared.clusters_panel.step(2)  # the structure itself moves: what is compared does not
    QApplication.processEvents()
    right = second_view(compared)
    assert not right._contents.items["s"].visible
    assert set(copies(right)) == {COPY}
    compared.contour_panel.level.setValue(compared.document.session.maps[0].contour_level * 1.1)
    assert right._contents.map("m").level == compared.document.session.maps[0].contour_level


def test_accepted_copies_are_in_both_views(compared: MainWindow):
    compared.document.do(AcceptCopy(make_copy("c")))
    QApplication.processEvents()
    for view in (compared.viewport, second_view(compared)):
        assert "c" in copies(view)


@pytest.mark.usefixtures("needs_graphics")
def test_picture_holds_both_views(compared: MainWindow, monkeypatch: pytest.MonkeyPatch):
    for view, grey in zip(compared.split.views, (10, 200), strict=True):
        monkeypatch.setattr(view, "image", lambda w, h, grey=grey, **_: np.full((h, w, 4), grey, dtype=np.uint8))
    picture = compared.views.picture(PictureWish(400, 200, transparent=False, overlays=True, samples=1))
    assert (picture.width(), picture.height()) == (400, 200)
    assert [picture.pixelColor(x, 100).red() for x in (100, 300)] == [10, 200]


def test_overlaid_shows_both_in_one_view(compared: MainWindow):
    dialog_of(compared).layout_choice.choose(OVERLAID)
    QApplication.processEvents()
    assert not compared.split.is_split
    assert {FIRST, SECOND} <= {copy.colour for copy in copies(compared.viewport).values()}
    dialog_of(compared).layout_choice.choose(SIDE_BY_SIDE)
    assert compared.split.is_split


def test_closing_the_comparison_leaves_everything_as_it_was(compared: MainWindow):
    dialog_of(compared).close()
    QApplication.processEvents()
    assert not compared.split.is_split
    assert compared.viewport._contents.items["s"].visible
    assert FIRST not in [copy.colour for copy in copies(compared.viewport).values()]
    assert second_view(compared)._contents.items == {}
    compared.document.do(AddStructure(make_structure_item("t")))
    assert second_view(compared)._contents.items == {}  # it follows no more


def test_comparison_ends_with_its_fit(compared: MainWindow):
    compared.document.do(RemoveFit(compared.document.session.fits[0].key))
    QApplication.processEvents()
    assert compared.clusters._comparison is None
    assert not compared.split.is_split
    assert second_view(compared)._contents.items == {}


def test_another_comparison_takes_the_place_of_the_first(compared: MainWindow):
    fit = compared.document.session.fits[0].key
    compared.clusters_panel.compare_pressed.emit(ClusterId(fit, 1), ClusterId(fit, 2))
    QApplication.processEvents()
    assert compared.split.first.name.text().endswith("place 2")
    assert [copy.colour for copy in copies(compared.viewport).values()] == [FIRST]
