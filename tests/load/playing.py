"""A window that a monkey plays with, and what must be as before when it has gone."""

import gc
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app.main_window import MainWindow
from tests.load.monkey import Monkey


@dataclass
class Faults:
    """Exceptions that nobody caught, as they would be printed."""

    traces: list[str] = field(default_factory=list)

    def note(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        self.traces.append("".join(traceback.format_exception(kind, error, trace)))


@contextmanager
def watched() -> Iterator[Faults]:
    """Collects what would otherwise be printed: of slots, of threads, of destructors."""
    faults = Faults()
    hooks: tuple[Any, ...] = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    sys.excepthook = faults.note
    threading.excepthook = lambda args: faults.note(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: faults.note(args.exc_type, args.exc_value, args.exc_traceback)
    try:
        yield faults
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


@dataclass(frozen=True)
class Held:
    """What a window holds of the machine: threads by name, and objects on the graphics card."""

    threads: tuple[str, ...]
    drawn: int


def held_by(window: MainWindow) -> Held:
    """Count now, with nothing under way."""
    gc.collect()
    canvas = window.viewport._stage._canvas
    drawn = len(canvas.context.shared.parser._objects) if canvas is not None else 0
    return Held(tuple(sorted(thread.name for thread in threading.enumerate())), drawn)


def empty(window: MainWindow) -> None:
    """Leave every dialog, cancel everything, close all files."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for dialog in [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog)]:
        dialog.close()
    controller = window.controller
    while controller.busy:
        controller.fitting.cancel()
        controller.composing.cancel()
        controller.project.cancel_saving()
        settle()
    controller.project.begin()
    settle()
    window.viewport._stage.redraw()  # what was freed goes from the graphics card with the next frame
    QTest.qWait(300)


def settle() -> None:
    """Let everything happen that is due."""
    for _ in range(5):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def play(window: MainWindow, files: Sequence[Path], events: int, seed: int, *, most_seconds: float) -> Monkey:
    """Random events from within the event loop, so that dialogs and menus with loops of their own are played with."""
    monkey, loop = Monkey(window, files, seed), QEventLoop()

    def next_one() -> None:
        if monkey.done.total() >= events:
            loop.quit()
            return
        QTimer.singleShot(monkey.pause(), next_one)  # before the event, which may not return for a while
        monkey.play()

    QTimer.singleShot(0, next_one)
    QTimer.singleShot(int(1000 * most_seconds), loop.quit)
    loop.exec()
    return monkey
