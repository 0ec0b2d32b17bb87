"""What tests of projects in the window share."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from difffit_core.document.copies import CopyItem, rows_of
from tests.gui.window.helpers import WAIT_MS, drop


def open_in(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    """Drop a project into the window and wait until it is there."""
    with qtbot.waitSignal(window.controller.project.opened, timeout=WAIT_MS):
        assert drop(window, [path])


def visible(window: MainWindow, kind: type) -> list:
    return [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]


def a_copy(name: str = "new") -> CopyItem:
    return CopyItem(name, "s", "m", rows_of(np.eye(3, 4)), name, (0.1, 0.6, 0.3))
