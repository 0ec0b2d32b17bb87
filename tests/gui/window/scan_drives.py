"""The actions of Identify, driven by their keys."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.main_window import MainWindow
from tests.gui.window.helpers import WAIT_MS
from tests.gui.window.scan_making import finish, pretending, ready, shown, wait_rows
from tests.scan.making import HIDDEN, make_library

if TYPE_CHECKING:
    from tests.gui.window.test_actions import Stage


def drive_identify(stage: "Stage") -> None:
    ranked(stage)
    assert set(shown(stage.window)[:2]) == set(HIDDEN)


def drive_pause_scan(stage: "Stage") -> None:
    window = begun(stage, 0.1)
    wait_rows(window, stage.qtbot, 1)
    stage.press("pause_scan")
    assert window.controller.scanning.resting
    stage.press("pause_scan")
    assert not window.controller.scanning.resting
    stage.press("cancel")
    finish(window, stage.qtbot)
    assert 0 < len(shown(window)) < 60


def drive_open_scan(stage: "Stage") -> None:
    stage.press("open_scan")
    stage.closes(QFileDialog)
    assert stage.window.scan_panel.isVisible()


def drive_open_best(stage: "Stage") -> None:
    before = len(ranked(stage).document.session.structures)
    stage.press("open_best")
    stage.qtbot.waitUntil(lambda: len(stage.window.document.session.structures) == before + 2, timeout=WAIT_MS)


def drive_fit_candidate(stage: "Stage") -> None:
    window = ranked(stage)
    window.scan_panel.choose(HIDDEN[0])
    stage.press("fit_candidate")
    stage.qtbot.waitUntil(lambda: names_of(window) == [f"{HIDDEN[0]}.pdb"], timeout=WAIT_MS)


def drive_accept_candidate(stage: "Stage") -> None:
    window = ranked(stage)
    window.scan_panel.choose(HIDDEN[0])
    stage.press("accept_candidate")
    stage.qtbot.waitUntil(lambda: len(window.document.session.copies) == 1, timeout=WAIT_MS)


def names_of(window: MainWindow) -> list[str]:
    """The structures that are ticked under Fit."""
    session = window.document.session
    return [item.name for key in window.fit_panel.structure_keys if (item := session.find_structure(key)) is not None]


def begun(stage: "Stage", seconds: float) -> MainWindow:
    """A scan that has begun."""
    make_library(stage.folder / "library", 60 if seconds else 12)
    ready(stage.window, stage.qtbot, stage.folder, pretending(seconds))
    stage.press("identify")
    stage.qtbot.waitUntil(lambda: stage.window.controller.scanning.busy, timeout=WAIT_MS)
    return stage.window


def ranked(stage: "Stage") -> MainWindow:
    """A scan that has ended."""
    window = begun(stage, 0.0)
    finish(window, stage.qtbot)
    return window
