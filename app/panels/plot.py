"""The score while a fit climbs: best, median and spread against the step."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.theme import LIGHT, Theme, token
from app.widgets.labels import LiveLabel, muted
from difffit_core.data.poses import Poses
from difffit_core.events import Event, PosesImproved, StageAdvanced, StageStarted

SPREAD = (10.0, 90.0)  # percentiles between which the band lies


@dataclass(frozen=True)
class Segment:
    """A stretch of the curves whose scores belong to one copy of the map."""

    first: int  # index of its first step
    resolution: float | None  # Å


@dataclass
class ScoreCurves:
    """Score statistics by step, growing while a fit runs."""

    step: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    median: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def add(self, step: float, scores: Float[ndarray, " pose"], resolution: float | None = None) -> None:
        """Take in the scores of all poses at a step; scores in copies of other resolution (Å) are not comparable."""
        if not self.segments or self.segments[-1].resolution != resolution:
            self.segments.append(Segment(len(self.step), resolution))
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
        self._poses: Poses | None = None
        self._places, self._progress = "", ""
        self.text = LiveLabel(name="muted")
        self.text.setContentsMargins(10, 4, 10, 4)
        self._layout = QStackedLayout()
        self._layout.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addLayout(self._layout, 1)

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
        self._places, self._poses = "", None
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
            case PosesImproved(poses, scores, resolution) if len(scores):
                self.curves.add(self._before + self._step, np.asarray(scores), resolution)
                self._plot.show_curves(self.curves)
                self._poses = poses
                self._say()

    def show_progress(self, text: str) -> None:
        """Say how far the fit is."""
        self._progress = text
        self._say()

    def show_places(self, count: int) -> None:
        """Say how many distinct places the poses stand in."""
        self._places = f"{count:,} distinct places" if count != 1 else "1 distinct place"
        self._say()

    def end(self) -> None:
        """The fit has ended; its curves stay."""
        self._progress, self._poses = "", None
        if self._plot is not None:
            self._plot.show_whole(self.curves)
        self._say()

    @property
    def poses(self) -> Poses | None:
        """The poses of the running fit as they were reported last."""
        return self._poses

    def _say(self) -> None:
        best = f"best {self.curves.best[-1]:.3f}, median {self.curves.median[-1]:.3f}" if self.curves.best else ""
        self.text.setText(" · ".join(part for part in (best, self._places, self._progress) if part))
