"""Fitting structures one after the other: a job for each, its events passed on, its result kept by a command."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from app.panels.fit import FitRequest
from app.progress import Progress, describe_seconds, time_left
from app.tasks import Tasks
from difffit_core.data.poses import Poses
from difffit_core.data.region import Region
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddFit
from difffit_core.document.session import FitItem, new_key
from difffit_core.events import Event, Job, Message, PosesImproved, run
from difffit_core.settings import FitSettings


def engine_inside(structure: Structure, volume: Volume, settings: FitSettings, region: Region) -> Job[FitResult]:
    """The engine's fit in a part of the map."""
    from difffit_core.fit.fit_structure import fit_structure

    return (yield from fit_structure(structure, volume, settings, region=region))


@dataclass(frozen=True)
class FitEngine:
    """What computes: the fit itself, and what makes a result of a cancelled one."""

    fit: Callable[[Structure, Volume, FitSettings], Job[FitResult]]
    keep: Callable[[Structure, Volume, FitSettings, PosesImproved], FitResult]
    near: Callable[[Structure, Volume, FitSettings, Poses], Job[FitResult]]
    inside: Callable[[Structure, Volume, FitSettings, Region], Job[FitResult]] = engine_inside


def engine_fit(structure: Structure, volume: Volume, settings: FitSettings) -> Job[FitResult]:
    """The engine's fit; imported in the worker, because it loads numba."""
    from difffit_core.fit.fit_structure import fit_structure

    return (yield from fit_structure(structure, volume, settings))


def engine_keep(structure: Structure, volume: Volume, settings: FitSettings, seen: PosesImproved) -> FitResult:
    """The best of the poses that a cancelled fit reported last."""
    from difffit_core.fit.fit_structure import prepare, so_far

    return so_far(structure, run(prepare(volume, settings)), seen, settings)


NEAR_SHIFT, NEAR_ANGLE = 5.0, 15.0  # Å, degrees


def engine_near(structure: Structure, volume: Volume, settings: FitSettings, pose: Poses) -> Job[FitResult]:
    """The engine's fit in the neighbourhood of a pose."""
    from difffit_core.data.region import Near
    from difffit_core.fit.fit_structure import fit_structure

    near = Near(pose, NEAR_SHIFT, NEAR_ANGLE)
    return (yield from fit_structure(structure, volume, settings, near=near))


ENGINE = FitEngine(engine_fit, engine_keep, engine_near)


@dataclass(frozen=True)
class FitStatus:
    """What the window shows about the running fit."""

    structure: str  # key
    map: str  # key
    text: str
    fraction: float  # 0 to 1, of all fits that were asked for


@dataclass(frozen=True)
class PendingFit:
    """A fit whose result is still to come."""

    map: str  # key
    structure: str  # key
    name: str  # of the structure
    settings: FitSettings


