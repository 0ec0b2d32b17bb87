"""How well a copy fits that was moved by hand, worked out in the pool once it rests."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.removing import resolution_of
from app.tasks import Tasks
from difffit_core.data.poses import Poses
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.copies import CopyItem
from difffit_core.errors import DiffFitError

SETTLED_MS = 200
KEPT = 60  # results

ScoreTable = tuple[tuple[str, float], ...]
Score = Callable[[Structure, Volume, float, float, Poses], ScoreTable]


def engine_score(structure: Structure, volume: Volume, level: float, resolution: float, pose: Poses) -> ScoreTable:
    """The engine's metrics of one pose; imported in the pool, because it loads numba."""
    from difffit_core.fit.scores import score_poses

    return tuple(score_poses(structure, volume, level, resolution, pose)[0].as_dict().items())


class CopyScoring(QObject):
    """Knows the scores of a copy, or asks for them; the document is not changed by looking."""

    scored = Signal()  # something more is known

    def __init__(self, document: Document, tasks: Tasks, engine: Score = engine_score) -> None:
        super().__init__()
        self._document, self._tasks, self._engine = document, tasks, engine
        self._known: dict[object, ScoreTable] = {}  # by structure, map and place
        self._wanted: str | None = None
        self._busy = False
        self._soon = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._soon.timeout.connect(self._ask)

    def scores_of(self, copy: CopyItem) -> ScoreTable | None:
        """The copy's metrics where it stands; None when they are still to come."""
        return copy.scores or self._known.get(_place(copy))

    def want(self, key: str | None) -> None:
        """Somebody looks at this copy."""
        copy = self._document.session.find_copy(key)
        self._wanted = key
        if copy is not None and self.scores_of(copy) is None:
            self._soon.start()

    def _ask(self) -> None:
        session = self._document.session
        copy = session.find_copy(self._wanted)
        if copy is None or self._busy or self.scores_of(copy) is not None:
            return
        item, target = session.find_structure(copy.structure), session.find_map(copy.map)
        if item is None or target is None:
            return
        self._busy = True
        pose = Poses.from_matrices(copy.matrix[None], item.structure.centroid_xyz)
        resolution = resolution_of(session, copy.map)
        work = partial(self._engine, item.structure, target.volume, target.contour_level, resolution, pose)
        self._tasks.submit(work, on_result=partial(self._take, _place(copy)), on_error=self._fail)

    def _take(self, place: object, scores: ScoreTable) -> None:
        self._busy = False
        self._known[place] = scores
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        self.scored.emit()
        self._ask()  # it may have moved on

    def _fail(self, error: Exception) -> None:
        """Outside of the map there is nothing to score."""
        self._busy = False
        if not isinstance(error, DiffFitError):
            raise error


def _place(copy: CopyItem) -> object:
    return copy.structure, copy.map, copy.map_from_model
