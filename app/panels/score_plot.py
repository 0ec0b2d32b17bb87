"""The pyqtgraph part of the plot panel, in a module of its own so that it can be imported late."""

import pyqtgraph
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from app.panels.plot import ScoreCurves
from app.theme import Theme, qcolour, token

MEDIAN = (0.93, 0.55, 0.20)


class ScorePlot(pyqtgraph.PlotWidget):
    """Best and median as lines, the spread as a band."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setAntialiasing(True)
        self.setLabel("left", "Score")
        self.getAxis("left").enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(48)
        self.getAxis("bottom").enableAutoSIPrefix(False)
        self.setLabel("bottom", "Step")
        self._low, self._high = self.plot(antialias=True), self.plot(antialias=True)
        self._band = pyqtgraph.FillBetweenItem(self._low, self._high)
        self.addItem(self._band)
        self._legend = self.addLegend(offset=(-12, -12), labelTextSize="8pt")
        self._median, self._best = self.plot(name="median", antialias=True), self.plot(name="best", antialias=True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self.setBackground(token(theme, "base"))
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(token(theme, "strong_line"))
            axis.setTextPen(token(theme, "muted"))
        self._best.setPen(_pen(qcolour(theme.accent), 2.2))
        self._median.setPen(_pen(qcolour(MEDIAN), 1.6))
        band = QColor(qcolour(MEDIAN))
        band.setAlphaF(0.16)
        self._band.setBrush(band)
        for edge in (self._low, self._high):
            edge.setPen(None)
        self._legend.setLabelTextColor(token(theme, "text"))
        for _, label in self._legend.items:
            label.setText(label.text, color=token(theme, "text"))

    def show_curves(self, curves: ScoreCurves) -> None:
        """Draw the curves as they stand now."""
        for line, values in (
            (self._low, curves.low),
            (self._high, curves.high),
            (self._median, curves.median),
            (self._best, curves.best),
        ):
            line.setData(curves.step, values)


def _pen(colour: QColor, width: float) -> QPen:
    """A line whose width does not grow with the axes' scale."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen
