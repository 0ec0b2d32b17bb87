"""Composing: what is wanted above, the rounds as they end below, and what becomes of the proposal."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.panels.compose_form import ComposeForm
from app.panels.compose_tree import ComposeTree
from app.proposal import Proposal
from app.theme import LIGHT, Theme
from app.widgets.fit_button import FitButton, Work
from app.widgets.labels import link_button, muted, rule

COMPOSE = Work(
    "Compose",
    "Place all copies of the ticked structures, round after round (F7)",
    "Map, structures and settings are those under Fit.",
    "Stop composing; what was found is kept (Esc)",
)
NOTHING = (
    "Builds a complex from its chains.\n\nOpen a map and the structures that are in it, and press\n"
    "Compose (F7): every round appears here, with a reason\nfor what it accepts. Nothing is kept before you accept it."
)
NOTHING_SURE = "No copy is sure enough to be proposed."
PLOT_HEIGHT, ROOM_FOR_PLOT = 118, 640  # pixels


class ComposePanel(QWidget):
    """Form, button, plot, timeline and what can be done with the proposal."""

    accept_pressed = Signal()
    discard_pressed = Signal()
    density_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._plot: Any = None
        self._proposal: Proposal | None = None
        self.form, self.button, self.tree = ComposeForm(), FitButton(COMPOSE), ComposeTree()
        self._make_foot()
        self._lay_out()
        self.tree.ticks_changed.connect(self._show_foot)
        self.tree.looked_at.connect(self._show_foot)
        self.show_proposal(None)

    def prepare(self) -> None:
        """Load pyqtgraph and make the plot."""
        if self._plot is None:
            from app.panels.explained_plot import ExplainedPlot

            self._plot = ExplainedPlot(self._theme)
            self._plot.setAccessibleName("Explained density, round by round")
            self._plot.setMinimumHeight(0)
            self._plot.setMaximumHeight(PLOT_HEIGHT)
            self._plot.setToolTip("Share of the density above the contour level that the copies explain")
            self._column.insertWidget(self._column.indexOf(self.tree), self._plot)
            self._show_plot()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self.tree.set_theme(theme)
        if self._plot is not None:
            self._plot.set_theme(theme)

    @property
    def ticked(self) -> tuple[str, ...]:
        """Keys of the places that would be accepted."""
        return self.tree.ticked

    def show_proposal(self, proposal: Proposal | None) -> None:
        """Show the rounds of a proposal; None when there is none."""
        self._proposal = proposal
        self.tree.show_proposal(proposal)
        self.hint.setVisible(proposal is None)
        self.tree.header().setVisible(proposal is not None)
        if proposal is not None:
            self.prepare()
        self._show_plot()
        self._foot.setVisible(proposal is not None)
        self._show_foot()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the timeline needs the plot's room."""
        super().resizeEvent(event)
        self._show_plot()

    def _show_plot(self) -> None:
        rounds = self._proposal.rounds if self._proposal is not None else ()
        shares = [report.explained for report in rounds if report.explained is not None]
        if self._plot is not None:
            self._plot.show_rounds(shares)
            self._plot.setVisible(bool(shares) and self.height() >= ROOM_FOR_PLOT)

    def _make_foot(self) -> None:
        self.summary = muted(wrap=True)
        self.density = QCheckBox("Show unexplained density")
        self.density.setChecked(True)
        self.density.setToolTip("In the view: what no copy explains, highlighted, and faintly what is explained")
        self.density.toggled.connect(self.density_toggled)
        self.remove = QCheckBox("Remove their density")
        self.remove.setToolTip("Take what the accepted copies explain out of the map that is fitted into")
        self.accept = QPushButton("Accept all confident")
        self.accept.setProperty("role", "primary")
        self.accept.setToolTip("Keep the ticked copies; every round is a step that can be undone (Ctrl+Alt+Return)")
        self.accept.clicked.connect(self.accept_pressed)
        self.discard = link_button("Discard", "Forget this proposal; the document is as it was")
        self.discard.clicked.connect(self.discard_pressed)

    def _lay_out(self) -> None:
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(14, 8, 14, 10)
        foot.setSpacing(8)
        boxes, buttons = QHBoxLayout(), QHBoxLayout()
        for box in (self.density, self.remove):
            boxes.addWidget(box)
        boxes.addStretch(1)
        buttons.addWidget(self.accept, 1)
        buttons.addWidget(self.discard)
        foot.addWidget(self.summary)
        foot.addLayout(boxes)
        foot.addLayout(buttons)
        self.hint = muted(NOTHING)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.tree).addWidget(self.hint)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.form, self.button, rule(), self.tree, self._foot):
            self._column.addWidget(widget, 1 if widget is self.tree else 0)

    def _show_foot(self, _: str = "") -> None:
        proposal = self._proposal
        if proposal is None:
            return
        chosen, done = set(self.ticked), bool(proposal.stopped)
        same = chosen == set(proposal.sure)
        self.accept.setText("Accept all confident" if same or not chosen else f"Accept {len(chosen)} ticked")
        self.accept.setEnabled(done and bool(chosen))
        self.discard.setEnabled(done)
        self.summary.setText(self.tree.reason or _summary(proposal))


def _summary(proposal: Proposal) -> str:
    count = len(proposal.copies)
    copies = "1 copy" if count == 1 else f"{count} copies"
    explain = "explains" if count == 1 else "explain"
    if proposal.remaining is None:
        return f"{copies} found so far."
    sentence = f"{copies} {explain} {100 * proposal.explained:.0f} % of the density." if count else NOTHING_SURE
    return f"{sentence} The map has the symmetry {proposal.symmetry}." if proposal.symmetry else sentence
