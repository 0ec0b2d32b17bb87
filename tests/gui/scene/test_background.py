"""Work beside the window: the latest request wins, and the thread ends when told to."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from app.scene.background import Background, Cancelled


class Listener(QObject):
    """Collects answers in the window's thread."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.answers: list[object] = []
        self.errors: list[Exception] = []
        background.answered.connect(self.keep)
        background.failed.connect(self.keep_error)

    @Slot(str, int, object)
    def keep(self, key: str, ticket: int, result: object) -> None:
        if self._background.is_latest(key, ticket):
            self._background.done(key)
            self.answers.append(result)

    @Slot(str, int, object)
    def keep_error(self, key: str, ticket: int, error: Exception) -> None:
        self._background.done(key)
        self.errors.append(error)


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    worker = Background()
    worker.start()
    yield worker
    worker.stop()


def test_newer_request_of_a_key_replaces_the_older(background: Background, qtbot: QtBot) -> None:
    listener, begun, gate = Listener(background), threading.Event(), threading.Event()
    seen: list[bool] = []

    def slow(cancelled: Cancelled) -> str:
        begun.set()
        gate.wait(10)
        seen.append(cancelled())
        return "old"

    background.submit("a", slow)
    assert begun.wait(10)
    background.submit("a", lambda cancelled: "never run")
    background.submit("a", lambda cancelled: "new")
    background.submit("b", lambda cancelled: "other")
    gate.set()
    qtbot.waitUntil(lambda: not background.busy, timeout=10_000)
    assert listener.answers == ["new", "other"]
    assert seen == [True]  # the one that was under way could tell that nobody waits for it


def test_dropped_request_is_not_answered(background: Background, qtbot: QtBot) -> None:
    listener, gate = Listener(background), threading.Event()
    background.submit("a", lambda cancelled: gate.wait(10))
    background.drop("a")
    assert not background.busy
    gate.set()
    background.submit("b", lambda cancelled: "kept")
    qtbot.waitUntil(lambda: not background.busy, timeout=10_000)
    assert listener.answers == ["kept"]


def test_failure_is_handed_over_and_the_thread_goes_on(background: Background, qtbot: QtBot) -> None:
    listener = Listener(background)
    background.submit("a", lambda cancelled: 1 // 0)
    background.submit("b", lambda cancelled: "fine")
    qtbot.waitUntil(lambda: not background.busy, timeout=10_000)
    assert [type(error) for error in listener.errors] == [ZeroDivisionError]
    assert listener.answers == ["fine"]


def test_stop_ends_the_thread_even_when_it_is_waiting(qtbot: QtBot) -> None:
    worker = Background()
    worker.start()
    worker.stop()
    assert worker.isFinished()
