"""The OpenGL widget: turns the mouse into camera moves and draws when the frame loop asks."""

import logging
from time import perf_counter

import numpy as np
from numpy import ndarray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from vispy import app as vispy_app
from vispy import gloo
from vispy.util.event import Event

from app.scene.camera import Camera
from app.scene.frame_loop import FrameLoop
from app.scene.gl_setup import DEPTH_BITS, Graphics
from app.scene.renderer import Renderer, Scene

CLICK_DISTANCE = 4  # pixels: a press and release closer than this is a click
ROLL_BEYOND = 0.88  # of the half window: a drag that begins out here rolls about the line of sight
LEFT, RIGHT, MIDDLE = 1, 2, 3  # vispy's buttons


class CanvasSignals(QObject):
    """vispy's canvas is no QObject; these are its signals."""

    camera_moved = Signal()
    clicked = Signal(int, int)  # device pixels right, down
    double_clicked = Signal(int, int)
    failed = Signal(str)


class Canvas(vispy_app.Canvas):
    """Draws whatever `scene` holds; one per window."""

    def __init__(self, parent: QWidget, scene: Scene, graphics: Graphics) -> None:
        self.scene = scene
        self.signals = CanvasSignals()
        self.loop = FrameLoop(software=graphics.software)
        self._software = graphics.software
        self._renderer: Renderer | None = None
        self._broken = False
        self._rolling = False
        super().__init__(
            app=vispy_app.use_app("pyside6"), parent=parent, keys=None, show=False, autoswap=False,
            config={"depth_size": DEPTH_BITS, "double_buffer": True},
        )  # fmt: skip
        self.loop.draw_wanted.connect(self._redraw)

    @property
    def camera(self) -> Camera:
        """The camera of the scene."""
        return self.scene.camera

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in device pixels."""
        width, height = self.physical_size
        return max(int(width), 1), max(int(height), 1)

    def renderer(self) -> Renderer:
        """The renderer, with this canvas's context made current."""
        if not self.native.isValid():
            self.native.grabFramebuffer()  # a widget that was never shown gets its context here
        self.set_current()
        if self._renderer is None:
            self._renderer = Renderer()
        return self._renderer

    def on_draw(self, event: Event) -> None:
        """Draw the next sample if one is due, and show the average."""
        if self._broken:
            return
        try:
            self._draw()
        except RuntimeError as error:  # vispy's class for everything a driver refuses
            self._broken = True
            logging.getLogger(__name__).exception("drawing failed")
            self.signals.failed.emit(f"The graphics driver cannot draw the 3-D view: {error}")

    def on_resize(self, event: Event) -> None:
        """Start a new picture of the new size."""
        self.loop.view_changed()
        self.signals.camera_moved.emit()

    def on_mouse_press(self, event: Event) -> None:
        """Begin a drag."""
        self._rolling = event.button == LEFT and self._is_near_edge(event.pos)
        self.loop.begin_drag()
        event.handled = True

    def on_mouse_move(self, event: Event) -> None:
        """Rotate with the left button, shift with the others."""
        if not event.is_dragging or event.last_event is None:
            return
        dx, dy = (float(d) for d in event.pos - event.last_event.pos)
        shifts = event.button != LEFT or "Shift" in [m.name for m in event.modifiers]
        if shifts:
            self.camera.shift(dx, dy, self.size)
        elif self._rolling:
            self.camera.roll(self._angle_between(event.last_event.pos, event.pos))
        else:
            self.camera.rotate(dx, dy, self.size)
        self._moved()

    def on_mouse_release(self, event: Event) -> None:
        """End a drag, or report a click."""
        self.loop.end_drag()
        press = event.press_event
        if press is None or press.button != LEFT:
            return
        if abs(event.pos - press.pos).max() < CLICK_DISTANCE:
            self.signals.clicked.emit(*self._device_pixel(event.pos))

    def on_mouse_double_click(self, event: Event) -> None:
        """Report where."""
        self.signals.double_clicked.emit(*self._device_pixel(event.pos))
        event.handled = True

    def on_mouse_wheel(self, event: Event) -> None:
        """Come closer or go away."""
        self.camera.zoom(float(event.delta[1]))
        self._moved()
        event.handled = True

    def _draw(self) -> None:
        renderer = self.renderer()
        sample = self.loop.next_sample()
        begin = perf_counter()
        if sample is not None:
            renderer.add_sample(self.scene, self.pixels, sample, occlusion=not self.loop.reduced)
        samples = self.loop.samples + (sample is not None)
        renderer.present(smooth=samples <= 1)
        gloo.set_clear_color((0.0, 0.0, 0.0, 1.0))  # vispy clears the alpha channel next: Qt needs an opaque widget
        if sample is not None:
            gloo.finish() if self._software else gloo.flush()
            self.loop.drawn(perf_counter() - begin)

    def _redraw(self) -> None:
        self.native.update()

    def _moved(self) -> None:
        self.loop.view_changed()
        self.signals.camera_moved.emit()

    def _device_pixel(self, position: ndarray) -> tuple[int, int]:
        ratio = self.pixels[0] / max(self.size[0], 1)
        return int(position[0] * ratio), int(position[1] * ratio)

    def _is_near_edge(self, position: ndarray) -> bool:
        half = np.array(self.size) / 2
        return bool((np.abs(position - half) / half).max() > ROLL_BEYOND)

    def _angle_between(self, before: ndarray, after: ndarray) -> float:
        half = np.array(self.size) / 2
        (x0, y0), (x1, y1) = before - half, after - half
        return float(np.arctan2(x1 * y0 - y1 * x0, x0 * x1 + y0 * y1))
