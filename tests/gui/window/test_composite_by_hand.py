"""The published composite by hand, with mouse and keys only: fit, accept two, remove, fit the rest, accept, export."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.shell.export_dialog import ExportDialog
from difffit_core.document.copies import CopyItem
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from tests.gui.window.helpers import WAIT_MS, drop, press_button

FIT_MS = 240_000  # two seconds on an idle machine; this one may be shared
WaitIdle = Callable[[MainWindow], None]
CTRL, SHIFT, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


class User:
    """Somebody with a mouse and a keyboard, who waits until the window is ready."""

    def __init__(self, window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle) -> None:
        self.window, self.qtbot, self.wait_idle = window, qtbot, wait_idle

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press keys while the window has the keyboard."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=WAIT_MS)
        self.qtbot.keyClick(self.window, key, modifiers)
        QApplication.processEvents()

    def choose(self, menu_title: str, text: str) -> None:
        """Click on an entry of a menu."""
        menus = self.window.findChildren(QMenu)
        menu = next(menu for menu in menus if menu.title().replace("&", "") == menu_title)
        action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
        menu.popup(QPoint(50, 50))
        self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    def tick_only(self, name: str) -> None:
        """Click the boxes of the structures to fit until only this one is ticked."""
        panel = self.window.fit_panel
        panel.structures.setFocus()
        for row in range(panel.structures.count()):
            item = panel.structures.item(row)
            if (item.text() == name) != (item.checkState() == Qt.CheckState.Checked):
                panel.structures.setCurrentItem(item)
                self.qtbot.keyClick(panel.structures, Qt.Key.Key_Space)
        assert panel.ticked == 1

    def fit(self) -> None:
        """Press F5 and wait for the result."""
        before = len(self.window.document.session.fits)
        self.press(Qt.Key.Key_F5)
        self.qtbot.waitUntil(lambda: self.window.controller.fitting.busy, timeout=WAIT_MS)
        self.qtbot.waitUntil(lambda: len(self.window.document.session.fits) == before + 1, timeout=FIT_MS)
        self.wait_idle(self.window)

    def accept_two(self) -> list[CopyItem]:
        """Accept the best two rows."""
        before = len(self.window.document.session.copies)
        self.press(Qt.Key.Key_Return, CTRL)
        self.press(Qt.Key.Key_Down, ALT)
        self.press(Qt.Key.Key_Return, CTRL)
        return list(self.window.document.session.copies[before:])


def which_truth(window: MainWindow, copy: CopyItem, sample: Sample) -> int:
    """Number of the true placement that a copy stands in, within the sample's own tolerance."""
    item = window.document.session.find_structure(copy.structure)
    assert item is not None
    truth, xyz = sample.structure(item.path.stem), item.structure.xyz
    here = xyz @ copy.matrix[:, :3].T + copy.matrix[:, 3]
    away = [np.sqrt(((here - xyz @ t[:, :3].T - t[:, 3]) ** 2).sum(axis=1).mean()) for t in truth.map_from_model]
    assert min(away) < truth.rmsd, f"{copy.name} is {min(away):.2f} Å from its nearest true place"
    return int(np.argmin(away))


def test_two_rounds_by_hand(
    window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle, sample: Sample, tmp_path: Path
) -> None:
    user, document = User(window, qtbot, wait_idle), window.document
    user.choose("File", "Open Sample")
    qtbot.waitUntil(lambda: len(document.session.structures) == 1, timeout=WAIT_MS)
    assert drop(window, [sample.structure("B").path])
    qtbot.waitUntil(lambda: len(document.session.structures) == 2, timeout=WAIT_MS)
    wait_idle(window)
    opened = document.session.maps[0]
    press_button(window.fit_panel, "Fast")

    user.tick_only("A.pdb")
    user.fit()
    first = user.accept_two()
    assert sorted(which_truth(window, copy, sample) for copy in first) == [0, 1]

    user.press(Qt.Key.Key_A, CTRL | SHIFT)
    table = window.assembly_panel.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_A, CTRL)
    assert len(window.assembly_panel.chosen) == 2
    user.press(Qt.Key.Key_D, CTRL | ALT)
    preview = window.assembly.density.preview
    qtbot.waitUntil(lambda: preview.preview is not None, timeout=WAIT_MS)
    press_button(window.assembly_panel.density, "Remove density")
    qtbot.waitUntil(lambda: len(document.session.maps) == 2, timeout=WAIT_MS)
    rest = document.session.maps[1]
    assert window.fit_panel.map.currentText() == rest.name
    removed = [document.session.find_copy(removal.copy) for removal in rest.removals]
    assert [copy.name for copy in removed if copy is not None] == [copy.name for copy in first]

    user.tick_only("B.pdb")
    user.fit()
    assert document.session.fits[-1].map == rest.key
    second = user.accept_two()
    assert sorted(which_truth(window, copy, sample) for copy in second) == [0, 1]

    export(user, tmp_path / "out")
    written = read_structure(tmp_path / "out" / "assembly.cif")
    assert len(set(written.chain)) == 4
    expected = np.concatenate([placed(window, copy) for copy in document.session.copies])
    np.testing.assert_allclose(written.xyz, expected, atol=0.002)
    assert (tmp_path / "out" / "assembly.json").is_file()

    while document.history.past:
        document.undo()
    assert document.session.maps == ()
    while document.history.future and not document.session.copies:
        document.redo()
    assert document.session.maps[0].volume is opened.volume


def placed(window: MainWindow, copy: CopyItem) -> np.ndarray:
    """Where the atoms of a copy are."""
    item = window.document.session.find_structure(copy.structure)
    assert item is not None
    return item.structure.xyz @ copy.matrix[:, :3].T + copy.matrix[:, 3]


def export(user: User, folder: Path) -> None:
    """Write the assembly into this folder."""
    user.press(Qt.Key.Key_E, CTRL | SHIFT)
    dialog = user.window.findChild(ExportDialog)
    assert dialog is not None
    line: QLineEdit = dialog.folder
    line.selectAll()
    user.qtbot.keyClicks(line, str(folder))
    press_button(dialog, "Export")
    user.wait_idle(user.window)
