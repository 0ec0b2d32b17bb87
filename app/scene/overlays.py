"""Labels over the picture: axes, colour legend and scale bar, as widgets that let the mouse through."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from scipy.spatial.transform import Rotation

from app.scene.palette import SCORE_STOPS
from app.theme import Colour, Theme

AXIS_COLOURS = ((0.86, 0.27, 0.27), (0.25, 0.65, 0.32), (0.29, 0.47, 0.92))
SCALE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # Å


class Overlay(QWidget):
    """A transparent child that paints with the theme's foreground."""

    def __init__(self, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self.setFixedSize(width, height)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._foreground = QColor(Qt.GlobalColor.black)

    def set_theme(self, theme: Theme) -> None:
        """Use this theme's foreground."""
        self._foreground = qt_colour(theme.foreground)
        self.update()

    def _begin(self) -> QPainter:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(self._foreground)
        return painter


class AxisTriad(Overlay):
    """The map's x, y and z axes as they are turned now."""

    ARM = 26.0  # pixels

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 84, 84)
        self._axes = np.eye(3)

    def set_rotation(self, view_from_map: Rotation) -> None:
        """Show these axes."""
        self._axes = view_from_map.as_matrix().T
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arms, the one farthest away first."""
        painter = self._begin()
        middle = QPointF(self.width() / 2, self.height() / 2)
        for axis in np.argsort(self._axes[:, 2]):
            x, y, z = self._axes[axis]
            colour = qt_colour(AXIS_COLOURS[axis])
            colour.setAlphaF(0.65 + 0.35 * max(z, 0.0) if z > -0.2 else 0.5)
            painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(middle, middle + QPointF(x, -y) * self.ARM)
            label = middle + QPointF(x, -y) * (self.ARM + 8)
            if np.hypot(x, y) > 0.25:
                painter.drawText(
                    QRectF(label.x() - 8, label.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, "xyz"[axis]
                )
        painter.end()


class ColourLegend(Overlay):
    """What the colours of the poses mean."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 176, 50)
        self._title, self._low, self._high = "", 0.0, 1.0
        self.hide()

    def show_range(self, title: str, low: float, high: float) -> None:
        """Show the scale from `low` to `high`, together with the picture's next frame.

        No update of its own: each would have the whole picture under the legend shown anew.
        """
        self._title, self._low, self._high = title, low, high
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, gradient and both ends."""
        painter = self._begin()
        width = self.width()
        painter.drawText(QRectF(0, 0, width, 18), Qt.AlignmentFlag.AlignLeft, self._title)
        gradient = QLinearGradient(0, 0, width, 0)
        for place, colour in zip(np.linspace(0, 1, len(SCORE_STOPS)), SCORE_STOPS, strict=True):
            gradient.setColorAt(float(place), qt_colour(tuple(colour)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(0, 20, width, 8), 3, 3)
        painter.setPen(self._foreground)
        painter.drawText(QRectF(0, 32, width, 18), Qt.AlignmentFlag.AlignLeft, f"{self._low:.3g}")
        painter.drawText(QRectF(0, 32, width, 18), Qt.AlignmentFlag.AlignRight, f"{self._high:.3g}")
        painter.end()


class ScaleBar(Overlay):
    """A length of a round number of Å in the plane of the centre of rotation."""

    LONGEST = 130.0  # pixels

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 150, 34)
        self._pixel_size = 0.0

    def set_pixel_size(self, pixel_size: float) -> None:
        """Å per window pixel."""
        self._pixel_size = pixel_size
        self.update()

    @property
    def length(self) -> int:
        """The length shown (Å)."""
        fitting = [step for step in SCALE_STEPS if step <= self.LONGEST * self._pixel_size]
        return fitting[-1] if fitting else SCALE_STEPS[0]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and its length."""
        if self._pixel_size <= 0:
            return
        painter = self._begin()
        pixels = min(self.length / self._pixel_size, self.width() - 4.0)
        painter.drawText(QRectF(2, 0, self.width(), 18), Qt.AlignmentFlag.AlignLeft, f"{self.length} Å")
        painter.setPen(QPen(self._foreground, 2))
        painter.drawPolyline([QPointF(2, 20), QPointF(2, 26), QPointF(2 + pixels, 26), QPointF(2 + pixels, 20)])
        painter.end()


def qt_colour(colour: Colour) -> QColor:
    """A theme's colour as Qt's."""
    return QColor.fromRgbF(*(float(c) for c in colour))
