"""Scans of known outcome for the window: a real map, a library of wanderers, findings out of thin air."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.scanning import ScanEngine, engine_scan
from difffit_core.scan.runners import in_threads
from tests.gui.window.helpers import WAIT_MS
from tests.scan.making import RESOLUTION, excess_by_name, make_library, make_map, pretend

LEFT = Qt.MouseButton.LeftButton


def pretending(seconds: float = 0.0) -> ScanEngine:
    """The engine's scan in which every search takes so long and finds what the candidate's name says."""
    return partial(engine_scan, runner=in_threads(2, pretend(excess_by_name, seconds)))


def library_with_a_broken_one(folder: Path, count: int = 12) -> Path:
    make_library(folder, count)
    (folder / "broken.pdb").write_text("nothing\n")
    return folder


def ready(window: MainWindow, qtbot: QtBot, folder: Path, engine: ScanEngine, *, effort: str = "fast") -> MainWindow:
    """Open the map and name the library, so that one press begins the scan."""
    window.controller.scanning.engine = engine
    path, before = folder / "two.mrc", len(window.document.session.maps)
    window.controller.opener.open([path if path.exists() else make_map(path)])
    qtbot.waitUntil(lambda: len(window.document.session.maps) > before, timeout=WAIT_MS)
    wait_until_idle(window, qtbot)
    window.selection.choose_map(window.document.session.maps[-1].key)
    window.fit_panel.resolution.setValue(RESOLUTION)
    window.right_tabs.setCurrentWidget(window.scan_panel)
    library = folder / "library"
    window.scan_panel.take([library if library.exists() else make_library(library)])
    window.scan_panel.form.efforts.choose(effort)
    wait_until_idle(window, qtbot)
    return window


def press(window: MainWindow, qtbot: QtBot) -> None:
    """Press the large button and wait until the scan runs."""
    qtbot.mouseClick(window.scan_panel.button.button, LEFT)
    qtbot.waitUntil(lambda: window.controller.scanning.busy, timeout=WAIT_MS)


def finish(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.scanning.busy, timeout=WAIT_MS)
    wait_until_idle(window, qtbot)


def wait_until_idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)


def wait_rows(window: MainWindow, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(window.scan_panel.model.candidates) >= count, timeout=WAIT_MS)


def shown(window: MainWindow) -> list[str]:
    """Names in the order of the table."""
    return [candidate.name for candidate in window.scan_panel.proxy.shown()]


Ready = Callable[..., MainWindow]
