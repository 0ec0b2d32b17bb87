"""Fetches by id in threads of their own; what has come is opened."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from difffit_core.errors import DiffFitError
from difffit_core.events import Event, Job, Message, StageAdvanced, StageStarted

FetchById = Callable[[str], Job[Path]]


def engine_fetch(text: str) -> Job[Path]:
    """The real one; imported in the worker."""
    from difffit_core.files.fetch import fetch

    return (yield from fetch(text))


class Fetching(QObject):
    """Runs a job for every id that was asked for."""

    fetched = Signal(object)  # Path
    progressed = Signal(str, str, float)  # id, text, fraction
    ended = Signal(str)  # id
    message = Signal(str, str)  # sentence, kind
    refused = Signal(list)  # sentences
    crashed = Signal(object)  # Exception

    def __init__(self, engine: FetchById = engine_fetch) -> None:
        super().__init__()
        self.engine = engine
        self._running: dict[str, JobRunner] = {}
        self._expected: dict[str, int] = {}  # kilobytes

    @property
    def busy(self) -> bool:
        """Whether anything is being fetched."""
        return bool(self._running)

    def start(self, ids: list[str]) -> None:
        """Fetch these; an id that is being fetched is not fetched twice."""
        for text in ids:
            if text not in self._running:
                runner = JobRunner(self)
                runner.happened.connect(partial(self._take, text))
                runner.ended.connect(partial(self._end, text))
                self._running[text] = runner
                self.progressed.emit(text, f"Fetching {text}", 0.0)
                runner.start(partial(self.engine, text))

    def cancel(self, text: str) -> None:
        """Stop fetching this."""
        if text in self._running:
            self._running[text].cancel()

    def shut_down(self) -> None:
        """Cancel and wait for every thread."""
        for runner in self._running.values():
            runner.shut_down()
        self._running.clear()

    def _take(self, text: str, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._expected[text] = event.steps
        elif isinstance(event, Message):
            self.message.emit(event.text, "info")
        elif isinstance(event, StageAdvanced):
            expected = self._expected.get(text, 0)
            share = min(1.0, event.step / expected) if expected else 0.0
            self.progressed.emit(text, f"Fetching {text} · {event.step / 1024:.1f} MB", share)

    def _end(self, text: str, outcome: Outcome) -> None:
        runner = self._running.pop(text)
        runner.deleteLater()
        self.ended.emit(text)
        match outcome:
            case Finished(path):
                self.fetched.emit(path)
            case Cancelled():
                self.message.emit(f"Fetching {text} was cancelled.", "warning")
            case Failed(DiffFitError() as error):
                self.message.emit(str(error), "error")
                self.refused.emit([str(error)])
            case Failed(error):
                self.crashed.emit(error)
