"""A small pool for short work off the GUI thread: reading and writing files, histograms."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.priority import give_way

THREADS = 3  # two for files, one for the engine's warm-up


class Tasks(QObject):
    """Runs plain functions in the pool; `on_result` and `on_error` are called in the GUI thread."""

    _done = Signal(int)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="tasks", initializer=give_way)
        self._running: dict[int, tuple[Future[Any], Callable[[Any], None], Callable[[Exception], None]]] = {}
        self._last = 0
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._running)

    def submit(
        self, work: Callable[[], Any], *, on_result: Callable[[Any], None], on_error: Callable[[Exception], None]
    ) -> None:
        """Run `work` in the pool; nothing happens once the program is closing."""
        if self._closed:
            return
        self._last += 1
        number = self._last
        future = self._pool.submit(work)
        self._running[number] = (future, on_result, on_error)
        future.add_done_callback(lambda _: self._announce(number))

    def shut_down(self) -> None:
        """Drop what has not begun, wait for what has."""
        self._closed = True
        self._running.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _announce(self, number: int) -> None:
        """Runs in the pool's thread; the signal crosses over to ours."""
        self._done.emit(number)

    @Slot(int)
    def _deliver(self, number: int) -> None:
        if number not in self._running:
            return
        future, on_result, on_error = self._running.pop(number)
        error = future.exception()
        if error is None:
            on_result(future.result())
        elif isinstance(error, Exception):
            on_error(error)
        if not self._running:
            self.idle.emit()
