"""Tells the user who looks elsewhere that a long job has ended."""

from time import monotonic

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from app.icons import program_icon
from app.preferences import Preferences

LONG = 10.0  # seconds: nobody looks away for less
SHOWN_MS = 10_000


class Notices:
    """Marks the window in the task bar and, where the desktop has a tray, shows a notice."""

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        self._window, self._preferences = window, preferences
        self._begun = 0.0
        self._tray: QSystemTrayIcon | None = None

    def begin(self) -> None:
        """A job begins."""
        self._begun = monotonic()

    def end(self, sentence: str) -> bool:
        """A job has ended; returns whether the user was told."""
        wanted = self._preferences.flag("notify", True)
        if not wanted or self._window.isActiveWindow() or monotonic() - self._begun < LONG:
            return False
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(program_icon(), self._window)
            self._tray.show()
            self._tray.showMessage("DiffFit", sentence, program_icon(), SHOWN_MS)
            QTimer.singleShot(SHOWN_MS, self._window, self.clear)
        return True

    def clear(self) -> None:
        """Take the notice's icon away."""
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None