class Fitting(QObject):
    """Runs the fits that were asked for, in their order."""

    started = Signal(object)  # FitStatus, for every structure
    progressed = Signal(object)  # FitStatus
    happened = Signal(object, object)  # FitStatus, Event
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    finished = Signal(object)  # FitItem that was kept
    ended = Signal()  # nothing runs any more

    def __init__(self, document: Document, tasks: Tasks, engine: FitEngine = ENGINE) -> None:
        super().__init__()
        self._document, self._tasks, self._engine = document, tasks, engine
        self._runner = JobRunner(self)
        self._runner.happened.connect(self._take)
        self._runner.ended.connect(self._end)
        self._waiting: deque[str] = deque()
        self._request: FitRequest | None = None
        self._present = ""
        self._seen: PosesImproved | None = None  # the poses that the present fit reported last
        self._progress = Progress()
        self._done, self._began, self._began_all = 0, 0.0, 0.0

    @property
    def busy(self) -> bool:
        """Whether a fit runs."""
        return self._runner.busy

    def start(self, request: FitRequest) -> None:
        """Fit what the form asks for."""
        if self.busy:
            return
        self._request = request
        self._waiting = deque(request.structures)
        self._done, self._began_all = 0, monotonic()
        self._next()

    def cancel(self) -> None:
        """Stop; fits that have ended are kept."""
        self._waiting.clear()
        self._runner.cancel()

    def shut_down(self) -> None:
        """Cancel and wait for the thread."""
        self._waiting.clear()
        self._runner.shut_down()

    @property
    def status(self) -> FitStatus:
        """Where the fits are."""
        assert self._request is not None
        count = len(self._request.structures)
        fraction = (self._done + self._progress.fraction) / count
        parts = [self._progress.text, time_left(fraction, monotonic() - self._began_all)]
        if count > 1:
            parts.insert(0, f"{self._name} ({self._done + 1} of {count})")
        return FitStatus(self._present, self._request.map, " · ".join(part for part in parts if part), fraction)

    @property
    def _name(self) -> str:
        item = self._document.session.find_structure(self._present)
        return item.name if item else ""

    def _next(self) -> None:
        session, request = self._document.session, self._request
        assert request is not None
        while self._waiting:
            self._present = self._waiting.popleft()
            item, target = session.find_structure(self._present), session.find_map(request.map)
            if item is None or target is None:  # closed while an earlier one was fitted
                self._done += 1
                continue
            self._begin(item.structure, target.volume, request.settings)
            return
        self.ended.emit()

    def _begin(self, structure: Structure, volume: Volume, settings: FitSettings) -> None:
        self._progress, self._began, self._seen = Progress(preset=settings.preset), monotonic(), None
        request = self._request
        assert request is not None
        if request.near is not None:
            self._runner.start(partial(self._engine.near, structure, volume, settings, request.near))
        elif request.region is not None:
            self._runner.start(partial(self._engine.inside, structure, volume, settings, request.region))
        else:
            self._runner.start(partial(self._engine.fit, structure, volume, settings))
        self.message.emit(f"Fitting {structure.name} …", "info")
        self.started.emit(self.status)

    def _take(self, event: Event) -> None:
        self._progress = self._progress.after(event)
        if isinstance(event, Message):
            self.message.emit(event.text, "info")
        elif isinstance(event, PosesImproved):
            self._seen = event
        self.happened.emit(self.status, event)
        self.progressed.emit(self.status)

    def _end(self, outcome: Outcome) -> None:
        seconds = describe_seconds(monotonic() - self._began)
        self._done += 1
        match outcome:
            case Finished(result):
                self._keep(self._pending(), f"fitted in {seconds}", result)
            case Failed(error):
                self._waiting.clear()
                self.failed.emit(error)
            case Cancelled():
                self._keep_found(seconds)
        self._next()

    def _keep_found(self, seconds: str) -> None:
        """Make a result of what a cancelled fit had found, in the pool: the window is free again meanwhile."""
        self.message.emit(f"The fit of {self._name} was cancelled after {seconds}.", "warning")
        pending, session = self._pending(), self._document.session
        item, target = session.find_structure(pending.structure), session.find_map(pending.map)
        if self._seen is not None and item is not None and target is not None:
            self._tasks.submit(
                partial(self._engine.keep, item.structure, target.volume, pending.settings, self._seen),
                on_result=partial(self._keep, pending, "kept as far as it was found, not polished"),
                on_error=self.failed.emit,
            )

    def _pending(self) -> PendingFit:
        assert self._request is not None
        return PendingFit(self._request.map, self._present, self._name, self._request.settings)

    def _keep(self, pending: PendingFit, how: str, result: FitResult) -> None:
        found = len(result.clusters)
        places = "1 cluster" if found == 1 else f"{found} clusters"
        self.message.emit(f"{pending.name} {how}: {places} ({result.backend}, {result.device}).", "info")
        fit = FitItem(new_key("fit"), pending.map, pending.structure, pending.settings, result)
        self._document.do(AddFit(fit))
        self.finished.emit(fit)
