"""The pyqtgraph part of the profile, in a module of its own so that it can be imported late."""

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from app.theme import Theme, qcolour, token
from difffit_core.data.residue_scores import ResidueScores

TICKS = 12  # residue numbers along the axis


class ProfilePlot(pyqtgraph.PlotWidget):
    """One line over all residues, a mark under the mouse, a line where the chain changes."""

    hovered = Signal(int)  # index of the residue, -1 for none

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.setAntialiasing(True)
        self.getAxis("left").setWidth(48)
        self._values = np.zeros(0)
        self._line = self.plot(antialias=True)
        self._mark = pyqtgraph.InfiniteLine(movable=False)
        self._mark.hide()
        self.addItem(self._mark, ignoreBounds=True)
        self._bounds: list[pyqtgraph.InfiniteLine] = []
        self._theme = theme
        self.set_theme(theme)
        self.scene().sigMouseMoved.connect(self._move)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self.setBackground(token(theme, "base"))
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(token(theme, "strong_line"))
            axis.setTextPen(token(theme, "muted"))
        self._line.setPen(_pen(qcolour(theme.accent), 1.4))
        fill = qcolour(theme.accent)
        fill.setAlphaF(0.14)
        self._line.setBrush(fill)
        self._line.setFillLevel(0.0)
        self._mark.setPen(_pen(token(theme, "warning"), 1.4))
        for bound in self._bounds:
            bound.setPen(_chain_pen(theme))

    def show_profile(self, scores: ResidueScores, metric: str, title: str) -> None:
        """Draw a metric along the residues, in file order."""
        self._values = np.asarray(getattr(scores, metric), dtype=np.float64)
        self.setLabel("left", title)
        self._line.setData(np.arange(len(self._values)), self._values)
        self._show_chains(scores)
        self.setLimits(xMin=-1, xMax=len(self._values))
        self.setXRange(0, max(1, len(self._values) - 1), padding=0.01)
        low, high = float(np.nanmin(self._values)), float(np.nanmax(self._values))
        top = max(1.0, high) if metric != "mean_density" else high
        self.setYRange(min(0.0, low), top, padding=0.03)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has gone: no residue is meant."""
        self._mark.hide()
        self.hovered.emit(-1)
        super().leaveEvent(event)

    def _show_chains(self, scores: ResidueScores) -> None:
        for bound in self._bounds:
            self.removeItem(bound)
        begins = np.flatnonzero(scores.chain[1:] != scores.chain[:-1]) + 1
        self._bounds = [
            pyqtgraph.InfiniteLine(
                begin - 0.5,
                pen=_chain_pen(self._theme),
                label=str(scores.chain[begin]),
                labelOpts={"position": 0.95, "color": token(self._theme, "muted")},
            )
            for begin in begins
        ]
        for bound in self._bounds:
            self.addItem(bound, ignoreBounds=True)
        shown = np.unique(np.linspace(0, len(scores) - 1, TICKS).astype(int))
        self.getAxis("bottom").setTicks([[(int(k), f"{scores.chain[k]} {scores.number[k]}") for k in shown]])

    def _move(self, place: QPointF) -> None:
        view = self.getPlotItem().getViewBox()
        residue = round(view.mapSceneToView(place).x())
        inside = view.sceneBoundingRect().contains(place) and 0 <= residue < len(self._values)
        self._mark.setVisible(inside)
        if inside:
            self._mark.setValue(residue)
        self.hovered.emit(residue if inside else -1)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _chain_pen(theme: Theme) -> QPen:
    pen = _pen(token(theme, "strong_line"), 1.0)
    pen.setStyle(Qt.PenStyle.DashLine)
    return pen
