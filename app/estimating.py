"""What is said before Fit is pressed: how long it will take, learned from the fits that ended on this machine."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.panels.fit import FitRequest
from app.preferences import Preferences
from app.progress import describe_seconds
from app.tasks import Tasks
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.settings import FitSettings

SETTLED_MS = 400  # after the last change of the form


class Estimates(QObject):
    """Works out plans in the pool; says nothing until a fit like the one asked for has been measured."""

    changed = Signal(str)  # a sentence, or nothing

    def __init__(self, document: Document, tasks: Tasks, preferences: Preferences) -> None:
        super().__init__()
        self._document, self._tasks, self._preferences = document, tasks, preferences
        self._request: FitRequest | None = None
        self._latest = 0
        self.text = ""
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._work_out)

    def ask(self, request: FitRequest | None) -> None:
        """The form has changed."""
        if request == self._request:
            return
        self._request = request
        self._say("")
        if request is not None and self._preferences.rates:
            self._settled.start()

    def learn(self, structure: Structure, volume: Volume, settings: FitSettings, result: FitResult) -> None:
        """A fit has ended: remember how fast this machine was."""
        if result.seconds:
            self._tasks.submit(
                partial(_learned, self._preferences.rates, (structure,), volume, settings, result.seconds),
                on_result=self._remember,
                on_error=self._give_up,
            )

    def _work_out(self) -> None:
        session, request = self._document.session, self._request
        target = session.find_map(request.map) if request else None
        if request is None or target is None:
            return
        items = [session.find_structure(key) for key in request.structures]
        structures = tuple(item.structure for item in items if item is not None)
        self._latest += 1
        self._tasks.submit(
            partial(_expected, self._preferences.rates, structures, target.volume, request.settings),
            on_result=partial(self._take, self._latest, request),
            on_error=self._give_up,
        )

    def _take(self, number: int, request: FitRequest, seconds: float | None) -> None:
        if number == self._latest and request == self._request and seconds is not None:
            self._say(f"About {describe_seconds(max(1.0, seconds))}, going by the last fits on this machine.")

    def _remember(self, rates: dict[str, float]) -> None:
        self._preferences.rates = rates
        request, self._request = self._request, None
        self.ask(request)

    def _give_up(self, error: Exception) -> None:
        """No estimate: what is wrong with the map or the structure will be said by the fit itself."""
        self._say("")

    def _say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.changed.emit(text)


def _expected(
    rates: dict[str, float], structures: tuple[Structure, ...], volume: Volume, settings: FitSettings
) -> float | None:
    from difffit_core.document.estimate import Question, expected_seconds, workload

    return expected_seconds(workload(Question(structures, volume, settings)), rates)


def _learned(
    rates: dict[str, float],
    structures: tuple[Structure, ...],
    volume: Volume,
    settings: FitSettings,
    seconds: dict[str, float],
) -> dict[str, float]:
    from difffit_core.document.estimate import Question, learned, workload

    return learned(rates, workload(Question(structures, volume, settings)), seconds)
