"""Work beside the window: one thread of ours, one pending request per key, the latest wins."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QThread, Signal

Cancelled = Callable[[], bool]
Work = Callable[[Cancelled], Any]  # looks at its argument now and then and returns early when it says True


class Background(QThread):
    """Runs requests in the order in which their keys came; a newer request of a key replaces the older one.

    Answers arrive by signal in the window's thread; whoever listens asks `is_latest` whether the answer still counts.
    """

    answered = Signal(str, int, object)  # key, ticket, result
    failed = Signal(str, int, object)  # key, ticket, exception

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[int, Work]] = {}
        self._latest: dict[str, int] = {}
        self._tickets = 0
        self._stopping = False

    def submit(self, key: str, work: Work) -> int:
        """Ask for work; whatever was asked before with this key is dropped, even if it has begun."""
        with self._changed:
            self._tickets += 1
            self._latest[key] = self._tickets
            self._waiting[key] = (self._tickets, work)
            self._changed.notify()
            return self._tickets

    def drop(self, key: str) -> None:
        """Forget what was asked with this key."""
        with self._changed:
            self._waiting.pop(key, None)
            self._latest.pop(key, None)

    def is_latest(self, key: str, ticket: int) -> bool:
        """Whether nothing newer was asked with this key, and it was not dropped."""
        return self._latest.get(key) == ticket

    def done(self, key: str) -> None:
        """The answer has been used."""
        with self._changed:
            self._latest.pop(key, None)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._latest)

    def stop(self) -> None:
        """Cancel everything and wait for the thread to end."""
        with self._changed:
            self._stopping = True
            self._waiting.clear()
            self._latest.clear()
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """The thread's loop."""
        while (request := self._next_request()) is not None:
            key, ticket, work = request
            try:
                result = work(partial(self._is_outdated, key, ticket))
            except Exception as error:  # handed to the window's thread, which decides what to say
                self.failed.emit(key, ticket, error)
            else:
                self.answered.emit(key, ticket, result)

    def _is_outdated(self, key: str, ticket: int) -> bool:
        return not self.is_latest(key, ticket)

    def _next_request(self) -> tuple[str, int, Work] | None:
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            if self._stopping:
                return None
            key = next(iter(self._waiting))
            ticket, work = self._waiting.pop(key)
            return key, ticket, work
