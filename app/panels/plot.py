"""The score while a fit climbs: best, median and spread against the step."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.theme import LIGHT, Theme, token
from app.widgets.labels import muted
from difffit_core.events import Event, PosesImproved, StageAdvanced, StageStarted

SPREAD = (10.0, 90.0)  # percentiles between which the band lies


@dataclass
class ScoreCurves:
    """Score statistics by step, growing while a fit runs."""

    step: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    median: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, step: float, scores: Float[ndarray, " pose"]) -> None:
        """Take in the scores of all poses at a step."""
        low, median, high = np.percentile(scores, (SPREAD[0], 50.0, SPREAD[1]))
        for values, value in ((self.low, low), (self.median, median), (self.high, high), (self.best, scores.max())):
            values.append(float(value))
        self.step.append(step)


class PlotPanel(QWidget):
    """A live plot; pyqtgraph is imported by `prepare`, after the window is visible."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._plot: Any = None
        self._before, self._step = 0, 0
        self.curves = ScoreCurves()
        self._note = muted("While a fit runs, the score of its poses is drawn here.")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._note)

    def prepare(self) -> None:
        """Load pyqtgraph and make the plot."""
        if self._plot is None:
            from app.panels.score_plot import ScorePlot

            self._plot = ScorePlot(self._theme)
            self._layout.addWidget(self._plot)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self._note.setStyleSheet(f"background: {token(theme, 'base').name()}")
        if self._plot is not None:
            self._plot.set_theme(theme)

    def begin(self) -> None:
        """A new fit starts: begin with empty curves."""
        self.prepare()
        self._before, self._step = 0, 0
        self.curves = ScoreCurves()
        self._plot.show_curves(self.curves)
        self._layout.setCurrentWidget(self._plot)

    def _end_stage(self) -> None:
        """Steps are counted from the first stage on that shows poses."""
        self._before = self._before + self._step if self.curves.step else 0
        self._step = 0

    def take(self, event: Event) -> None:
        """Follow a running fit."""
        match event:
            case StageStarted():
                self._end_stage()
            case StageAdvanced(step):
                self._step = step
            case PosesImproved(_, scores) if len(scores):
                self.curves.add(self._before + self._step, np.asarray(scores))
                self._plot.show_curves(self.curves)
