"""A log histogram of a map with the contour level as a line that can be dragged."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import LIGHT, Theme, token

BINS = 160
MOST_VOXELS = 2_000_000  # counted; a larger map is sampled at even steps

MARGIN = 8.0  # pixels at both sides
FOOT = 17.0  # pixels below for the numbers
HEAD = 8.0  # pixels above for the handle


@dataclass(frozen=True)
class Histogram:
    """Counts of voxels in even bins between the lowest and the highest density (map units)."""

    counts: Float64[ndarray, " bin"]
    low: float
    high: float


def count_densities(data: ndarray) -> Histogram:
    """The histogram of a map's densities; of an even sample when the map is large."""
    step = max(1, int(np.ceil((data.size / MOST_VOXELS) ** (1 / 3))))
    low, high = float(data.min()), float(data.max())
    counts, _ = np.histogram(data[::step, ::step, ::step], bins=BINS, range=(low, high if high > low else low + 1.0))
    return Histogram(counts.astype(np.float64), low, high)


class HistogramView(QWidget):
    """Shows the histogram; press or drag anywhere to move the level."""

    level_moved = Signal(float)
    level_released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._histogram: Histogram | None = None
        self._level = 0.0
        self._suggested: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setToolTip("How often each density occurs (logarithmic). Drag the line to move the contour level;\n"
                        "the small triangle marks the suggested level.")  # fmt: skip

    def sizeHint(self) -> QSize:
        """Enough to judge the tail of the distribution, no more."""
        return QSize(200, 92)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        self.update()

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show another map's histogram, or none."""
        self._histogram = histogram
        self.setEnabled(histogram is not None)
        self.update()

    def show_level(self, level: float, suggested: float | None) -> None:
        """Move the line and the mark of the suggested level (map units)."""
        self._level, self._suggested = level, suggested
        self.update()

    def x_of(self, density: float) -> float:
        """Where a density (map units) stands, in pixels from the left."""
        if self._histogram is None:
            return MARGIN
        span = self._histogram.high - self._histogram.low or 1.0
        share = (density - self._histogram.low) / span
        return MARGIN + min(1.0, max(0.0, share)) * (self.width() - 2 * MARGIN)

    def density_at(self, x: float) -> float:
        """The density (map units) that stands at a pixel."""
        if self._histogram is None:
            return 0.0
        share = min(1.0, max(0.0, (x - MARGIN) / max(1.0, self.width() - 2 * MARGIN)))
        return self._histogram.low + share * (self._histogram.high - self._histogram.low)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the line along."""
        if event.button() == Qt.MouseButton.LeftButton and self._histogram is not None:
            self.level_moved.emit(self.density_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the line."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._histogram is not None:
            self.level_moved.emit(self.density_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the line."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.level_released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, bars, suggested level, level and the ends of the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0.5, 0.5, self.width() - 1.0, self.height() - FOOT)
        painter.setPen(token(self._theme, "line"))
        painter.setBrush(token(self._theme, "base"))
        painter.drawRoundedRect(area, 5, 5)
        if self._histogram is None:
            self._paint_note(painter, area)
            return
        self._paint_bars(painter, area)
        self._paint_suggestion(painter, area)
        self._paint_level(painter, area)
        self._paint_ends(painter)

    def _paint_note(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(token(self._theme, "muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "Open a map to see its densities")

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        """The part above the level in the accent's colour: what the surface encloses."""
        outline = self._outline(area)
        split = self.x_of(self._level)
        for left, right, name in ((0.0, split, "strong_line"), (split, float(self.width()), "accent")):
            painter.save()
            painter.setClipRect(QRectF(left, 0, right - left, self.height()))
            fill = QColor(token(self._theme, name))
            fill.setAlphaF(0.55)
            painter.fillPath(outline, fill)
            painter.restore()

    def _outline(self, area: QRectF) -> QPainterPath:
        assert self._histogram is not None
        heights = np.log10(1.0 + self._histogram.counts)
        heights = heights / (heights.max() or 1.0) * (area.height() - HEAD - 4)
        edges = np.linspace(MARGIN, self.width() - MARGIN, len(heights) + 1)
        path = QPainterPath(QPointF(edges[0], area.bottom()))
        for height, left, right in zip(heights, edges[:-1], edges[1:], strict=True):
            path.lineTo(left, area.bottom() - height)
            path.lineTo(right, area.bottom() - height)
        path.lineTo(edges[-1], area.bottom())
        path.closeSubpath()
        return path

    def _paint_suggestion(self, painter: QPainter, area: QRectF) -> None:
        if self._suggested is None:
            return
        x = self.x_of(self._suggested)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(token(self._theme, "muted"))
        corners = [QPointF(x - 4.5, area.bottom() + 7), QPointF(x + 4.5, area.bottom() + 7), QPointF(x, area.bottom())]
        painter.drawPolygon(QPolygonF(corners))

    def _paint_level(self, painter: QPainter, area: QRectF) -> None:
        x = self.x_of(self._level)
        painter.setPen(QPen(token(self._theme, "accent"), 2))
        painter.drawLine(QPointF(x, area.top() + HEAD / 2), QPointF(x, area.bottom()))
        painter.setBrush(token(self._theme, "base"))
        painter.drawEllipse(QPointF(x, area.top() + HEAD), 4.5, 4.5)

    def _paint_ends(self, painter: QPainter) -> None:
        assert self._histogram is not None
        foot = QRectF(1, self.height() - FOOT + 1, self.width() - 2, FOOT)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        painter.setPen(token(self._theme, "muted"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{self._histogram.low:.3g}")
        painter.drawText(
            foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{self._histogram.high:.3g}"
        )
