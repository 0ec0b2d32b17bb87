"""The candidates as points: how significant against how large the effect, and the scores by rank."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.scan_table import ScanTable
from app.theme import LIGHT, Theme, token
from app.widgets.labels import muted

TITLE = 24  # pixels
EFFECTS = {
    "excess": ("excess", "How far the best placement rises above the wrong ones of the same search"),
    "correlation": (
        "correlation about mean",
        "Small candidates reach high correlations by chance, which p accounts for",
    ),
}


class ScanPlotsPanel(QWidget):
    """Two plots side by side; pyqtgraph is imported by `prepare`, after the window is visible."""

    chosen = Signal(str)  # name of the candidate whose point was clicked

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._table, self._name = ScanTable(), ""
        self.volcano: Any = None
        self.ranks: Any = None
        self.effects = QComboBox()
        self.effects.setAccessibleName("What the plot of significance shows across")
        for key, (title, tip) in EFFECTS.items():
            self.effects.addItem(title, key)
            self.effects.setItemData(self.effects.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.effects.currentIndexChanged.connect(self._draw)
        self._note = muted("While a library is ranked, its candidates are drawn here.")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._note)

    def prepare(self) -> None:
        """Load pyqtgraph and make the plots."""
        if self.volcano is not None:
            return
        from app.panels.scan_scatter import ScatterPlot

        self.volcano = ScatterPlot(self._theme)
        self.ranks = ScatterPlot(self._theme)
        self.volcano.setAccessibleName("Significance of each candidate against its effect")
        self.ranks.setAccessibleName("Scores in the order of the ranking")
        for plot in (self.volcano, self.ranks):
            plot.chosen.connect(self.chosen)
        self._pages = self._both()
        self._stack.addWidget(self._pages)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self._note.setStyleSheet(f"background: {token(theme, 'base').name()}")
        if self.volcano is not None:
            self._pages.setStyleSheet(f"QWidget#plots {{ background: {token(theme, 'base').name()} }}")
            for plot in (self.volcano, self.ranks):
                plot.set_theme(theme)

    def show_table(self, table: ScanTable) -> None:
        """Draw the candidates as they stand now."""
        self._table = table
        if table.candidates:
            self.prepare()
        self._draw()

    def choose(self, name: str) -> None:
        """Mark the point of a candidate in both plots."""
        self._name = name
        if self.volcano is not None:
            for plot in (self.volcano, self.ranks):
                plot.mark(name)

    def _draw(self) -> None:
        if self.volcano is None:
            return
        self._stack.setCurrentWidget(self._pages if self._table.candidates else self._note)
        from app.panels.scan_scatter import rank_points, volcano_points

        effect = str(self.effects.currentData())
        self.volcano.show_points(volcano_points(self._table, effect))
        self.ranks.show_points(rank_points(self._table))
        self.choose(self._name)

    def _both(self) -> QWidget:
        """The plots side by side, over each what it shows."""
        both = QWidget()
        both.setObjectName("plots")
        columns = QHBoxLayout(both)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addLayout(_under(self.volcano, muted("−log₁₀ p against"), self.effects), 1)
        columns.addLayout(_under(self.ranks, muted("Score by rank")), 1)
        both.setStyleSheet(f"QWidget#plots {{ background: {token(self._theme, 'base').name()} }}")
        return both


def _under(plot: QWidget, *titles: QWidget) -> QVBoxLayout:
    top = QHBoxLayout()
    top.setContentsMargins(14, 4, 8, 0)
    top.setSpacing(6)
    for title in titles:
        title.setFixedHeight(TITLE)
        top.addWidget(title)
    top.addStretch(1)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addLayout(top)
    column.addWidget(plot, 1)
    return column
