"""The OpenGL widget: draws the scene when the frame loop asks, and starts over when the camera moves."""

import logging
from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QOpenGLContext
from PySide6.QtWidgets import QWidget
from vispy import app as vispy_app
from vispy import gloo
from vispy.util.event import Event

from app.scene.frame_loop import FrameLoop
from app.scene.gl_setup import DEPTH_BITS, Graphics
from app.scene.mouse import Mouse
from app.scene.renderer import Renderer, Scene

REDUCED_SCALE, BUSY_SCALE = 0.6, 0.5  # of the size, for pictures that have to be quick; while a job runs
LONGEST_TURN = 0.015  # s of drawing after which the window gets its turn, if a pass does not take longer
BUSY_TURN = 0.040  # s, the same while a job runs: a second turn would mean a second repaint of the window


class CanvasSignals(QObject):
    """vispy's canvas is no QObject; these are its signals."""

    camera_moved = Signal()
    clicked = Signal(int, int)  # device pixels right, down
    double_clicked = Signal(int, int)
    failed = Signal(str)
    lost = Signal()  # everything on the graphics card is gone


class Canvas(vispy_app.Canvas):
    """Draws whatever `scene` holds; one per window."""

    def __init__(self, parent: QWidget, scene: Scene, graphics: Graphics) -> None:
        self.scene = scene
        self.signals = CanvasSignals()
        self.loop = FrameLoop(software=graphics.software)
        self._software = graphics.software
        self._renderer: Renderer | None = None
        self._broken = False
        self._qt_context: QOpenGLContext | None = None
        self._passes: Iterator[None] | None = None  # of the sample that is being drawn
        self._seconds = 0.0  # that it has taken so far
        super().__init__(
            app=vispy_app.use_app("pyside6"), parent=parent, keys=None, show=False, autoswap=False,
            config={"depth_size": DEPTH_BITS, "double_buffer": True},
        )  # fmt: skip
        self.mouse = Mouse(self.native, scene.camera)
        self._connect()

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
            self._qt_context = self.native.context()
            self._qt_context.aboutToBeDestroyed.connect(self.signals.lost)
        return self._renderer

    def abandon(self) -> None:
        """Draw nothing any more: the view moves to another window, or the driver has started over."""
        self._broken = True
        self.loop.stop()

    def on_draw(self, event: Event) -> None:
        """Show the average; first draw its first sample if the user waits for it."""
        self._guarded(self._paint)

    def on_resize(self, event: Event) -> None:
        """Start a new picture of the new size."""
        self._restart()

    def _connect(self) -> None:
        self.loop.draw_wanted.connect(self._draw_next)
        self.mouse.moved.connect(self._restart)
        self.mouse.pressed.connect(self.loop.begin_drag)
        self.mouse.released.connect(self.loop.end_drag)
        self.mouse.clicked.connect(self._report_click)
        self.mouse.double_clicked.connect(self._report_double_click)

    def _guarded(self, draw: Callable[[], None]) -> None:
        """Draw, or give up for good when the driver refuses."""
        if self._broken:
            return
        try:
            draw()
        except RuntimeError as error:  # vispy's class for everything a driver refuses
            self._broken = True
            logging.getLogger(__name__).exception("drawing failed")
            self.signals.failed.emit(f"The graphics driver cannot draw the 3-D view; update it. It said: {error}")

    def _paint(self) -> None:
        renderer = self.renderer()
        if self.loop.urgent:
            self._begin_sample(renderer)
            while self._passes is not None:
                self._draw_pass()
        renderer.present(self.pixels, smooth=self.loop.samples == 1 and not self.loop.reduced)
        gloo.set_clear_color((0.0, 0.0, 0.0, 1.0))  # vispy clears the alpha channel next: Qt needs an opaque widget
        gloo.flush()
        self.loop.wake_up()

    def _advance(self) -> None:
        """The next sample; on a slow machine a few passes of it, and the window gets its turn before the next."""
        renderer = self.renderer()
        if self._passes is None:
            self._begin_sample(renderer)
        if self._passes is None:
            return
        begin, turn = perf_counter(), BUSY_TURN if self.loop.busy else LONGEST_TURN
        self._draw_pass()
        while self._passes is not None and not (self.loop.slow and perf_counter() - begin > turn):
            self._draw_pass()
        if self._passes is None:
            self.native.update()
        else:
            self.loop.breathe()

    def _begin_sample(self, renderer: Renderer) -> None:
        sample = self.loop.next_sample()
        self._passes = None
        if sample is not None:
            size = self._reduced_size() if self.loop.reduced else self.pixels
            self._seconds = 0.0
            self._passes = renderer.sample(self.scene, size, sample, occlusion=not self.loop.reduced)

    def _draw_pass(self) -> None:
        assert self._passes is not None
        begin = perf_counter()
        finished = next(self._passes, self) is self
        if self._software:
            gloo.finish()  # or the work would be counted, and waited for, somewhere else
        self._seconds += perf_counter() - begin
        if finished:
            self._passes = None
            self.loop.drawn(self._seconds)

    def _draw_next(self) -> None:
        if self.loop.urgent or not self.native.isVisible():
            self.native.update()
        else:
            self._guarded(self._advance)

    def _reduced_size(self) -> tuple[int, int]:
        width, height = self.pixels
        scale = BUSY_SCALE if self.loop.busy else REDUCED_SCALE
        return max(int(width * scale), 1), max(int(height * scale), 1)

    def _restart(self) -> None:
        self.loop.view_changed()
        self.signals.camera_moved.emit()

    def _report_click(self, position: QPointF) -> None:
        self.signals.clicked.emit(*self._device_pixel(position))

    def _report_double_click(self, position: QPointF) -> None:
        self.signals.double_clicked.emit(*self._device_pixel(position))

    def _device_pixel(self, position: QPointF) -> tuple[int, int]:
        ratio = self.pixels[0] / max(self.native.width(), 1)
        return int(position.x() * ratio), int(position.y() * ratio)
