"""Progress of a long job on the program's icon: task bar (Windows), dock (macOS), launcher (Linux desktops).

Qt 6 has nothing for progress, so each platform has a part of its own here; where there is none, nothing is shown.
"""

import os
import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

LAUNCHER = "com.canonical.Unity.LauncherEntry"  # what Plasma, Unity, Dash to Dock and others listen to
LAUNCHER_PATH = "/org/difffit/DiffFit/launcher"


class Icon(Protocol):
    """A platform's way to draw on the program's icon."""

    def show(self, percent: int) -> None: ...
    def clear(self) -> None: ...


class TaskbarProgress:
    """Shows a share of the work as whole percents, and only when they change."""

    def __init__(self, icon: Icon | None) -> None:
        self._icon = icon
        self._shown: int | None = None

    @classmethod
    def of(cls, window: QWidget) -> "TaskbarProgress":
        """For this window on this platform; call it once the window is visible."""
        return cls(_icon_of(window))

    def show(self, fraction: float) -> None:
        """Show a share of the work, 0 to 1."""
        percent = round(100 * min(1.0, max(0.0, fraction)))
        if self._icon is not None and percent != self._shown:
            self._shown = percent
            self._icon.show(percent)

    def clear(self) -> None:
        """Nothing runs any more."""
        if self._icon is not None and self._shown is not None:
            self._shown = None
            self._icon.clear()


def _icon_of(window: QWidget) -> Icon | None:
    platform = QGuiApplication.platformName()
    if sys.platform == "win32" and platform == "windows":
        from app.shell.taskbar_windows import TaskbarButton

        return TaskbarButton.of(int(window.winId()))
    if sys.platform == "darwin" and platform == "cocoa":
        return Badge(QGuiApplication.setBadgeNumber)
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):  # without it Qt would try to start a bus of its own
        return LauncherEntry(QGuiApplication.desktopFileName())
    return None


class Badge:
    """A number on the dock's icon: percents."""

    def __init__(self, set_number: Callable[[int], None]) -> None:
        self._set_number = set_number

    def show(self, percent: int) -> None:
        """Show it; no badge at all would mean that nothing runs."""
        self._set_number(max(percent, 1))

    def clear(self) -> None:
        """No badge."""
        self._set_number(0)


class LauncherEntry:
    """Tells launchers over the session's D-Bus, by Unity's protocol."""

    def __init__(self, desktop_file: str) -> None:
        """`desktop_file`: name without ending of the desktop entry that the launcher shows."""
        self._address = f"application://{desktop_file}.desktop"

    def show(self, percent: int) -> None:
        """A bar on the icon."""
        self._say({"progress": percent / 100, "progress-visible": True})

    def clear(self) -> None:
        """No bar."""
        self._say({"progress": 0.0, "progress-visible": False})

    def _say(self, properties: dict[str, float | bool]) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage

        message = QDBusMessage.createSignal(LAUNCHER_PATH, LAUNCHER, "Update")
        message.setArguments([self._address, properties])
        QDBusConnection.sessionBus().send(message)
