"""Polishing a copy where it stands: a search within some Å and degrees, as a job that can be cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.jobs import Failed, Finished, JobRunner, Outcome
from app.pose_numbers import change_between
from app.progress import Progress
from app.removing import resolution_of
from difffit_core.data.poses import Poses
from difffit_core.data.region import Near
from difffit_core.data.results import Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.copies import CopyItem, Rows, rows_of
from difffit_core.document.copy_commands import MoveCopy
from difffit_core.errors import FitError
from difffit_core.events import Event, Job, Message, StageStarted
from difffit_core.settings import FitSettings

POLISH = "polish"  # key of this job among the jobs
SMALLEST_GAIN = 1e-4  # of the correlation: less is the same place


@dataclass(frozen=True)
class Polished:
    """How good the copy was and how good it can be nearby; no place when nothing better was found."""

    before: float  # correlation about the mean
    after: float
    place: Rows | None
    scores: Scores | None


Polish = Callable[[Structure, Volume, FitSettings, Near], Job[Polished]]


def engine_polish(structure: Structure, volume: Volume, settings: FitSettings, near: Near) -> Job[Polished]:
    """The engine's fit in the neighbourhood, compared with how it stands; imported late, because it loads numba."""
    from difffit_core.fit.fit_structure import fit_structure
    from difffit_core.fit.scores import score_poses

    assert settings.level is not None
    assert settings.resolution is not None
    yield StageStarted("prepare", 1)
    scores = score_poses(structure, volume, settings.level, settings.resolution, near.pose)
    before = float(scores.correlation_about_mean[0])
    try:
        result = yield from fit_structure(structure, volume, settings, near=near)
    except FitError as error:  # all have left the neighbourhood
        yield Message(str(error))
        return Polished(before, before, None, None)
    best = result.clusters[0].scores
    after = float(best.correlation_about_mean)
    if after < before + SMALLEST_GAIN:
        return Polished(before, after, None, None)
    return Polished(before, after, rows_of(result.map_from_model(0)), best)


class Polishing(QObject):
    """One copy at a time; the copy moves only when nobody else has moved it meanwhile."""

    progressed = Signal(str, float)  # text, share that is done
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    changed = Signal()  # has begun or ended

    def __init__(self, document: Document, engine: Polish = engine_polish) -> None:
        super().__init__()
        self._document, self.engine = document, engine
        self._runner = JobRunner(self)
        self._runner.happened.connect(self._take)
        self._runner.ended.connect(self._end)
        self._copy: CopyItem | None = None
        self._progress = Progress()

    @property
    def busy(self) -> bool:
        """Whether a copy is being polished."""
        return self._runner.busy

    def start(self, copy: CopyItem, *, shift: float, angle: float) -> None:
        """Look within so many Å and degrees of where the copy stands, in the map as it was read."""
        session = self._document.session
        item, target = session.find_structure(copy.structure), session.find_map(copy.map)
        if self.busy or item is None or target is None:
            return
        settings = FitSettings(preset="fast", level=target.contour_level, resolution=resolution_of(session, copy.map))
        pose = Poses.from_matrices(copy.matrix[None], item.structure.centroid_xyz)
        self._copy, self._progress = copy, Progress()
        near = Near(pose, shift, angle)
        self._runner.start(partial(self.engine, item.structure, target.volume, settings, near))
        self.progressed.emit(f"Polishing {copy.name}", 0.0)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; the copy stays where it is."""
        self._runner.cancel()

    def shut_down(self) -> None:
        """Cancel and wait for the thread."""
        self._runner.shut_down()

    def _take(self, event: Event) -> None:
        assert self._copy is not None
        self._progress = self._progress.after(event)
        self.progressed.emit(f"Polishing {self._copy.name}", self._progress.fraction)

    def _end(self, outcome: Outcome) -> None:
        copy, self._copy = self._copy, None
        assert copy is not None
        match outcome:
            case Finished(result):
                self._move(copy, result)
            case Failed(error):
                self.failed.emit(error)
            case _:
                self.message.emit(f"Polishing {copy.name} was cancelled; it stays where it was.", "warning")
        self.changed.emit()

    def _move(self, copy: CopyItem, found: Polished) -> None:
        now = self._document.session.find_copy(copy.key)
        if now is None or now.map_from_model != copy.map_from_model:
            self.message.emit(f"{copy.name} was moved meanwhile; polish it again.", "warning")
        elif found.place is None or found.scores is None:
            sentence = f"{copy.name} stands best where it is: its correlation about mean is {found.before:.3f}."
            self.message.emit(sentence, "info")
        else:
            self._document.seal()
            self._document.do(MoveCopy(copy.key, found.place, tuple(found.scores.as_dict().items())))
            self._document.seal()
            self.message.emit(self._described(copy, found), "info")

    def _described(self, copy: CopyItem, found: Polished) -> str:
        item = self._document.session.find_structure(copy.structure)
        later = self._document.session.find_copy(copy.key)
        way = ""
        if item is not None and later is not None:
            change = change_between(copy.matrix, later.matrix, item.structure.centroid_xyz)
            shift = sum(part**2 for part in change.shift) ** 0.5
            way = f" {shift:.2f} Å away"
        return f"{copy.name} was polished{way}: correlation about mean {found.before:.3f} → {found.after:.3f}."
