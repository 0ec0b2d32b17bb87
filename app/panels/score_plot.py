"""The pyqtgraph part of the plot panel, in a module of its own so that it can be imported late."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyqtgraph
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from app.panels.plot import ScoreCurves, Segment
from app.panels.quiet_plot import QuietPlot
from app.theme import Theme, qcolour, token

MEDIAN = (0.93, 0.55, 0.20)
ROOM, FIRST_STEPS, SMALLEST_SPAN = 0.25, 5.0, 0.02  # share left free for what is to come; steps; scores
LEGEND_ROOM = 0.25  # share of the scores' span


class ScorePlot(QuietPlot):
    """Best and median as lines, the spread as a band."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, axis_width=48)
        self.setAntialiasing(True)
        self.setLabel("left", "Score")
        self.setLabel("bottom", "Step")
        self._theme = theme
        self._bands: list[Band] = []  # one for every segment
        self._marks: list[pyqtgraph.InfiniteLine] = []  # where a segment begins
        self._legend = self.addLegend(offset=(-12, 1), labelTextSize="8pt", colCount=2)
        self._median, self._best = self.plot(name="median", antialias=True), self.plot(name="best", antialias=True)
        self._range = Range(0.0, 1.0, 0.0, 1.0)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self.dress(theme, "base")
        self._best.setPen(_pen(qcolour(theme.accent), 2.2))
        self._median.setPen(_pen(qcolour(MEDIAN), 1.6))
        self._theme = theme
        for mark in self._marks:
            self._dress(mark)
        self._legend.setLabelTextColor(token(theme, "text"))
        for _, label in self._legend.items:
            label.setText(label.text, color=token(theme, "text"))

    def show_curves(self, curves: ScoreCurves) -> None:
        """Draw the curves as they stand now, broken where the map's copy changes."""
        if len(curves.segments) < len(self._bands):
            self._forget()
        for segment in curves.segments[len(self._bands) :]:
            self._begin(segment, curves)
        joined = np.ones(len(curves.step), dtype=np.int32)
        joined[[segment.first - 1 for segment in curves.segments[1:]]] = 0
        for line, values in ((self._median, curves.median), (self._best, curves.best)):
            line.setData(curves.step, values, connect=joined)
        if self._bands:
            self._bands[-1].show(curves, curves.segments[-1].first)
        self._make_room(curves)

    def show_whole(self, curves: ScoreCurves) -> None:
        """Let the curves fill the plot: they grow no more."""
        if curves.step:
            self._show_range(Range.of(curves).below(LEGEND_ROOM))

    def _make_room(self, curves: ScoreCurves) -> None:
        """Axes that followed every value would be drawn anew each time, and the window twice."""
        needed = Range.of(curves) if curves.step else Range(0.0, 1.0, 0.0, 1.0)
        if len(curves.step) <= 1 or not self._range.holds(needed):
            self._show_range(needed.with_room())

    def _show_range(self, shown: "Range") -> None:
        self._range = shown
        self.setRange(xRange=(shown.first, shown.last), yRange=(shown.low, shown.high), padding=0.02)

    def _begin(self, segment: Segment, curves: ScoreCurves) -> None:
        """A new stretch: finish the band before it and mark where it begins."""
        if self._bands:
            self._bands[-1].show(curves, curves.segments[len(self._bands) - 1].first, segment.first)
        self._bands.append(Band(self))
        if segment.resolution is not None:
            mark = pyqtgraph.InfiniteLine(
                curves.step[segment.first],
                label=f"{segment.resolution:.2g} Å",
                labelOpts={"position": 0.08, "anchors": [(0, 0.5), (0, 0.5)]},
            )
            self._marks.append(mark)
            self._dress(mark)
            self.addItem(mark, ignoreBounds=True)

    def _dress(self, mark: pyqtgraph.InfiniteLine) -> None:
        pen = _pen(token(self._theme, "line"), 1.0)
        mark.setPen(pen)
        mark.label.setColor(token(self._theme, "muted"))

    def _forget(self) -> None:
        for band in self._bands:
            band.remove()
        for mark in self._marks:
            self.removeItem(mark)
        self._bands, self._marks = [], []


@dataclass(frozen=True)
class Range:
    """What the axes show: steps and scores."""

    first: float
    last: float
    low: float
    high: float

    @classmethod
    def of(cls, curves: ScoreCurves) -> Self:
        """What the curves and their bands need."""
        return cls(curves.step[0], curves.step[-1], min(curves.low), max(max(curves.best), max(curves.high)))

    def holds(self, other: Self) -> bool:
        """Whether the other lies within."""
        steps = self.first <= other.first and other.last <= self.last
        return steps and self.low <= other.low and other.high <= self.high

    def below(self, share: float) -> Self:
        """The same with a share of the scores' span left free above."""
        return replace(self, high=self.high + share * max(self.high - self.low, SMALLEST_SPAN))

    def with_room(self) -> Self:
        """The same with room for what is to come: more steps, and scores above and below."""
        steps, scores = self.last - self.first, max(self.high - self.low, SMALLEST_SPAN)
        wider = replace(self, last=self.last + max(ROOM * steps, FIRST_STEPS), low=self.low - 0.1 * scores)
        return wider.below(LEGEND_ROOM + ROOM)


class Band:
    """The spread of the scores over one stretch."""

    def __init__(self, plot: pyqtgraph.PlotWidget) -> None:
        self._plot = plot
        self._low, self._high = (plot.plot(pen=pyqtgraph.mkPen(None)) for _ in range(2))
        colour = QColor(qcolour(MEDIAN))
        colour.setAlphaF(0.16)
        self._fill = pyqtgraph.FillBetweenItem(self._low, self._high, brush=colour)
        plot.addItem(self._fill)

    def show(self, curves: ScoreCurves, first: int, end: int | None = None) -> None:
        """Draw the steps from `first` up to `end`."""
        for edge, values in ((self._low, curves.low), (self._high, curves.high)):
            edge.setData(curves.step[first:end], values[first:end])

    def remove(self) -> None:
        """Take it away."""
        for item in (self._fill, self._low, self._high):
            self._plot.removeItem(item)


def _pen(colour: QColor, width: float) -> QPen:
    """A line whose width does not grow with the axes' scale."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen
