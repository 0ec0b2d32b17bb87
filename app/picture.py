"""The whole window as a picture, the 3D view included."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QPixmap, QRegion
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from app.scene.viewport import Viewport


def window_picture(window: QWidget, viewport: Viewport) -> QPixmap:
    """What is seen. A plain `grab` leaves the OpenGL canvas empty: the scene and its overlays are drawn in here."""
    picture = window.grab()
    canvas = viewport.findChild(QOpenGLWidget)
    if canvas is None or not canvas.isVisible():
        return picture
    corner = canvas.mapTo(window, QPoint(0, 0))
    painter = QPainter(picture)
    painter.drawImage(QRect(corner, canvas.size()), scene_image(viewport))
    painter.end()
    for overlay in canvas.findChildren(QWidget):
        if overlay.isVisible() and overlay.parent() is canvas:
            place = corner + overlay.pos()
            overlay.render(picture, place, QRegion(), QWidget.RenderFlag.DrawChildren)
    return picture


def scene_image(viewport: Viewport) -> QImage:
    """The scene as it is on screen, without overlays."""
    pixels = viewport.image()
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
