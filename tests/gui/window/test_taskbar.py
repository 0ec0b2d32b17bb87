"""Progress on the program's icon, on every platform as far as it can be known here."""

import ctypes
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from ctypes import POINTER, c_int, c_uint64, c_void_p

import pytest

from app.main_window import MainWindow
from app.shell.taskbar import Badge, TaskbarProgress
from app.shell.taskbar_windows import NO_PROGRESS, NORMAL, SET_STATE, SET_VALUE, TaskbarButton
from difffit_core.document.commands import AddMap, AddStructure
from tests.document.items import make_map, make_structure_item
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit

SAY = """
from PySide6.QtCore import QCoreApplication
from app.shell.taskbar import LauncherEntry
application = QCoreApplication([])
entry = LauncherEntry("difffit")
entry.show(42)
entry.clear()
"""


class Recorded:
    """An icon that remembers."""

    def __init__(self) -> None:
        self.shown: list[int | None] = []

    def show(self, percent: int) -> None:
        self.shown.append(percent)

    def clear(self) -> None:
        self.shown.append(None)


def test_only_whole_percents_are_shown_and_nothing_remains():
    icon = Recorded()
    taskbar = TaskbarProgress(icon)
    for step in range(1001):
        taskbar.show(step / 1000)
    taskbar.clear()
    taskbar.clear()
    assert icon.shown == [*range(101), None]


def test_platform_without_an_icon_is_fine():
    taskbar = TaskbarProgress(None)
    taskbar.show(0.5)
    taskbar.clear()


def test_badge_is_there_from_the_beginning_and_gone_at_the_end():
    numbers: list[int] = []
    badge = Badge(numbers.append)
    for percent in (0, 50, 100):
        badge.show(percent)
    badge.clear()
    assert numbers == [1, 50, 100, 0]


def test_fit_shows_its_progress_on_the_icon(make_window: MakeWindow, wait_idle: Callable[[MainWindow], None]):
    window = make_window(engine(stepping_fit(0.01, steps=60)))
    icon = Recorded()
    window.fits.taskbar = TaskbarProgress(icon)
    window.document.do(AddMap(make_map("m")))
    window.document.do(AddStructure(make_structure_item("s")))
    window.start_fit()
    wait_idle(window)
    *percents, last = icon.shown
    assert last is None
    assert percents == sorted(set(percents), key=lambda percent: percent or 0)
    assert len(percents) > 3


@pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")
@pytest.mark.skipif(sys.platform != "linux", reason="launchers listen to D-Bus on Linux")
def test_launchers_on_the_session_bus_hear_of_it(monkeypatch: pytest.MonkeyPatch):
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address", "--nofork"], stdout=subprocess.PIPE, text=True
    ) as bus:
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        with subprocess.Popen(["dbus-monitor", "--session"], stdout=subprocess.PIPE, text=True) as monitor:
            time.sleep(0.3)
            subprocess.run([sys.executable, "-c", SAY], check=True, timeout=60)
            time.sleep(0.3)
            monitor.terminate()
            heard = monitor.communicate(timeout=10)[0]
        bus.terminate()
    said = heard[heard.index("interface=com.canonical.Unity.LauncherEntry; member=Update") :]
    first, second = said.split("member=Update")[1:3]
    assert "application://difffit.desktop" in first
    assert "double 0.42" in first
    assert "boolean true" in first
    assert "boolean false" in second


class FakeTaskbar:
    """An object as COM lays it out: a pointer to a table of functions, each of which gets the object first."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, tuple[int, ...]]] = []
        self._functions = {
            SET_VALUE: ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint64, c_uint64)(self._set_value),
            SET_STATE: ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)(self._set_state),
        }
        table = (c_void_p * 21)()
        for place, function in self._functions.items():
            table[place] = ctypes.cast(function, c_void_p).value
        self._table = ctypes.cast(table, c_void_p)
        self._keep, self._object = table, POINTER(c_void_p)(self._table)

    @property
    def pointer(self) -> c_void_p:
        return ctypes.cast(self._object, c_void_p)

    def _set_value(self, this: int, window: int, done: int, total: int) -> int:
        self.calls.append(("value", window, (done, total)))
        return 0

    def _set_state(self, this: int, window: int, state: int) -> int:
        self.calls.append(("state", window, (state,)))
        return 0


def test_windows_button_is_filled_and_emptied():
    taskbar, handle = FakeTaskbar(), 0x7FFF_1234_5678
    button = TaskbarButton(taskbar.pointer, handle)
    button.show(42)
    button.clear()
    assert taskbar.calls == [
        ("state", handle, (NORMAL,)),
        ("value", handle, (42, 100)),
        ("state", handle, (NO_PROGRESS,)),
    ]
