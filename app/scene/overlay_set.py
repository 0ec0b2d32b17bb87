"""All labels over the picture together: on screen in the window's corners, and painted into exported pictures."""

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.scene.camera import Camera
from app.scene.legends import Legend
from app.scene.overlays import AxisTriad, ColourLegend, Overlay, ScaleBar
from app.theme import Theme

MARGIN = 14  # pixels between overlays and the edge


class OverlaySet:
    """Axes at the upper left, scale bar at the lower left, legends at the lower right."""

    def __init__(self, parent: QWidget) -> None:
        self._triad, self._legend, self._scale_bar = AxisTriad(parent), ColourLegend(parent), ScaleBar(parent)
        self._wanted: dict[Overlay, bool] = {self._triad: True, self._legend: True, self._scale_bar: True}
        self._size = (1, 1)

    def move_to(self, parent: QWidget) -> None:
        """Lie over another widget from now on."""
        for overlay in self._wanted:
            overlay.setParent(parent)
        self._show_wanted()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        for overlay in self._wanted:
            overlay.set_theme(theme)

    def choose(self, *, axes: bool, scale_bar: bool, legend: bool) -> None:
        """Which ones are wanted."""
        self._wanted = {self._triad: axes, self._legend: legend, self._scale_bar: scale_bar}
        self._show_wanted()

    def show_legends(self, legends: list[Legend]) -> None:
        """Explain these colours, or none."""
        self._legend.show_legends(legends)
        self._show_wanted()
        self.arrange(*self._size)

    def follow(self, camera: Camera, size: tuple[int, int]) -> None:
        """The camera has moved; the window's size in its own pixels."""
        self._triad.set_rotation(camera.rotation)
        self._scale_bar.set_pixel_size(camera.pixel_size(size))

    def arrange(self, width: int, height: int) -> None:
        """Keep to the corners of the window."""
        self._size = (width, height)
        for overlay, (x, y) in self._corners(width, height).items():
            overlay.move(int(x), int(y))

    def painted(self, pixels: UInt8[ndarray, "height width 4"], camera: Camera, scale: float) -> ndarray:
        """A picture (RGBA) with the labels that are wanted, `scale` times as large as on screen."""
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
        image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        painter.scale(scale, scale)
        window = (max(round(width / scale), 1), max(round(height / scale), 1))
        self.follow(camera, window)
        for overlay, (x, y) in self._corners(*window).items():
            if self._is_shown(overlay):
                painter.save()
                painter.translate(x, y)
                overlay.paint(painter)
                painter.restore()
        painter.end()
        painted = image.convertToFormat(QImage.Format.Format_RGBA8888)
        return np.frombuffer(painted.constBits(), dtype=np.uint8).reshape(height, width, 4).copy()

    def _corners(self, width: int, height: int) -> dict[Overlay, tuple[float, float]]:
        legend, bar = self._legend, self._scale_bar
        return {
            self._triad: (MARGIN, MARGIN),
            legend: (width - legend.width() - MARGIN, height - legend.height() - MARGIN),
            bar: (MARGIN, height - bar.height() - MARGIN // 2),
        }

    def _is_shown(self, overlay: Overlay) -> bool:
        return self._wanted[overlay] and not (overlay is self._legend and self._legend.empty)

    def _show_wanted(self) -> None:
        for overlay in self._wanted:
            overlay.setVisible(self._is_shown(overlay))
