"""How much of the map is explained after each round; in a module of its own because pyqtgraph is imported late."""

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.panels.quiet_plot import QuietPlot
from app.proposal_presenter import UNEXPLAINED_COLOUR
from app.theme import Theme, qcolour, token

BAR = 0.6  # of the distance of two rounds
FEWEST = 3  # rounds that there is room for
TOP = 165  # per cent: above the bars stands the legend


class ExplainedPlot(QuietPlot):
    """A bar for every round: below what is explained, above it what is not (per cent of the density)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, axis_width=46)
        self.getAxis("left").setTicks([[(0, "0"), (50, "50"), (100, "100 %")]])
        self._theme = theme
        self._explained: list[float] = []
        self._bars: list[pyqtgraph.GraphicsObject] = []
        self._legend = self.addLegend(offset=(-8, 1), labelTextSize="8pt", colCount=2)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self.dress(theme, "window")
        self._draw()

    def show_rounds(self, explained: Sequence[float]) -> None:
        """Draw these shares (0 to 1), one for each round."""
        if list(explained) != self._explained:
            self._explained = list(explained)
            self._draw()

    def _draw(self) -> None:
        self._legend.clear()
        for bar in self._bars:
            self.removeItem(bar)
        self._bars = []
        for number, share in enumerate(self._explained, 1):
            self._add(number, 0.0, 100 * share, qcolour(self._theme.accent))
            self._add(number, 100 * share, 100 - 100 * share, _softened(qcolour(UNEXPLAINED_COLOUR)))
            label = pyqtgraph.TextItem(f"{100 * share:.0f} %", color="white", anchor=(0.5, 0.5))
            label.setPos(number, 50 * share)
            self.addItem(label, ignoreBounds=True)
            self._bars.append(label)
        for bar, name in zip(self._bars, ("explained", "unexplained"), strict=False):
            self._legend.addItem(bar, name)
        for _, text in self._legend.items:
            text.setText(text.text, color=token(self._theme, "text"))
        count = max(FEWEST, len(self._explained))
        self.getAxis("bottom").setTicks([[(n, f"Round {n}") for n in range(1, len(self._explained) + 1)]])
        self.setRange(xRange=(0.5, count + 0.5), yRange=(0, TOP), padding=0.0)

    def _add(self, number: int, low: float, height: float, colour: QColor) -> None:
        bar = pyqtgraph.BarGraphItem(
            x=[number], y0=[low], height=[height], width=BAR, brush=colour, pen=pyqtgraph.mkPen(None)
        )
        self.addItem(bar)
        self._bars.append(bar)


def _softened(colour: QColor) -> QColor:
    colour.setAlphaF(0.55)
    return colour
