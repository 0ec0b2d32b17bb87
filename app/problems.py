"""Dialogs for what went wrong: sentences for the user's errors, details to copy for ours."""

import traceback

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

MOST_SENTENCES = 8  # shown at once; the log has them all


def show_sentences(parent: QWidget, title: str, sentences: list[str]) -> QMessageBox:
    """Errors that the user can understand and act on; the window goes on behind the dialog."""
    shown = sentences[:MOST_SENTENCES]
    if len(sentences) > len(shown):
        shown.append(f"… and {len(sentences) - len(shown)} more, see the log.")
    box = _box(parent, QMessageBox.Icon.Warning, title)
    box.setInformativeText("\n\n".join(shown))
    box.open()
    return box


def show_crash(parent: QWidget, title: str, error: BaseException) -> QMessageBox:
    """An error of ours: what happened, and the details to copy into a report."""
    details = "".join(traceback.format_exception(error))
    box = _box(parent, QMessageBox.Icon.Critical, title)
    box.setInformativeText(
        f"{type(error).__name__}: {error}\n\nThis is a fault of DiffFit. Your data is untouched; please copy the "
        "details into a report."
    )
    copy = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()  # pressing it must not close the dialog
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
    box.open()
    return box


def _box(parent: QWidget, icon: QMessageBox.Icon, title: str) -> QMessageBox:
    box = QMessageBox(icon, "DiffFit", title, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
