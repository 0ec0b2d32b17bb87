"""What tests do to a window again and again."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLineEdit, QMessageBox, QWidget

from app.main_window import MainWindow

WAIT_MS = 30_000


def dialogs(window: MainWindow) -> list[QMessageBox]:
    """The message boxes that are open."""
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def drop(target: QWidget, paths: list[Path]) -> bool:
    """Drag files over a widget and let go; returns whether the drag was accepted."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(200, 200), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, data, buttons, keys))
    return True


def choose_file(parent: QWidget, path: Path, kind: str | None = None) -> None:
    """Paste a path into the file dialog that is open and press Enter; `kind` is the filter to choose."""
    dialog = next(box for box in parent.findChildren(QFileDialog) if box.isVisible())
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    for _ in range(0 if kind is None else dialog.nameFilters().index(kind) - kinds.currentIndex()):
        QTest.keyClick(kinds, Qt.Key.Key_Down)
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    QApplication.clipboard().setText(str(path))  # keys exist for ASCII only
    for key in (Qt.Key.Key_A, Qt.Key.Key_V):
        QTest.keyClick(line, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(line, Qt.Key.Key_Return)


def press_button(parent: QWidget, name: str) -> None:
    """Click the visible button with this text, mnemonics and all left out."""
    buttons = [b for b in parent.findChildren(QAbstractButton) if b.isVisible() and b.text().replace("&", "") == name]
    assert len(buttons) == 1, f"{len(buttons)} buttons say {name}"
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def pixels(image: QImage) -> np.ndarray:
    """Red, green and blue of an image, [row, column, 3], 0 to 255."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3].astype(int)


def share_of_hue(image: np.ndarray, channel: int, *, lead: int) -> float:
    """Share of the pixels in which one channel leads both others by at least `lead`."""
    others = np.delete(image, channel, axis=2).max(axis=2)
    return float((image[:, :, channel] - others >= lead).mean())
