"""A metric along the residues of the chosen placement; the residue under the mouse lights up in the 3D view."""

from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.panels.numbers import fixed, significant
from app.theme import LIGHT, Theme, token
from app.widgets.labels import muted
from difffit_core.data.residue_scores import ResidueScores

METRICS = {
    "correlation": ("Correlation", "Pearson correlation of map and simulated density around the residue; 1 is perfect"),
    "q_score": ("Q-score", "How resolved the residue's atoms look in the map; 1 is perfect"),
    "inclusion": ("Inclusion", "Share of the residue's atoms above the contour level"),
    "mean_density": ("Density", "Mean map value at the residue's atoms, in map units"),
}
NOTHING = "Choose a cluster, and its residues are scored here one by one."
COMPUTING = "Scoring the residues …"


class ProfilePanel(QWidget):
    """Choice of the metric, plot, and the residue under the mouse in words."""

    residue_hovered = Signal(object)  # index of the residue, None when the mouse has left
    colouring_changed = Signal(bool)  # colour the structure in the 3D view by the metric
    metric_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._plot: Any = None
        self.scores: ResidueScores | None = None
        self._note = muted(NOTHING)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._make_controls()
        self._pages = QStackedLayout()
        self._pages.addWidget(self._note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._controls)
        layout.addLayout(self._pages, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self._note.setStyleSheet(f"background: {token(theme, 'base').name()}")
        if self._plot is not None:
            self._plot.set_theme(theme)

    @property
    def chosen_metric(self) -> str:
        """Name of the metric that is drawn, a field of ResidueScores."""
        return str(self.choice.currentData())

    @property
    def values(self) -> Float[ndarray, " residue"] | None:
        """The metric of every residue."""
        return None if self.scores is None else np.asarray(getattr(self.scores, self.chosen_metric))

    def show_scores(self, scores: ResidueScores | None, *, computing: bool = False) -> None:
        """Draw these; None for none (yet)."""
        self.scores = scores
        self._note.setText(COMPUTING if computing else NOTHING)
        for widget in (self.choice, self.colouring):
            widget.setEnabled(scores is not None)
        self.describe(None)
        if scores is None:
            self._pages.setCurrentWidget(self._note)
        else:
            self._draw(scores)

    def describe(self, residue: int | None) -> None:
        """Say which residue is meant and how it fits."""
        scores, values = self.scores, self.values
        if scores is None or values is None:
            self.text.setText("")
        elif residue is None:
            self.text.setText(f"{len(scores):,} residues · mean {significant(float(np.nanmean(values)))}")
        else:
            name = f"{scores.name[residue]} {scores.number[residue]}{scores.insertion_code[residue]}"
            self.text.setText(f"{name}, chain {scores.chain[residue]}: {fixed(float(values[residue]), 3)}")

    def _make_controls(self) -> None:
        self.choice = QComboBox()
        self.choice.setAccessibleName("Metric of the residues")
        for number, (name, (title, meaning)) in enumerate(METRICS.items()):
            self.choice.addItem(title, name)
            self.choice.setItemData(number, meaning, Qt.ItemDataRole.ToolTipRole)
        self.choice.currentIndexChanged.connect(self._change_metric)
        self.colouring = QCheckBox("Colour the structure by it")
        self.colouring.setToolTip("Show in the 3D view where the structure fits and where it does not")
        self.colouring.toggled.connect(self.colouring_changed)
        self.text = muted()
        self._controls = QHBoxLayout()
        self._controls.setContentsMargins(10, 5, 10, 5)
        self._controls.setSpacing(12)
        self._controls.addWidget(self.choice)
        self._controls.addWidget(self.colouring)
        self._controls.addStretch()
        self._controls.addWidget(self.text)

    def _change_metric(self) -> None:
        if self.scores is not None:
            self._draw(self.scores)
            self.describe(None)
        self.metric_changed.emit()

    def _draw(self, scores: ResidueScores) -> None:
        if self._plot is None:
            from app.panels.profile_plot import ProfilePlot

            self._plot = ProfilePlot(self._theme)
            self._plot.hovered.connect(self._hover)
            self._pages.addWidget(self._plot)
        self._pages.setCurrentWidget(self._plot)
        self._plot.show_profile(scores, self.chosen_metric, METRICS[self.chosen_metric][0])

    def _hover(self, residue: int) -> None:
        found = residue if residue >= 0 else None
        self.describe(found)
        self.residue_hovered.emit(found)
