"""Composing as the window shows it: started, followed, looked at, accepted or discarded."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.actions import Handlers
from app.assembly_desk import AssemblyDesk
from app.compose_splitting import PartFacts, Splitting
from app.controller import Controller
from app.panels.compose import ComposePanel
from app.panels.fit import FitPanel
from app.proposal import ComposeRequest, Proposal
from app.proposal_presenter import ProposalPresenter
from app.scene.viewport import Viewport
from app.shell.notices import Notices
from app.theme import Theme
from app.widgets.job_strip import JobStrip
from difffit_core.document.compose_commands import AcceptRound
from difffit_core.document.copies import CopyItem
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.session import Session
from difffit_core.errors import SettingsError

COMPOSE = "compose"  # key of composing among the jobs
BY_ERRORS = "domains by errors"  # how structures are split; asks for files
PAE_FILES = "Predicted aligned errors (*.json *.json.gz *.json.bz2);;All files (*)"
WAITS = "Something is being composed; wait, or cancel it."


class ComposeDesk(QObject):
    """Between the form of fits, the panel, the engine, the view and the assembly."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    panel_asked = Signal()  # somebody wants to see the panel
    changed = Signal()  # what can be done has changed

    def __init__(
        self,
        controller: Controller,
        viewport: Viewport,
        form: FitPanel,
        panel: ComposePanel,
        strip: JobStrip,
        assembly: AssemblyDesk,
        notices: Notices,
    ) -> None:
        super().__init__()
        self._controller, self._document, self._viewport = controller, controller.document, viewport
        self._composing = controller.composing
        self._form, self._panel, self._strip, self._assembly = form, panel, strip, assembly
        self._notices = notices
        self.splitting = Splitting(controller.document, controller.tasks)
        self.presenter = ProposalPresenter(controller.document, controller.tasks, viewport)
        self.proposal: Proposal | None = None
        self._residues: dict[str, str] = {}  # of the model that a part was cut out of, by the part's key
        self._connect()
        self._show_ready()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {"compose": self.start, "accept_all": self.accept}

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._panel.set_theme(theme)
        self.presenter.set_theme(theme)

    @property
    def can_accept(self) -> bool:
        """Whether there is a whole proposal with something ticked."""
        return self.proposal is not None and bool(self.proposal.stopped) and bool(self._panel.ticked)

    def start(self) -> None:
        """Compose what the forms say."""
        self.panel_asked.emit()
        try:
            request = self._request()
        except SettingsError as error:
            self.failed.emit(error)
            return
        if request is not None and not self._controller.fitting.busy:
            self.discard()
            self._composing.start(request)

    def cancel(self) -> None:
        """Stop composing; what was found is kept."""
        if self._composing.busy:
            self._panel.button.show_cancelling()
            self._strip.show_cancelling(COMPOSE)
            self._composing.cancel()

    def accept(self) -> None:
        """Keep the ticked copies, a step for every round, and take out what they explain if that is wanted."""
        proposal = self.proposal
        if proposal is None or not self.can_accept:
            return
        rounds, removing = proposal.by_round(self._panel.ticked), self._panel.remove.isChecked()
        self.discard()
        for number, copies in rounds.items():
            self._assembly.clashes.expect(copy.key for copy in copies)
            if removing:
                self._assembly.density.accept(copies, partial(AcceptRound, number))
            else:
                self._keep(number, copies)
        self._assembly.panel_asked.emit()

    def split(self, how: str) -> None:
        """Take the ticked structures apart; asks for the files of predicted aligned errors where these decide."""
        keys, errors = self._form.structure_keys, list[Path]()
        for key in keys if how == BY_ERRORS else ():
            item = self._document.session.find_structure(key)
            title = f"Predicted aligned errors of {item.name if item else key}"
            name, _ = QFileDialog.getOpenFileName(self._panel, title, self._controller.preferences.folder, PAE_FILES)
            if not name:
                return
            errors.append(Path(name))
        self.splitting.start(keys, how.split()[0], errors)

    def discard(self) -> None:
        """Forget the proposal."""
        self._show(None)

    def _connect(self) -> None:
        composing, panel = self._composing, self._panel
        composing.started.connect(self._begin)
        composing.progressed.connect(self._show_progress)
        composing.found.connect(self._take)
        composing.message.connect(self.message)
        composing.failed.connect(self.failed)
        composing.ended.connect(self._end)
        panel.button.fit_pressed.connect(self.start)
        panel.button.cancel_pressed.connect(self.cancel)
        panel.accept_pressed.connect(self.accept)
        panel.discard_pressed.connect(self.discard)
        panel.density_toggled.connect(self.presenter.show_density)
        panel.form.changed.connect(self._show_ready)
        panel.form.split_asked.connect(self.split)
        self.splitting.changed.connect(self._show_ready)
        self.splitting.done.connect(self._take_parts)
        self.splitting.message.connect(self.message)
        self.splitting.failed.connect(self.failed)
        panel.tree.ticks_changed.connect(self._follow_ticks)
        panel.tree.looked_at.connect(self._look_at)
        self.presenter.failed.connect(self.failed)
        self._form.changed.connect(self._show_ready)
        for signal in (self._controller.fitting.started, self._controller.fitting.ended):
            signal.connect(self._show_ready)
        self._document.changed.connect(self._follow)

    def _request(self) -> ComposeRequest | None:
        fit = self._form.request
        if fit is None or self._missing:
            return None
        form = self._panel.form
        residues = {key: self._residues[key] for key in fit.structures if key in self._residues}
        return ComposeRequest(fit.map, fit.structures, form.most, form.symmetry, fit.settings, residues)

    @property
    def _missing(self) -> str:
        """What is still needed before composing can start, for a person."""
        if self._controller.fitting.busy:
            return "A fit runs; wait, or cancel it."
        if self.splitting.busy:
            return "Structures are being split; wait."
        return self._form.missing or self._panel.form.problem

    def _show_ready(self, *_: object) -> None:
        session = self._document.session
        items = [item for key in self._form.structure_keys if (item := session.find_structure(key)) is not None]
        self._panel.form.show_structures(items)
        self._panel.form.split.setEnabled(bool(items) and not self.splitting.busy and not self._composing.busy)
        if not self._composing.busy:
            self._panel.button.show_ready(missing=self._missing, structures=1)
        self.changed.emit()

    def _take_parts(self, parts: dict[str, PartFacts]) -> None:
        """Compose the parts from now on, each as often as it occurs."""
        self._residues |= {key: facts.residues for key, facts in parts.items()}
        self._panel.form.wish({key: facts.copies for key, facts in parts.items()})
        self._form.tick_only(parts)

    def _begin(self, request: ComposeRequest) -> None:
        self._notices.begin()
        self._form.waits_for = WAITS
        self._form.changed.emit()
        self._show_progress("Starting", 0.0)
        self._viewport.set_busy(True)
        self._viewport.frame(request.map)

    def _show_progress(self, text: str, fraction: float) -> None:
        self._panel.button.show_progress(text, fraction)
        self._strip.show_progress(COMPOSE, text, fraction)

    def _take(self, proposal: Proposal) -> None:
        if self._is_there(self._document.session, proposal):
            self._show(proposal)

    def _end(self) -> None:
        self._notices.end("Composing has ended." if self.proposal is None else self._panel.summary.text())
        self._form.waits_for = ""
        self._strip.end(COMPOSE)
        self._viewport.set_busy(False)
        self._form.changed.emit()
        if (
            self.proposal is not None and not self.proposal.stopped
        ):  # it failed, or nothing was sure when it was stopped
            self.discard()

    def _show(self, proposal: Proposal | None) -> None:
        self.proposal = proposal
        self._panel.show_proposal(proposal)
        if proposal is None:
            self.presenter.clear()
        else:
            self.presenter.show(proposal)
            self.presenter.show_ticked(set(self._panel.ticked))
        self.changed.emit()

    def _follow(self, old: Session, new: Session) -> None:
        if self.proposal is not None and not self._is_there(new, self.proposal):
            self.discard()
        self._show_ready()

    def _follow_ticks(self) -> None:
        self.presenter.show_ticked(set(self._panel.ticked))
        self.changed.emit()

    def _look_at(self, key: str) -> None:
        item = self.proposal.places.get(key) if self.proposal is not None else None
        self.presenter.look_at(item, chosen=key in self._panel.ticked)

    def _keep(self, number: int, copies: tuple[CopyItem, ...]) -> None:
        self._document.seal()
        self._document.do(AcceptRound(number, tuple(map(AcceptCopy, copies))))
        self._document.seal()
        self.message.emit(f"Accepted {', '.join(copy.name for copy in copies)} of round {number}.", "info")

    @staticmethod
    def _is_there(session: Session, proposal: Proposal) -> bool:
        """Whether everything that a proposal is about is still open."""
        return session.find_map(proposal.map) is not None and all(map(session.find_structure, proposal.structures))
