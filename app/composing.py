"""Composing in a thread of its own: rounds as they end, a proposal at the end, what was found when it is cancelled."""

from collections.abc import Callable
from functools import partial
from time import monotonic

from PySide6.QtCore import QObject, Signal

from app.compose_progress import ComposeProgress
from app.document import Document
from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from app.progress import describe_seconds
from app.proposal import CANCELLED, ComposeRequest, Proposal, keeping, proposal_of, so_far
from difffit_core.document.session import Session
from difffit_core.events import CopiesFound, Event, Job, Message, RoundEnded

ComposeEngine = Callable[[ComposeRequest, Session], Job[Proposal]]


def engine_compose(request: ComposeRequest, session: Session) -> Job[Proposal]:
    """The engine's compose; imported in the worker, because it loads numba."""
    from difffit_core.compose.rounds import compose_assembly
    from difffit_core.compose.symmetry import check_symmetry

    check_symmetry(request.symmetry)
    target = session.find_map(request.map)
    assert target is not None
    found = [item for key in request.structures if (item := session.find_structure(key)) is not None]
    composition = yield from compose_assembly(
        tuple(item.structure for item in found),
        target.volume,
        request.settings,
        most=request.most,
        symmetry=request.symmetry,
    )
    return proposal_of(session, request, composition)


class Composing(QObject):
    """Composes one complex at a time."""

    started = Signal(object)  # ComposeRequest
    progressed = Signal(str, float)  # what is being done, share 0 to 1
    found = Signal(object)  # Proposal, after every round and at the end
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    ended = Signal()

    def __init__(self, document: Document, engine: ComposeEngine = engine_compose) -> None:
        super().__init__()
        self._document, self.engine = document, engine
        self._runner = JobRunner(self)
        self._runner.happened.connect(self._take)
        self._runner.ended.connect(self._end)
        self._rounds: list[RoundEnded] = []
        self._running: CopiesFound | None = None  # what the running round has found
        self._request: ComposeRequest | None = None
        self._last: Proposal | None = None  # of this run
        self._session = document.session
        self._progress, self._began = ComposeProgress(""), 0.0

    @property
    def busy(self) -> bool:
        """Whether anything is being composed."""
        return self._runner.busy

    def start(self, request: ComposeRequest) -> None:
        """Compose what the form asks for."""
        if self.busy:
            return
        self._request, self._session = request, self._document.session
        self._rounds, self._running, self._last, self._began = [], None, None, monotonic()
        self._progress = ComposeProgress(request.settings.preset)
        self._runner.start(partial(self.engine, request, self._session))
        self.message.emit("Composing …", "info")
        self.started.emit(request)

    def cancel(self) -> None:
        """Stop; what was found is kept."""
        self._runner.cancel()

    def shut_down(self) -> None:
        """Cancel and wait for the thread."""
        self._runner.shut_down()

    def _take(self, event: Event) -> None:
        self._progress = self._progress.after(event)
        if isinstance(event, Message):
            self.message.emit(event.text, "info")
        elif isinstance(event, CopiesFound):
            self._running = event
            self._propose(self._so_far())
        elif isinstance(event, RoundEnded):
            self._rounds, self._running = [*self._rounds, event], None
            self._propose(self._so_far())
        self.progressed.emit(self._progress.text, self._progress.fraction)

    def _end(self, outcome: Outcome) -> None:
        seconds = describe_seconds(monotonic() - self._began)
        match outcome:
            case Finished(proposal):
                count = len(proposal.copies)
                self.message.emit(f"Composed in {seconds}: {'1 copy' if count == 1 else f'{count} copies'}.", "info")
                self._propose(proposal)
            case Failed(error):
                self.failed.emit(error)
            case Cancelled():
                self._keep_found(seconds)
        self.ended.emit()

    def _propose(self, proposal: Proposal) -> None:
        self._last = keeping(proposal, self._last, self._session)
        self.found.emit(self._last)

    def _keep_found(self, seconds: str) -> None:
        """Propose what the rounds have brought, and what the running one has found."""
        proposal = self._so_far(CANCELLED)
        if proposal.copies:
            self.message.emit(f"Composing was cancelled after {seconds}; what was found is kept.", "warning")
            self._propose(proposal)
        else:
            self.message.emit(f"Composing was cancelled after {seconds}, before anything was sure.", "warning")

    def _so_far(self, stopped: str = "") -> Proposal:
        assert self._request is not None
        return so_far(self._session, self._request, self._rounds, self._running, stopped)
