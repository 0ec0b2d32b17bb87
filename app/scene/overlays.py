"""Labels over the picture: axes, colour legend and scale bar, as widgets that let the mouse through."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from scipy.spatial.transform import Rotation

from app.scene.legends import Bins, Legend, Scale
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
        self._ground = QColor(Qt.GlobalColor.white)

    def set_theme(self, theme: Theme) -> None:
        """Use this theme's foreground."""
        self._foreground, self._ground = qt_colour(theme.foreground), qt_colour(theme.background)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint over the scene."""
        painter = QPainter(self)
        self.paint(painter)
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint with the painter's origin as the upper left corner; pictures use this, too."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(self._foreground)
        self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        raise NotImplementedError


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

    def _draw(self, painter: QPainter) -> None:
        """The arms, the one farthest away first."""
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


class ColourLegend(Overlay):
    """What the colours mean: one strip for each legend, one above the other."""

    WIDTH, HEIGHT = 196, 62  # pixels, of one strip with its margins
    INSET = 10.0

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self.WIDTH, self.HEIGHT)
        self._legends: list[Legend] = []
        self.hide()

    def show_legends(self, legends: list[Legend]) -> None:
        """Show these, together with the picture's next frame.

        No update of its own: each would have the whole picture under the legend shown anew.
        """
        if len(legends) != len(self._legends):
            self.setFixedSize(self.WIDTH, self.HEIGHT * max(len(legends), 1))
        self._legends = legends

    @property
    def empty(self) -> bool:
        """Whether there is nothing to explain."""
        return not self._legends

    def _draw(self, painter: QPainter) -> None:
        ground = QColor(self._ground)
        ground.setAlphaF(0.72)  # the labels have to be read over whatever is drawn behind
        painter.setBrush(ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(0, 0, self.width(), self.height()), 6, 6)
        for number, legend in enumerate(self._legends):
            strip = QRectF(self.INSET, number * self.HEIGHT + 6, self.WIDTH - 2 * self.INSET, self.HEIGHT - 12)
            painter.setPen(self._foreground)
            painter.drawText(strip, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, legend.title)
            bar = QRectF(strip.left(), strip.top() + 20, strip.width(), 8)
            labels = QRectF(strip.left(), strip.top() + 32, strip.width(), 18)
            if isinstance(legend, Scale):
                self._draw_scale(painter, legend, bar, labels)
            else:
                self._draw_bins(painter, legend, bar, labels)

    def _draw_scale(self, painter: QPainter, scale: Scale, bar: QRectF, labels: QRectF) -> None:
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for place, colour in zip(np.linspace(0, 1, len(scale.stops)), scale.stops, strict=True):
            gradient.setColorAt(float(place), qt_colour(tuple(colour)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(self._foreground)
        painter.drawText(labels, Qt.AlignmentFlag.AlignLeft, f"{scale.low:.3g}")
        painter.drawText(labels, Qt.AlignmentFlag.AlignRight, f"{scale.high:.3g}")

    def _draw_bins(self, painter: QPainter, bins: Bins, bar: QRectF, labels: QRectF) -> None:
        width = bar.width() / max(len(bins.classes), 1)
        for number, (label, colour) in enumerate(bins.classes):
            left = bar.left() + number * width
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(qt_colour(colour))
            painter.drawRect(QRectF(left, bar.top(), width - 2, bar.height()))
            painter.setPen(self._foreground)
            painter.drawText(QRectF(left, labels.top(), width, 18), Qt.AlignmentFlag.AlignHCenter, label)


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

    def _draw(self, painter: QPainter) -> None:
        if self._pixel_size <= 0:
            return
        pixels = min(self.length / self._pixel_size, self.width() - 4.0)
        painter.drawText(QRectF(2, 0, self.width(), 18), Qt.AlignmentFlag.AlignLeft, f"{self.length} Å")
        painter.setPen(QPen(self._foreground, 2))
        painter.drawPolyline([QPointF(2, 20), QPointF(2, 26), QPointF(2 + pixels, 26), QPointF(2 + pixels, 20)])


def qt_colour(colour: Colour) -> QColor:
    """A theme's colour as Qt's."""
    return QColor.fromRgbF(*(float(c) for c in colour))
