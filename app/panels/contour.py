"""Contour level and opacity of the current map."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.panels.numbers import decimals_for, fixed
from app.selection import Selection
from app.tasks import Tasks
from app.theme import Theme
from app.widgets.histogram import Histogram, HistogramView, count_densities
from app.widgets.labels import heading, link_button, muted
from app.widgets.number_box import number_box
from difffit_core.document.commands import SetContourLevel, SetMapStyle
from difffit_core.document.session import MapItem, Session


class ContourPanel(QWidget):
    """A histogram with the level as a line, a box for the exact number, the suggestion and the opacity."""

    dragging = Signal(bool)  # while the level follows the mouse the surface may be drawn coarser

    def __init__(self, document: Document, selection: Selection, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection, self._tasks = document, selection, tasks
        self._histograms: dict[str, Histogram] = {}
        self._counting: set[str] = set()
        self._make_widgets()
        self._lay_out()
        document.changed.connect(self._follow)
        selection.changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Draw the histogram in the theme's colours."""
        self.histogram.set_theme(theme)

    @property
    def _item(self) -> MapItem | None:
        return self._document.session.find_map(self._selection.map_key)

    def _make_widgets(self) -> None:
        self.title = muted()
        self.histogram = HistogramView()
        self.histogram.level_moved.connect(self._drag_level)
        self.histogram.level_released.connect(self._end_drag)
        self.level = number_box()
        self.level.setToolTip("Density at which the surface is drawn, in map units. The fit uses it, too:\n"
                              "what lies above it counts as inside.")  # fmt: skip
        self.level.valueChanged.connect(self._set_level)
        tip = "Go back to the level suggested from the noise and the size of the molecule"
        self.suggestion = link_button("suggested", tip)
        self.suggestion.clicked.connect(self._take_suggestion)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(5, 100)
        self.opacity.setToolTip("How much of what lies behind the surface is hidden")
        self.opacity.valueChanged.connect(self._set_opacity)
        self.opacity.sliderReleased.connect(self._document.seal)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(heading("Contour"))
        top.addStretch()
        top.addWidget(self.title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.addWidget(QLabel("Level"), 0, 0)
        grid.addWidget(self.level, 0, 1)
        grid.addWidget(self.suggestion, 0, 2)
        grid.addWidget(QLabel("Opacity"), 1, 0)
        grid.addWidget(self.opacity, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.histogram)
        layout.addLayout(grid)

    def _follow(self, old: Session, new: Session) -> None:
        for key in self._histograms.keys() - {item.key for item in new.maps}:
            del self._histograms[key]
        self._show()

    def _show(self) -> None:
        item = self._item
        for widget in (self.level, self.suggestion, self.opacity):
            widget.setEnabled(item is not None)
        self.level.setSpecialValueText("" if item else "–")
        if item is None:
            self._show_nothing()
            return
        self.title.setText(item.name if len(self._document.session.maps) > 1 else "")
        self._show_histogram(item)
        self._show_numbers(item)

    def _show_nothing(self) -> None:
        self.title.setText("")
        self.suggestion.setText("suggested")
        self.histogram.show_histogram(None)
        with QSignalBlocker(self.level):
            self.level.setValue(self.level.minimum())

    def _show_numbers(self, item: MapItem) -> None:
        self.histogram.show_level(item.contour_level, item.suggested_level)
        histogram = self._histograms.get(item.key)
        spread = histogram.high - histogram.low if histogram else abs(item.contour_level) or 1.0
        self.suggestion.setText(f"suggested {fixed(item.suggested_level, decimals_for(spread / 10_000))}")
        with QSignalBlocker(self.level), QSignalBlocker(self.opacity):
            self.level.setDecimals(decimals_for(spread / 10_000))
            self.level.setSingleStep(spread / 100)
            self.level.setRange(*((histogram.low, histogram.high) if histogram else (-1e9, 1e9)))
            self.level.setValue(item.contour_level)
            self.opacity.setValue(round(100 * item.opacity))

    def _show_histogram(self, item: MapItem) -> None:
        known = self._histograms.get(item.key)
        self.histogram.show_histogram(known)
        if known is None and item.key not in self._counting:
            self._counting.add(item.key)
            data = item.volume.data
            self._tasks.submit(
                lambda: (item.key, count_densities(data)), on_result=self._take_histogram, on_error=self._no_histogram
            )

    def _take_histogram(self, counted: tuple[str, Histogram]) -> None:
        key, histogram = counted
        self._counting.discard(key)
        if self._document.session.find_map(key) is None:
            return
        self._histograms[key] = histogram
        item = self._item
        if item is not None and item.key == key:
            self.histogram.show_histogram(histogram)
            self._show_numbers(item)

    def _no_histogram(self, error: Exception) -> None:
        """Counting finite numbers cannot fail; when it does it is our mistake and must be seen."""
        raise error

    def _drag_level(self, level: float) -> None:
        self.dragging.emit(True)
        self._set_level(level)

    def _end_drag(self) -> None:
        self.dragging.emit(False)
        self._document.seal()

    def _set_level(self, level: float) -> None:
        if item := self._item:
            self._document.do(SetContourLevel(item.key, level))

    def _take_suggestion(self) -> None:
        if item := self._item:
            self._document.seal()
            self._document.do(SetContourLevel(item.key, item.suggested_level))
            self._document.seal()

    def _set_opacity(self, percent: int) -> None:
        if item := self._item:
            self._document.do(SetMapStyle(item.key, opacity=percent / 100))
