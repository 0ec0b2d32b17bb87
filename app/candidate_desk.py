"""What is done with the candidates of a scan: looked at, opened, sent to a fit, accepted."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.actions import Handlers
from app.controller import Controller
from app.panels.fit import FitPanel
from app.panels.numbers import fixed
from app.panels.scan import ScanPanel
from app.panels.scan_plots import ScanPlotsPanel
from app.reading import MapFacts
from app.scan_folder import same_map
from app.scan_opening import ReadCandidate, accepting, opening, read_candidates
from app.scan_presenter import CandidatePresenter
from app.scan_table import Candidate, OpenedScan, ScanTable
from app.scene.viewport import Viewport
from difffit_core.document.commands import Command
from difffit_core.document.session import Session


class CandidateDesk(QObject):
    """Between the table, the plots, the view and the document."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    changed = Signal()  # what can be done has changed

    def __init__(
        self, controller: Controller, viewport: Viewport, form: FitPanel, panel: ScanPanel, plots: ScanPlotsPanel
    ) -> None:
        super().__init__()
        self._controller, self._document, self._tasks = controller, controller.document, controller.tasks
        self._form, self._panel, self._plots, self._view = form, panel, plots, viewport
        self.presenter = CandidatePresenter(controller.tasks, viewport)
        self.map_key: str | None = None  # of the map that was searched, when it is open
        self._scan: OpenedScan | None = None
        self._looking = True  # whether the panel is in front
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "open_best": lambda: self.open_best(self._panel.count.value()),
            "fit_candidate": self.send_to_fit,
            "accept_candidate": self.accept,
        }

    @property
    def can_open(self) -> bool:
        """Whether the chosen candidate can be opened, fitted and accepted."""
        chosen = self._panel.chosen
        return chosen is not None and self._can_open(chosen)

    @property
    def can_open_best(self) -> bool:
        """Whether there is anything to open."""
        return any(map(self._can_open, self._table.ranked))

    def begin(self, scan: OpenedScan, map_key: str | None) -> None:
        """Another scan is shown."""
        self._scan, self.map_key = scan, map_key
        self.presenter.clear()
        self._show_chosen()

    def take(self, table: ScanTable) -> None:
        """The same scan as it stands now."""
        if self._scan is not None:
            self._scan = OpenedScan(self._scan.request, self._scan.map_sha256, table, self._scan.missing)
            self._show_chosen()

    def look(self, looking: bool) -> None:
        """The candidate is drawn while its table is in front."""
        self._looking = looking
        self._show_candidate()

    def find_map(self, *, open_it: bool = False) -> None:
        """Find the map that was searched among those that are open; open its file if that is wanted and it is there."""
        scan = self._scan
        if scan is not None and self.map_key is None:
            known = tuple((item.key, item.path) for item in self._document.session.maps)
            work = partial(same_map, known, scan.request.map_path, scan.map_sha256)
            self._tasks.submit(work, on_result=partial(self._take_map, scan, open_it), on_error=self.failed.emit)

    def open_best(self, count: int) -> None:
        """Put the best candidates into the session."""
        best = [candidate for candidate in self._table.ranked if self._can_open(candidate)][:count]
        self._with_read(best, self._open)

    def send_to_fit(self) -> None:
        """Open the chosen candidate, and tick it alone under Fit."""
        if self.can_open and self._panel.chosen is not None:
            self._with_read([self._panel.chosen], self._send)

    def accept(self) -> None:
        """Keep the chosen candidate as a copy where it was found."""
        if self.can_open and self._panel.chosen is not None:
            self._with_read([self._panel.chosen], self._accept)

    def _connect(self) -> None:
        self._panel.chosen_changed.connect(self._show_chosen)
        self._panel.centre_pressed.connect(self.presenter.centre)
        self._panel.best_pressed.connect(self.open_best)
        self._panel.fit_pressed.connect(self.send_to_fit)
        self._panel.accept_pressed.connect(self.accept)
        self._plots.chosen.connect(self._panel.choose)
        self.presenter.failed.connect(lambda sentence: self.message.emit(sentence, "warning"))
        self._document.changed.connect(self._follow)

    @property
    def _table(self) -> ScanTable:
        return self._scan.table if self._scan is not None else ScanTable()

    def _can_open(self, candidate: Candidate) -> bool:
        there = self._scan is not None and candidate.name not in self._scan.missing
        return there and self.map_key is not None and candidate.map_from_model is not None

    def _show_chosen(self) -> None:
        chosen = self._panel.chosen
        sentence = summary_of(self._table) if chosen is None else self._sentence(chosen)
        self._panel.show_chosen(sentence, can_open=self.can_open, can_open_best=self.can_open_best)
        self._plots.choose(chosen.name if chosen is not None else "")
        self._show_candidate()
        self.changed.emit()

    def _sentence(self, candidate: Candidate) -> str:
        if candidate.rank is None or (self._scan is not None and candidate.name in self._scan.missing):
            return self._panel.model.sentence(candidate)
        if self.map_key is None and self._scan is not None:
            return f"Open {self._scan.request.map_path.name}, the map that was searched, to see candidates in it."
        return described(candidate)

    def _show_candidate(self) -> None:
        chosen = self._panel.chosen
        if chosen is not None and self._looking and self._can_open(chosen) and not self._stands(chosen):
            self.presenter.show(chosen)
        else:
            self.presenter.clear()

    def _stands(self, candidate: Candidate) -> bool:
        """Whether the session shows it already: two drawings in one place flicker."""
        session = self._document.session
        item = next((known for known in session.structures if known.path == candidate.path), None)
        return item is not None and item.visible and item.placed_by is not None

    def _take_map(self, scan: OpenedScan, open_it: bool, key: str | None) -> None:
        if scan.request is not (self._scan.request if self._scan is not None else None):
            return
        self.map_key = key
        path, settings = scan.request.map_path, scan.request.settings
        if key is None and open_it and path.is_file():
            facts = MapFacts(settings.level, settings.resolution) if settings.level and settings.resolution else None
            self._controller.opener.open([path], facts)
        elif key is None and open_it:
            self.message.emit(f"{path} is not on this computer; open the map to see the candidates in it.", "warning")
        self._show_chosen()

    def _with_read(self, candidates: Sequence[Candidate], use: Callable[[tuple[ReadCandidate, ...]], None]) -> None:
        if candidates:
            work = partial(read_candidates, tuple(candidates))
            self._tasks.submit(work, on_result=use, on_error=self.failed.emit)

    def _open(self, read: tuple[ReadCandidate, ...]) -> None:
        if self._scan is not None and self.map_key is not None:
            self._do(opening(self._document.session, read, self.map_key, self._scan.request.settings))
            names = ", ".join(one.candidate.name for one in read)
            self.message.emit(f"Opened {names} where the scan found {'it' if len(read) == 1 else 'them'}.", "info")

    def _send(self, read: tuple[ReadCandidate, ...]) -> None:
        self._open(read)
        session = self._document.session
        self._form.tick_only([item.key for item in session.structures if item.path == read[0].candidate.path])
        if self.map_key is not None:
            self._controller.selection.choose_map(self.map_key)

    def _accept(self, read: tuple[ReadCandidate, ...]) -> None:
        if self._scan is None or self.map_key is None:
            return
        command = accepting(self._document.session, read[0], self.map_key, self._scan.request.settings)
        name = read[0].candidate.name
        if command is None:
            self.message.emit(f"{name} was accepted in this place before.", "info")
        else:
            self._do(command)
            self.message.emit(f"Accepted {name} where the scan found it.", "info")

    def _do(self, command: Command) -> None:
        self._document.seal()
        self._document.do(command)
        self._document.seal()

    def _follow(self, old: Session, new: Session) -> None:
        if [item.key for item in old.maps] != [item.key for item in new.maps] and new.find_map(self.map_key) is None:
            self.map_key = None
            self.find_map()
        if (old.maps, old.structures) != (new.maps, new.structures):
            self._show_chosen()


def described(candidate: Candidate) -> str:
    """A candidate's numbers in a line, its file below."""
    scores = dict(candidate.scores)
    parts = [
        f"excess {fixed(candidate.excess, 1)}",
        f"gap {fixed(candidate.gap, 1)}",
        f"correlation {fixed(candidate.correlation, 3)}",
        f"{fixed(100 * scores.get('fraction_inside', float('nan')), 0)} % inside",
    ]
    return f"{' · '.join(parts)}\n{candidate.description or candidate.path}"


def summary_of(table: ScanTable) -> str:
    """What a scan has brought so far."""
    found, failed = sum(candidate.found for candidate in table.candidates), len(table.candidates) - len(table.ranked)
    stands = {0: "No candidate stands", 1: "1 candidate stands"}.get(found, f"{found} candidates stand")
    parts = [f"{stands} out (q < 0.05)", f"{len(table.ranked):,} searched"]
    parts += [f"{failed:,} could not be searched"] if failed else []
    return " · ".join(parts) + "."
