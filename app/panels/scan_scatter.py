"""A plot with a point for every candidate; in a module of its own because pyqtgraph is imported late."""

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph
from jaxtyping import Bool, Float64
from numpy import ndarray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from app.panels.quiet_plot import QuietPlot
from app.panels.scan_columns import SMALLEST
from app.scan_table import Candidate, ScanTable
from app.theme import Theme, qcolour, token

LABELLED = 4  # of the candidates that were found
ROOM = 0.08  # share of the span left free on every side
OTHER_SIZE, FOUND_SIZE, CHOSEN_SIZE = 5.0, 8.0, 14.0  # pixels


@dataclass(frozen=True)
class Points:
    """Where candidates are drawn, and the height of the line that divides the found ones from the others."""

    names: tuple[str, ...]
    x: Float64[ndarray, " candidate"]
    y: Float64[ndarray, " candidate"]
    found: Bool[ndarray, " candidate"]
    line: float | None = None


def volcano_points(table: ScanTable, effect: str) -> Points:
    """−log₁₀ p against the excess or the correlation; the line is at the highest p that counts as found."""
    height = [-math.log10(max(candidate.p, SMALLEST)) for candidate in table.ranked]
    limit = min((y for y, candidate in zip(height, table.ranked, strict=True) if candidate.found), default=None)
    return _points(table.ranked, [float(getattr(candidate, effect)) for candidate in table.ranked], height, limit)


def rank_points(table: ScanTable) -> Points:
    """The score against the rank."""
    return _points(table.ranked, [float(c.rank or 0) for c in table.ranked], [c.score for c in table.ranked])


def _points(candidates: tuple[Candidate, ...], x: list[float], y: list[float], line: float | None = None) -> Points:
    found = np.array([candidate.found for candidate in candidates], dtype=bool)
    return Points(tuple(c.name for c in candidates), np.array(x, float), np.array(y, float), found, line)


class ScatterPlot(QuietPlot):
    """Points that can be clicked; the found ones stand out and bear their names."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, axis_width=34)
        self._theme = theme
        self._points = _points((), [], [])
        self._marked = ""
        self._line = pyqtgraph.InfiniteLine(
            angle=0, label="q = 0.05", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        self._dots, self._best, self._mark = (pyqtgraph.ScatterPlotItem(pxMode=True) for _ in range(3))
        self._labels: list[pyqtgraph.TextItem] = []
        for item in (self._line, self._dots, self._best, self._mark):
            self.addItem(item, ignoreBounds=True)
        for dots in (self._dots, self._best):
            dots.setAcceptHoverEvents(True)
            dots.opts.update(hoverable=True, tip=_tip)
            dots.sigClicked.connect(self._click)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self.dress(theme, "base")
        self._line.setPen(pyqtgraph.mkPen(token(theme, "strong_line"), style=Qt.PenStyle.DashLine))
        self._line.label.setColor(token(theme, "muted"))
        self._draw()

    def show_points(self, points: Points) -> None:
        """Draw these points, and let them fill the plot."""
        self._points = points
        self._draw()

    def mark(self, name: str) -> None:
        """Draw a ring around the point of a candidate; none when there is no such point."""
        self._marked = name
        at = [n for n, other in enumerate(self._points.names) if other == name]
        ring = pyqtgraph.mkPen(token(self._theme, "text"), width=1.8)
        self._mark.setData(self._points.x[at], self._points.y[at], size=CHOSEN_SIZE, pen=ring, brush=None)

    def place_of(self, name: str) -> tuple[float, float]:
        """Where the point of a candidate is, in the plot's own numbers."""
        at = self._points.names.index(name)
        return float(self._points.x[at]), float(self._points.y[at])

    def _draw(self) -> None:
        points = self._points
        quiet = QColor(token(self._theme, "muted"))
        quiet.setAlphaF(0.55)
        self._set_dots(self._dots, ~points.found, OTHER_SIZE, quiet)
        self._set_dots(self._best, points.found, FOUND_SIZE, qcolour(self._theme.accent))
        self._line.setVisible(points.line is not None)
        if points.line is not None:
            self._line.setValue(points.line)
        self._make_room()
        self._write_names()
        self.mark(self._marked)

    def _set_dots(
        self, dots: pyqtgraph.ScatterPlotItem, which: Bool[ndarray, " candidate"], size: float, colour: QColor
    ) -> None:
        names = [name for name, shown in zip(self._points.names, which, strict=True) if shown]
        x, y = self._points.x[which], self._points.y[which]
        dots.setData(x, y, data=names, size=size, brush=colour, pen=pyqtgraph.mkPen(None))

    def _make_room(self) -> None:
        x, y = self._points.x, self._points.y
        if len(x):
            (left, right), (low, high) = (_with_room(values) for values in (x, y))
            self.setRange(xRange=(left, right), yRange=(low, high), padding=0.0)

    def _write_names(self) -> None:
        for label in self._labels:
            self.removeItem(label)
        self._labels = []
        for number, at in enumerate(np.flatnonzero(self._points.found)[:LABELLED]):
            left = self._points.x[at] > self._points.x.mean()
            anchor = (1.14 if left else -0.14, 0.75 if number % 2 == 0 else 0.25)  # neighbours often lie close together
            label = pyqtgraph.TextItem(self._points.names[at], token(self._theme, "text"), anchor=anchor)
            label.setFont(QFont(self.font().family(), 8))
            label.setPos(float(self._points.x[at]), float(self._points.y[at]))
            self.addItem(label, ignoreBounds=True)
            self._labels.append(label)

    def _click(self, _: object, spots: list[pyqtgraph.SpotItem]) -> None:
        if len(spots):
            self.chosen.emit(str(spots[0].data()))


def _with_room(values: Float64[ndarray, " n"]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = ROOM * max(high - low, 1e-3)
    return low - room, high + 2 * room


def _tip(x: float, y: float, data: str) -> str:
    return str(data)
