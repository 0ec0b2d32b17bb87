"""Engine jobs in a thread of their own: events at most 25 times a second and always the last one, cancel at any time.

The worker puts events into a mailbox; a timer of the GUI thread empties it. So a fast job never floods the window, a
late event never meets a closed one, and every listener runs in the GUI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from app.priority import give_way
from difffit_core.errors import OUT_OF_MEMORY, DiffFitError
from difffit_core.events import Event, Job, Message, RoundEnded, RoundStarted, StageStarted

INTERVAL_MS = 40  # between two deliveries of events
ALL_MATTER = (Message, RoundStarted, RoundEnded)  # kinds of which a newer event replaces none


@dataclass(frozen=True)
class Finished:
    """The job returned."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """The job raised."""

    error: Exception


@dataclass(frozen=True)
class Cancelled:
    """The job was closed before its end."""


Outcome = Finished | Failed | Cancelled
MakeJob = Callable[[], Job[Any]]


class Mailbox:
    """Events on their way from the worker; within a stage a newer one of a kind replaces the older."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        """Leave an event (worker thread)."""
        with self._lock:
            self._events.append(event)

    def take(self) -> list[Event]:
        """The events since the last call that still matter, in their order (GUI thread)."""
        with self._lock:
            events, self._events = self._events, []
        return newest_of_each_kind(events)


def newest_of_each_kind(events: list[Event]) -> list[Event]:
    """Starts of stages, messages and rounds all, of advances and poses only the last one of each stage."""
    kept: list[Event] = []
    seen: set[type] = set()
    for event in reversed(events):
        kind = type(event)
        if kind is StageStarted:
            seen.clear()
        elif kind not in ALL_MATTER:
            if kind in seen:
                continue
            seen.add(kind)
        kept.append(event)
    return kept[::-1]


class Worker(QThread):
    """Runs one job to its end; the job is also made here, because making it may import torch or numba."""

    ended = Signal(object)  # Outcome

    def __init__(self, make_job: MakeJob, parent: QObject) -> None:
        super().__init__(parent)
        self._make_job = make_job
        self.mailbox = Mailbox()
        self.cancelled, self.going = Flag(), Flag()
        self.going.set()

    def run(self) -> None:
        """The body of the thread."""
        give_way()
        try:
            self.ended.emit(self._work())
        except MemoryError:
            self.ended.emit(Failed(DiffFitError(OUT_OF_MEMORY)))
        except Exception as error:
            self.ended.emit(Failed(error))

    def _work(self) -> Outcome:
        job = self._make_job()
        try:
            while not self.cancelled.is_set():
                self.mailbox.put(next(job))
                self.going.wait()  # not asking for the next event is what pauses a job
            return Cancelled()
        except StopIteration as end:
            return Finished(end.value)
        finally:
            job.close()


class JobRunner(QObject):
    """Runs one job at a time and tells the GUI thread about it; `ended` always comes, and comes last."""

    happened = Signal(object)  # Event
    ended = Signal(object)  # Outcome

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._worker is not None

    def start(self, make_job: MakeJob) -> None:
        """Start a job; listeners must be connected before."""
        if self._worker is not None:
            raise RuntimeError("a job is already running")
        self._worker = Worker(make_job, self)
        self._worker.ended.connect(self._end)
        self._worker.start(QThread.Priority.LowPriority)
        self._timer.start()

    def cancel(self) -> None:
        """Ask the running job to stop; `ended` follows as soon as it yields."""
        if self._worker is not None:
            self._worker.cancelled.set()
            self._worker.going.set()

    def pause(self) -> None:
        """Let the running job rest after its next event."""
        if self._worker is not None:
            self._worker.going.clear()

    def resume(self) -> None:
        """Let it go on."""
        if self._worker is not None:
            self._worker.going.set()

    def shut_down(self) -> None:
        """Cancel and wait: the interpreter must not end while a thread runs."""
        worker, self._worker = self._worker, None
        self._timer.stop()
        if worker is not None:
            worker.ended.disconnect(self._end)
            worker.cancelled.set()
            worker.going.set()
            worker.wait()

    @Slot()
    def _deliver(self) -> None:
        if self._worker is None:
            return
        for event in self._worker.mailbox.take():
            self.happened.emit(event)

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        worker = self._worker
        if worker is None:
            return
        self._deliver()
        self._timer.stop()
        worker.wait()
        worker.deleteLater()
        self._worker = None
        self.ended.emit(outcome)
