"""A whole session without a mouse: open, fit, walk, save."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from tests.gui.window.helpers import WAIT_MS

WaitIdle = Callable[[MainWindow], None]
CTRL = Qt.KeyboardModifier.ControlModifier


MOST_TICKS = 60


class Typist(QObject):
    """Types into the file dialog that comes next and presses Enter; gives up rather than wait for ever."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.done, self._typed, self._ticks = text, False, False, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(100)

    def _look(self) -> None:
        self._ticks += 1
        dialog = next((box for box in QApplication.topLevelWidgets() if isinstance(box, QFileDialog)), None)
        if dialog is None or not dialog.isVisible():
            if self._typed or self._ticks > MOST_TICKS:
                self._timer.stop()
                self.done = self._typed
            return
        if self._ticks > MOST_TICKS:
            dialog.reject()
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        if not self._typed:
            self._typed = True
            QTest.keyClick(line, Qt.Key.Key_A, CTRL)
            QTest.keyClicks(line, self.text)
        QTest.keyClick(line, Qt.Key.Key_Return)


def activate(window: MainWindow, qtbot: QtBot) -> None:
    """What a window manager does when a dialog closes; the virtual display has none."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)


def test_from_opening_files_to_a_saved_structure(
    window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle, sample: Sample, tmp_path: Path
):
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    activate(window, qtbot)
    opening = Typist(f'"{sample.map_path}" "{sample.structures[0].path}"')
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL)
    qtbot.waitUntil(lambda: opening.done, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    wait_idle(window)
    activate(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(window.document.session.fits), timeout=2 * WAIT_MS)
    wait_idle(window)
    table = window.clusters_panel.table
    qtbot.waitUntil(table.hasFocus, timeout=WAIT_MS)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    item = window.document.session.structures[0]
    assert item.placed_by is not None
    assert item.placed_by.index == 1
    saving = Typist(str(tmp_path / "placed.cif"))
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: saving.done, timeout=WAIT_MS)
    wait_idle(window)
    matrix = window.document.session.standing(item)
    expected = item.structure.xyz @ matrix[:, :3].T + matrix[:, 3]
    np.testing.assert_allclose(read_structure(tmp_path / "placed.cif").xyz, expected, atol=0.002)
