"""Dialogs for what went wrong: sentences for the user's errors, details to copy for ours."""

import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from difffit_core.errors import DiffFitError

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


def show_crash(parent: QWidget, title: str, error: BaseException, kept: Path | None = None) -> QMessageBox:
    """An error of ours: what happened, the details to copy into a report, and where they are `kept`."""
    details = "".join(traceback.format_exception(error))
    box = _box(parent, QMessageBox.Icon.Critical, title)
    box.setInformativeText(
        f"{type(error).__name__}: {error}\n\nThis is a fault of DiffFit. Your data is untouched; please copy the "
        f"details into a report.{f' They are kept in {kept} and go nowhere by themselves.' if kept else ''}"
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


class Problems(QObject):
    """Everything that can go wrong, written to the log and shown."""

    noted = Signal(str, str)  # sentence, kind

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.keep_report: Callable[[BaseException], Path | None] = lambda _: None  # the program writes them to a folder

    def show_refused_files(self, sentences: list[str]) -> None:
        """Files that cannot be opened; the log has them already."""
        title = "A file cannot be opened." if len(sentences) == 1 else f"{len(sentences)} files cannot be opened."
        show_sentences(self._window, title, sentences)

    def show_refused_fetch(self, sentences: list[str]) -> None:
        """Entries that cannot be fetched; the log has them already."""
        show_sentences(self._window, "That could not be fetched.", sentences)

    def show_failed_fit(self, error: Exception) -> None:
        """A fit that cannot be carried out."""
        self._show("The fit cannot be carried out.", error)

    def show_error(self, error: Exception) -> None:
        """Anything that was asked for and cannot be done."""
        self._show("That did not work.", error)

    def show_unexpected(self, error: Exception) -> None:
        """An error of ours: note it and offer its details."""
        self.noted.emit(f"{type(error).__name__}: {error}", "error")
        show_crash(self._window, "Something went wrong.", error, self.keep_report(error))

    def _show(self, title: str, error: Exception) -> None:
        if isinstance(error, DiffFitError):
            self.noted.emit(str(error), "error")
            show_sentences(self._window, title, [str(error)])
        else:
            self.show_unexpected(error)
