"""The mouse as in ChimeraX: left rotates, middle and right shift, the wheel zooms, a click chooses.

Qt's events are read here directly: vispy's own handlers use calls that Qt has deprecated, and drop quick moves.
"""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.scene.camera import Camera

CLICK_DISTANCE = 4.0  # pixels: a press and release closer than this is a click
ROLL_BEYOND = 0.88  # of the half window: a drag that begins out here rolls about the line of sight
NOTCH = 120.0  # Qt's unit of a wheel's notch
PINCH_NOTCHES = 9.0  # wheel notches that doubling the distance between two fingers is worth

LEFT = Qt.MouseButton.LeftButton
Drag = Callable[[float, float], None]  # pixels right and down since the last call


class Mouse(QObject):
    """Watches a widget's mouse events and moves the camera."""

    moved = Signal()  # the camera has moved
    pressed = Signal()
    released = Signal()
    clicked = Signal(QPointF)  # widget pixels right, down
    double_clicked = Signal(QPointF)

    def __init__(self, widget: QWidget, camera: Camera) -> None:
        super().__init__(widget)
        self._widget, self._camera = widget, camera
        self._button: Qt.MouseButton | None = None
        self._start = self._last = QPointF()
        self._rolling = False
        self._dragged: Drag | None = None
        self.claim: Callable[[QPointF], Drag | None] = lambda position: None  # what lies there may be dragged
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle what concerns the camera; everything else goes its way."""
        if isinstance(event, QWheelEvent):
            self._zoom(event.angleDelta().y() / NOTCH)
        elif isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        elif isinstance(event, QMouseEvent):
            return self._mouse_event(event)
        else:
            return False
        return True

    def _mouse_event(self, event: QMouseEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self._press(event)
            case QEvent.Type.MouseMove if self._button is not None:
                self._drag(event)
            case QEvent.Type.MouseButtonRelease if event.button() == self._button:
                self._release(event)
            case QEvent.Type.MouseButtonDblClick if event.button() == LEFT:
                self.double_clicked.emit(event.position())
        return True

    def _press(self, event: QMouseEvent) -> None:
        if self._button is not None:
            return
        self._button = event.button()
        self._start = self._last = event.position()
        self._rolling = self._is_near_edge(event.position())
        self._dragged = self.claim(event.position()) if self._button == LEFT and not event.modifiers() else None
        self.pressed.emit()

    def _drag(self, event: QMouseEvent) -> None:
        here, before = event.position(), self._last
        self._last = here
        dx, dy = here.x() - before.x(), here.y() - before.y()
        size = self._size()
        if self._dragged is not None:
            self._dragged(dx, dy)
            return
        if self._button != LEFT or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._camera.shift(dx, dy, size)
        elif self._rolling:
            self._camera.roll(self._angle_at(here) - self._angle_at(before))
        else:
            self._camera.rotate(dx, dy, size)
        self.moved.emit()

    def _release(self, event: QMouseEvent) -> None:
        button, self._button = self._button, None
        self.released.emit()
        way = event.position() - self._start
        if button == LEFT and np.hypot(way.x(), way.y()) < CLICK_DISTANCE:
            self.clicked.emit(event.position())

    def _zoom(self, notches: float) -> None:
        self._camera.zoom(notches)
        self.moved.emit()

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(event.value() * PINCH_NOTCHES)
        return True

    def _size(self) -> tuple[int, int]:
        return max(self._widget.width(), 1), max(self._widget.height(), 1)

    def _is_near_edge(self, position: QPointF) -> bool:
        width, height = self._size()
        return max(abs(2 * position.x() / width - 1), abs(2 * position.y() / height - 1)) > ROLL_BEYOND

    def _angle_at(self, position: QPointF) -> float:
        """Counter-clockwise angle (radians) of a place around the window's middle."""
        width, height = self._size()
        return float(np.arctan2(height / 2 - position.y(), position.x() - width / 2))
