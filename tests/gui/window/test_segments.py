"""Segments of the map in the window: made, looked at, searched one by one, gone when they are no longer true."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.fitting import FitEngine
from app.main_window import MainWindow
from app.proposal_presenter import UNEXPLAINED
from app.segment_presenter import FAINT, OPACITY, key_of
from difffit_core.data.region import Region
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddMap, AddStructure, SetContourLevel
from difffit_core.document.session import MapItem
from difffit_core.events import Job, StageStarted
from difffit_core.settings import FitSettings
from tests.document.items import make_result, make_structure_item
from tests.gui.window.composing_fakes import two_rounds
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit
from tests.gui.window.helpers import WAIT_MS, press_button

CENTRES = np.array([[10.0, 10, 10], [30, 10, 10], [10, 32, 26]])  # Å, of three balls: the first is the largest
RADII = (7.0, 5.5, 4.0)


def three_balls() -> MapItem:
    """A map with three islands of density."""
    z, y, x = np.mgrid[:40, :40, :40].astype(np.float32)
    data = np.zeros((40, 40, 40), np.float32)
    for (cx, cy, cz), radius in zip(CENTRES, RADII, strict=True):
        data += np.exp(-((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) / radius**2)
    return MapItem("m", Path("balls.mrc"), Volume(data, np.ones(3), np.zeros(3)), 0.4, 0.4, 5.0)


@pytest.fixture
def searched() -> list[Region]:
    """The regions that fits were confined to."""
    return []


@pytest.fixture
def window(make_window: MakeWindow, searched: list[Region]) -> MainWindow:
    """A window with the map and a structure, and the page of segments open."""

    def inside(structure: Structure, volume: Volume, settings: FitSettings, region: Region) -> Job[FitResult]:
        searched.append(region)
        yield StageStarted("screen", 1)
        return make_result()

    known = engine(stepping_fit(0.001))
    window = make_window(FitEngine(known.fit, known.keep, known.near, inside))
    for command in (AddMap(three_balls()), AddStructure(make_structure_item("s"))):
        window.document.do(command)
    window.tabs.setCurrentWidget(window.segments_panel)
    return window


def cut(window: MainWindow, qtbot: QtBot) -> None:
    """Press the button, and wait for three segments."""
    window.segments_panel.number.setValue(3)
    press_button(window.segments_panel, "Segment")
    qtbot.waitUntil(lambda: window.segments_panel.tree.topLevelItemCount() == 3, timeout=WAIT_MS)


def drawn(window: MainWindow, key: str) -> bool:
    """Whether something is in the view, and seen."""
    item = window.viewport._contents.items.get(key)
    return item is not None and item.visible


def test_segments_are_listed_and_stand_for_the_map_while_they_are_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    cut(window, qtbot)
    tree = window.segments_panel.tree
    volumes = [float(tree.topLevelItem(row).text(1).split()[0]) for row in range(3)]
    assert volumes == sorted(volumes, reverse=True)
    assert [tree.topLevelItem(row).text(3) for row in (0, 2)] == ["10, 10, 10 Å", "10, 32, 26 Å"]
    qtbot.waitUntil(lambda: all(drawn(window, key_of(number)) for number in range(3)), timeout=WAIT_MS)
    assert not drawn(window, "m")
    window.tabs.setCurrentWidget(window.log_panel)
    qtbot.waitUntil(lambda: drawn(window, "m"), timeout=WAIT_MS)
    assert not any(drawn(window, key_of(number)) for number in range(3))


def test_only_the_chosen_segment_is_searched(window: MainWindow, qtbot: QtBot, searched: list[Region]) -> None:
    cut(window, qtbot)
    panel = window.segments_panel
    assert not panel.search.isEnabled()
    qtbot.mouseClick(
        panel.tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=panel.tree.visualItemRect(panel.tree.topLevelItem(1)).center(),
    )
    items = window.viewport._contents.items
    qtbot.waitUntil(lambda: key_of(2) in items, timeout=WAIT_MS)
    assert [items[key_of(number)].opacity for number in range(3)] == [FAINT, OPACITY, FAINT]
    press_button(panel, "Search Here")
    qtbot.waitUntil(lambda: len(window.document.session.fits) == 1, timeout=WAIT_MS)
    [region] = searched
    assert region.contains(CENTRES).tolist() == [False, True, False]


def test_a_click_on_a_segment_in_the_view_chooses_it(window: MainWindow, qtbot: QtBot) -> None:
    cut(window, qtbot)
    window.viewport.picked.emit(key_of(2))
    assert window.segments_panel.current == 2
    window.viewport.picked.emit("m")
    assert window.segments_panel.current == 2


def test_a_proposal_still_stands_for_the_map_when_segments_have_gone(window: MainWindow, qtbot: QtBot) -> None:
    window.controller.composing.engine = two_rounds()
    window.compose.start()
    qtbot.waitUntil(lambda: window.compose.can_accept and not window.controller.busy, timeout=WAIT_MS)
    cut(window, qtbot)
    window.tabs.setCurrentWidget(window.log_panel)
    qtbot.waitUntil(lambda: not drawn(window, key_of(0)), timeout=WAIT_MS)
    assert not drawn(window, "m")
    assert drawn(window, UNEXPLAINED)


def test_segments_go_with_the_contour_level_they_were_made_at(window: MainWindow, qtbot: QtBot) -> None:
    cut(window, qtbot)
    window.document.do(SetContourLevel("m", 0.6))
    assert window.segments_panel.tree.topLevelItemCount() == 0
    assert window.segments_panel.hint.isVisible()
    assert drawn(window, "m")
    assert not drawn(window, key_of(0))


def test_a_level_above_the_map_is_one_sentence(window: MainWindow, qtbot: QtBot) -> None:
    failures = list[Exception]()
    window.segments.failed.connect(failures.append)
    window.document.do(SetContourLevel("m", 1e6))
    window.actions_by_key.by_key["segment"].trigger()
    qtbot.waitUntil(lambda: bool(failures), timeout=WAIT_MS)
    assert "choose a lower level" in str(failures[0])
    assert not window.controller.busy


def test_segmenting_can_be_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    window.segments.start()
    window.segments.cancel()
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)
    assert window.segments.segmented is None
    assert "cancelled" in window.log_panel.toPlainText()
