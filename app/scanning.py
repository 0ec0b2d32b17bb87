"""A scan in a thread of its own: the ranking as it grows, pause, and files that are whole whenever it stops."""

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from app.progress import describe_seconds, time_left
from app.scan_folder import keep_wish, write_results
from app.scan_progress import ScanProgress
from app.scan_table import ScanRequest, ScanTable, table_of
from difffit_core.events import Event, Job, Message, RankingChanged, StageStarted

if TYPE_CHECKING:
    from difffit_core.scan.runners import Runner

ScanEngine = Callable[[ScanRequest], Job[ScanTable]]
LISTED = "read library"  # the stage that begins once the folder has been opened


def engine_scan(request: ScanRequest, *, runner: "Runner | None" = None) -> Job[ScanTable]:
    """The engine's scan, with rankings as tables; imported in the worker, because it loads numba.

    Whenever it ends, the folder holds the ranking of what was found until then. `runner` searches the candidates, by
    default threads of this process.
    """
    from difffit_core.scan.case import ScanCase
    from difffit_core.scan.library import list_library
    from difffit_core.scan.output_folder import findings_of
    from difffit_core.scan.ranking import rank
    from difffit_core.scan.scan_library import scan_library

    case = ScanCase(request.map_path, request.settings, request.region, request.exclude)
    sources = list_library(request.library, request.folder / "library")
    last, begun = None, time.monotonic()
    try:
        with closing(scan_library(sources, case, request.folder, resume=True, runner=runner)) as job:
            for event in job:
                if isinstance(event, StageStarted) and event.name == LISTED:  # the folder is ours by now
                    keep_wish(request)
                last = event.ranking if isinstance(event, RankingChanged) else last
                yield RankingChanged(table_of(event.ranking)) if isinstance(event, RankingChanged) else event
    finally:
        if last is not None:
            seed = request.settings.seed
            known = last if last.complete else rank(findings_of(request.folder), seed, duplicates=last.duplicates)
            write_results(request, known, begun)
    assert last is not None  # the last event of a scan is its whole ranking
    return table_of(last)


class Scanning(QObject):
    """Scans one library at a time."""

    started = Signal(object)  # ScanRequest
    progressed = Signal(str, float)  # what is being done, share 0 to 1
    found = Signal(object)  # ScanTable as it stands
    paused = Signal(bool)
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    ended = Signal()

    def __init__(self, engine: ScanEngine = engine_scan) -> None:
        super().__init__()
        self.engine = engine
        self._runner = JobRunner(self)
        self._runner.happened.connect(self._take)
        self._runner.ended.connect(self._end)
        self.request: ScanRequest | None = None  # of the scan that runs, or ran last
        self.resting = False  # paused
        self._progress, self._clock = ScanProgress("fast"), Clock()

    @property
    def busy(self) -> bool:
        """Whether a scan is under way, paused or not."""
        return self._runner.busy

    def start(self, request: ScanRequest) -> None:
        """Scan what the form asks for; a folder that holds a part of it already is gone on with."""
        if self.busy:
            return
        self.request, self.resting = request, False
        self._progress, self._clock = ScanProgress(request.settings.preset), Clock()
        self._runner.start(partial(self.engine, request))
        self.message.emit(f"Scanning into {request.folder} …", "info")
        self.started.emit(request)

    def pause(self) -> None:
        """Rest; candidates that are being searched are finished."""
        self._rest(True)
        self._runner.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self._rest(False)
        self._runner.resume()

    def cancel(self) -> None:
        """Stop; what was found is kept in the folder, and can be gone on with."""
        self._runner.cancel()

    def shut_down(self) -> None:
        """Cancel and wait for the thread."""
        self._runner.shut_down()

    def _rest(self, resting: bool) -> None:
        if self.busy and resting != self.resting:
            self.resting = resting
            self._clock.rest(resting)
            self.paused.emit(resting)
            self._say_progress()

    def _take(self, event: Event) -> None:
        self._progress = self._progress.after(event)
        if isinstance(event, Message):
            self.message.emit(event.text, "info")
        elif isinstance(event, RankingChanged):
            self.found.emit(event.ranking)
        self._say_progress()

    def _say_progress(self) -> None:
        fraction = self._progress.fraction
        left = "paused" if self.resting else time_left(fraction, self._clock.seconds)
        self.progressed.emit(" · ".join(part for part in (self._progress.text, left) if part), fraction)

    def _end(self, outcome: Outcome) -> None:
        seconds = describe_seconds(self._clock.seconds)
        self.resting = False
        match outcome:
            case Finished(table):
                self.found.emit(table)
                self.message.emit(f"Scanned {len(table.ranked)} candidates in {seconds}.", "info")
            case Failed(error):
                self.failed.emit(error)
            case Cancelled():
                self.message.emit(f"The scan was stopped after {seconds}; what was found is kept.", "warning")
        self.ended.emit()


class Clock:
    """The time that a scan has run, pauses left out."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = time.monotonic()

    @property
    def seconds(self) -> float:
        """Up to now."""
        return self._before + (time.monotonic() - self._since if self._since is not None else 0.0)

    def rest(self, resting: bool) -> None:
        """Stand still, or go on."""
        self._before, self._since = self.seconds, None if resting else time.monotonic()
