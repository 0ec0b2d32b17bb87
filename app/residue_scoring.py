"""Scores of every residue of the chosen placement, computed in the pool a moment after the choice."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.tasks import Tasks
from difffit_core.data.poses import Poses
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.data.results import Cluster
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.session import ClusterId
from difffit_core.errors import DiffFitError

SETTLED_MS = 250  # walking through the table computes nothing
KEPT = 40  # results

Score = Callable[[Structure, Volume, float, float, Poses], ResidueScores]


def engine_score(structure: Structure, volume: Volume, level: float, resolution: float, pose: Poses) -> ResidueScores:
    """The engine's; imported in the pool, because it loads numba."""
    from difffit_core.fit.residue_scores import score_residues

    return score_residues(structure, volume, level, resolution, pose)


class ResidueScoring(QObject):
    """Asks the engine once for every placement that is looked at."""

    scored = Signal(object, object)  # ClusterId or None, ResidueScores or None while they are computed
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks, engine: Score = engine_score) -> None:
        super().__init__()
        self._document, self._tasks, self._engine = document, tasks, engine
        self._chosen: ClusterId | None = None
        self._known: dict[int, tuple[Cluster, ResidueScores]] = {}  # by identity of the cluster, which is kept alive
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._ask)

    def choose(self, chosen: ClusterId | None) -> None:
        """Another placement is looked at."""
        self._chosen = chosen
        cluster = self._document.session.find_cluster(chosen)
        known = self._known.get(id(cluster))
        self.scored.emit(chosen, known[1] if known else None)
        if cluster is not None and known is None:
            self._settled.start()
        else:
            self._settled.stop()

    def _ask(self) -> None:
        session, chosen = self._document.session, self._chosen
        fit, cluster = session.find_fit(chosen.fit) if chosen else None, session.find_cluster(chosen)
        if fit is None or cluster is None or chosen is None:
            return
        item, target = session.find_structure(fit.structure), session.find_map(fit.map)
        if item is None or target is None:
            return
        work = partial(
            self._engine,
            item.structure,
            target.volume,
            fit.result.contour_level,
            fit.result.resolution,
            cluster.representative,
        )
        self._tasks.submit(work, on_result=partial(self._take, chosen, cluster), on_error=self._fail)

    def _take(self, chosen: ClusterId, cluster: Cluster, scores: ResidueScores) -> None:
        if self._document.session.find_cluster(chosen) is not cluster:
            return
        self._known[id(cluster)] = (cluster, scores)
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        if chosen == self._chosen:
            self.scored.emit(chosen, scores)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DiffFitError):
            self.message.emit(str(error), "warning")
        else:
            self.failed.emit(error)
