"""Garbage is collected in the window's thread only, as often as it is needed, and memory goes back to the system."""

import gc
import sys
import threading
from collections.abc import Iterator

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QThread
from pytestqt.qtbot import QtBot

from app.garbage import GarbageCollector
from app.memory import give_back, use_few_heaps
from difffit_core.document.commands import AddMap
from tests.document.items import make_map
from tests.gui.window.conftest import MakeWindow


class Knot:
    """Refers to itself, so that only a collection frees it; says in which thread that was."""

    freed_in: list[int] = []  # noqa: RUF012 # of all of them

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.freed_in.append(threading.get_ident())


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Knot.freed_in.clear()
    yield
    gc.enable()


def make_knots(count: int = 50_000) -> None:
    for _ in range(count):
        Knot()


def test_worker_that_makes_garbage_never_collects_it(qtbot: QtBot):
    collector = GarbageCollector(lambda: False)
    collector.begin()
    worker = QThread()
    worker.run = make_knots  # type: ignore[method-assign]
    worker.start()
    qtbot.waitUntil(worker.isFinished, timeout=10_000)
    assert set(Knot.freed_in) <= {threading.get_ident()}
    qtbot.waitUntil(lambda: len(Knot.freed_in) == 50_000, timeout=10_000)
    assert set(Knot.freed_in) == {threading.get_ident()}
    collector.end()
    assert gc.isenabled()


def test_busy_window_is_spared_full_collections(monkeypatch: pytest.MonkeyPatch):
    busy, collected = [True], list[int]()
    monkeypatch.setattr(gc, "get_count", lambda: (800, 20, 20))
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "collect", lambda age: collected.append(age))
    collector = GarbageCollector(lambda: busy[0])
    collector.look()
    busy[0] = False
    collector.look()
    assert collected == [1, 2]


def test_window_takes_over_and_gives_back(make_window: MakeWindow):
    window = make_window()
    assert not gc.isenabled()
    window.close()
    QCoreApplication.processEvents()
    assert gc.isenabled()


def test_memory_goes_back_after_something_was_closed(make_window: MakeWindow, qtbot: QtBot, monkeypatch):
    window = make_window()
    calls: list[int] = []
    monkeypatch.setattr("app.memory.give_back", lambda: calls.append(1))
    window.document.do(AddMap(make_map("m")))
    qtbot.wait(700)
    assert calls == []
    window.files.close_all()
    qtbot.waitUntil(lambda: calls == [1], timeout=3000)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system takes it back")
def test_freed_pieces_go_back_to_the_system():
    pieces = [np.full(6000, 1.0) for _ in range(4000)]  # 48 kB each: too small for maps of their own
    held = psutil.Process().memory_info().rss
    pieces = pieces[-1:]
    if not (use_few_heaps() and give_back()):
        pytest.skip("this C library cannot be asked")
    assert psutil.Process().memory_info().rss < held - 100e6
