"""Leaving with everything running, and going round and round without growing."""

import gc
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.memory import give_back
from difffit_core.document.commands import AddMap, AddStructure
from difffit_core.events import Job, StageAdvanced
from tests.document.items import make_map, make_structure_item
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit
from tests.gui.window.helpers import WAIT_MS

WaitIdle = Callable[[MainWindow], None]


def endless_fetch(text: str) -> Job[Path]:
    """A server that sends for ever."""
    for step in range(1_000_000):
        time.sleep(0.01)
        yield StageAdvanced(step)
    return Path(text)


def fill(window: MainWindow, name: str) -> None:
    window.document.do(AddMap(make_map(f"m{name}")))
    window.document.do(AddStructure(make_structure_item(f"s{name}")))


def test_window_closes_at_once_whatever_runs(make_window: MakeWindow, qtbot: QtBot):
    window = make_window(engine(stepping_fit(0.02, steps=10_000)))
    fill(window, "")
    window.controller.fetching.engine = endless_fetch
    window.controller.fetching.start(["1abc", "2abc"])
    window.start_fit()
    window.files.open_sample()
    qtbot.waitUntil(lambda: window.controller.fitting.busy and window.controller.fetching.busy, timeout=WAIT_MS)
    qtbot.wait(100)
    begun = time.perf_counter()
    window.close()
    assert time.perf_counter() - begun < 3.0
    assert not window.controller.fitting.busy
    assert not window.controller.fetching.busy


def test_several_jobs_are_counted_and_each_can_be_cancelled(make_window: MakeWindow, qtbot: QtBot):
    window = make_window(engine(stepping_fit(0.02, steps=10_000)))
    fill(window, "")
    window.controller.fetching.engine = endless_fetch
    window.controller.fetching.start(["1abc", "2abc"])
    window.start_fit()
    strip = window.job_strip
    qtbot.waitUntil(lambda: strip.more.isVisible() and strip.more.text() == "3 jobs", timeout=WAIT_MS)
    menu = strip.job_menu()
    line = next(action for action in menu.actions() if "1abc" in action.text())
    menu.popup(window.mapToGlobal(window.rect().center()))
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(line).center())
    qtbot.waitUntil(lambda: strip.more.text() == "2 jobs", timeout=WAIT_MS)
    qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.controller.fitting.busy, timeout=WAIT_MS)
    assert window.controller.fetching.busy


def test_docks_can_float_while_a_fit_runs(make_window: MakeWindow, qtbot: QtBot, wait_idle: WaitIdle):
    window = make_window(engine(stepping_fit(0.01, steps=60)))
    fill(window, "")
    window.start_fit()
    for dock in (window.right_dock, window.bottom_dock):
        dock.setFloating(True)
    qtbot.wait(200)
    wait_idle(window)
    for dock in (window.right_dock, window.bottom_dock):
        dock.setFloating(False)
    assert window.clusters_panel.model.rowCount() == 3
    assert window.viewport.graphics.usable == (window.viewport.image().size > 0)


def memory() -> float:
    """MB that this process holds, once it has given back what it has freed."""
    gc.collect()
    give_back()
    return psutil.Process().memory_info().rss / 1e6


def go_round(window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle, count: int, begin: Callable[[int], None]) -> float:
    """Open, fit, look and close so many times; returns MB at the end."""
    for number in range(count):
        begin(number)
        window.start_fit()
        wait_idle(window)
        window.clusters_panel.step(1)
        window.files.close_all()
        qtbot.wait(20)
        QApplication.processEvents()
    return memory()


def test_a_few_rounds_do_not_grow(make_window: MakeWindow, qtbot: QtBot, wait_idle: WaitIdle, record_property):
    window = make_window(engine(stepping_fit(0.001, steps=10)))

    def begin(number: int) -> None:
        fill(window, str(number))

    before = go_round(window, qtbot, wait_idle, 25, begin)  # the undo history is full then
    after = go_round(window, qtbot, wait_idle, 25, begin)
    record_property("growth", after / before - 1)
    assert after < 1.05 * before


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_rounds_with_real_data_do_not_grow(
    window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle, record_property
):
    def begin(number: int) -> None:
        window.files.open_sample()
        qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
        wait_idle(window)

    window.fit_panel.presets.choose("fast")
    before = go_round(window, qtbot, wait_idle, 45, begin)  # the undo history is full then
    after = go_round(window, qtbot, wait_idle, 200, begin)
    record_property("growth", after / before - 1)
    print(f"{before:.0f} MB before, {after:.0f} MB after 200 rounds")  # noqa: T201 # the figure is the point
    assert after < 1.05 * before
