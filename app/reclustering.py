"""Other tolerances for the clusters of all fits, in the pool; the latest wish wins."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.tasks import Tasks
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.commands import Regroup
from difffit_core.errors import DiffFitError
from difffit_core.settings import FitSettings

Regrouped = tuple[tuple[str, FitResult], ...]
Job = tuple[str, Structure, Volume, FitResult, FitSettings]
Recluster = Callable[[Structure, Volume, FitResult, FitSettings, float, float], FitResult]


def engine_recluster(
    structure: Structure, volume: Volume, result: FitResult, settings: FitSettings, shift: float, angle: float
) -> FitResult:
    """The engine's; imported in the pool, because it loads numba."""
    from difffit_core.fit.recluster import recluster

    return recluster(structure, volume, result, settings, shift=shift, angle=angle)


class Reclustering(QObject):
    """Asks the engine and keeps the answer by a command."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks, engine: Recluster = engine_recluster) -> None:
        super().__init__()
        self._document, self._tasks, self._engine = document, tasks, engine
        self._latest = 0

    def ask(self, shift: float, angle: float) -> None:
        """Gather everything within `shift` Å and `angle` degrees."""
        session = self._document.session
        self._latest += 1
        jobs: list[Job] = []
        for fit in session.fits:
            structure, target = session.find_structure(fit.structure), session.find_map(fit.map)
            if structure is not None and target is not None:
                jobs.append((fit.key, structure.structure, target.volume, fit.result, fit.settings))
        self._tasks.submit(
            partial(self._regroup, jobs, shift, angle),
            on_result=partial(self._take, self._latest, shift, angle),
            on_error=self._fail,
        )

    def _regroup(self, jobs: list[Job], shift: float, angle: float) -> Regrouped:
        return tuple(
            (key, self._engine(structure, volume, result, settings, shift, angle))
            for key, structure, volume, result, settings in jobs
        )

    def _take(self, number: int, shift: float, angle: float, results: Regrouped) -> None:
        if number != self._latest:
            return
        count = sum(len(result.clusters) for _, result in results)
        self._document.do(Regroup(shift, angle, results))
        self.message.emit(f"{count:,} clusters within {shift:g} Å and {angle:g}°.", "info")

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DiffFitError):
            self.message.emit(str(error), "error")
        else:
            self.failed.emit(error)
