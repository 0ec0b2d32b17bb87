"""The canvas with its overlays, or, where nothing can be drawn, the reason in their place."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.scene.camera import Camera
from app.scene.canvas import Canvas
from app.scene.gl_setup import Graphics
from app.scene.items import Item
from app.scene.legends import Legend
from app.scene.mouse import Drag
from app.scene.overlay_set import OverlaySet
from app.scene.renderer import Scene
from app.theme import Theme
from difffit_core.errors import DiffFitError

EXPORT_SAMPLES, TURNTABLE_SAMPLES = 16, 8
LARGEST_PICTURE = 8192  # pixels, what every driver's textures can hold


class Stage(QWidget):
    """Shows a scene; the camera moves by mouse, everything else by changing the scene and calling `redraw`."""

    clicked = Signal(int, int)  # device pixels right, down
    double_clicked = Signal(int, int)
    finished = Signal()  # the picture is as good as it gets
    camera_moved = Signal()  # by the mouse
    released = Signal()  # a button of the mouse

    def __init__(self, parent: QWidget, scene: Scene, graphics: Graphics) -> None:
        super().__init__(parent)
        self._scene, self._graphics = scene, graphics
        self._canvas: Canvas | None = None
        self._overlays: OverlaySet | None = None
        self._notice = QTimer(self, singleShot=True, interval=0)
        self._notice.timeout.connect(self.finished)
        self._revival = QTimer(self, singleShot=True, interval=0)
        self._revival.timeout.connect(self._reopen)
        self._key_watcher: QObject | None = None
        self._claim: Callable[[int, int], Drag | None] = lambda x, y: None
        self._busy = False
        self._broken = False  # whether the driver has refused to draw
        self._sentence = QLabel(graphics.problem, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._sentence)
        if graphics.usable:
            self._open_canvas()

    def _open_canvas(self) -> None:
        canvas = self._canvas = Canvas(self, self._scene, self._graphics)
        canvas.native.setAcceptDrops(False)  # drops are for the window
        self._layout.addWidget(canvas.native)
        self._sentence.hide()
        if self._overlays is None:
            self._overlays = OverlaySet(canvas.native)
        else:
            self._overlays.move_to(canvas.native)
        canvas.mouse.claim = self._claim_drag
        canvas.loop.set_busy(self._busy)
        if self._key_watcher is not None:
            canvas.native.installEventFilter(self._key_watcher)
        canvas.signals.camera_moved.connect(self._follow_camera)
        canvas.signals.camera_moved.connect(self.camera_moved)
        canvas.signals.clicked.connect(self.clicked)
        canvas.signals.double_clicked.connect(self.double_clicked)
        canvas.signals.failed.connect(self._give_up)
        canvas.signals.lost.connect(self._lose)
        canvas.mouse.released.connect(self.released)
        canvas.loop.finished.connect(self.finished)

    @Slot()
    def _lose(self) -> None:
        if self._canvas is not None:
            self._canvas.abandon()
            self._revival.start()  # once whatever destroys the context is through with it

    @Slot()
    def _reopen(self) -> None:
        """The context is gone, and with it everything on the graphics card: begin anew with the same scene."""
        lost = self._canvas
        if lost is None:
            return
        for item in (*self._scene.items, self._scene.gizmo):
            if item is not None:
                item.delete()
        self._open_canvas()
        self._layout.removeWidget(lost.native)
        lost.close()
        self.redraw(camera=True)

    @property
    def drawn(self) -> bool:
        """Whether the picture is up to date and refined; always so where nothing can be drawn or seen."""
        return self._canvas is None or not self._canvas.native.isVisible() or self._canvas.loop.settled

    def redraw(self, *, camera: bool = False) -> None:
        """The scene has changed; `camera` when the user waits for it to move."""
        if camera:
            self._follow_camera()
        if self._canvas is None or not self._canvas.native.isVisible():
            self._notice.start()  # nothing will be drawn now, and nobody has to wait for it
        if self._canvas is not None:
            self._canvas.loop.view_changed() if camera else self._canvas.loop.data_changed()

    def set_theme(self, theme: Theme) -> None:
        """Overlays and sentence in the theme's colours."""
        red, green, blue = (round(c * 255) for c in theme.foreground)
        self._sentence.setStyleSheet(f"color: rgb({red}, {green}, {blue})")
        if self._overlays is not None:
            self._overlays.set_theme(theme)

    def show_legends(self, legends: list[Legend]) -> None:
        """Explain these colours, or none."""
        if self._overlays is not None:
            self._overlays.show_legends(legends)

    def choose_overlays(self, *, axes: bool, scale_bar: bool, legend: bool) -> None:
        """Which labels are wanted."""
        if self._overlays is not None:
            self._overlays.choose(axes=axes, scale_bar=scale_bar, legend=legend)

    def set_busy(self, busy: bool) -> None:
        """Whether a job runs, and drawing has to leave it time."""
        self._busy = busy
        if self._canvas is not None:
            self._canvas.loop.set_busy(busy)

    def set_claim(self, claim: Callable[[int, int], Drag | None]) -> None:
        """Ask this at every press of the left button (device pixels right, down) whether something is to be dragged."""
        self._claim = claim

    def watch_keys(self, watcher: QObject) -> None:
        """Let this object's event filter see the keys that are pressed while the picture has the keyboard."""
        self._key_watcher = watcher
        if self._canvas is not None:
            self._canvas.native.installEventFilter(watcher)

    @property
    def frame_seconds(self) -> float:
        """How long the last picture took to draw."""
        return self._canvas.loop.frame_seconds if self._canvas is not None else 0.0

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in device pixels."""
        return self._canvas.pixels if self._canvas is not None else (max(self.width(), 1), max(self.height(), 1))

    def item_at(self, position: tuple[int, int]) -> tuple[Item | None, float]:
        """The visible item at a device pixel, opaque ones first, and its depth (Å)."""
        if self._canvas is None or self._broken:
            return None, 0.0
        renderer, size = self._canvas.renderer(), self._canvas.pixels
        for transparent in (False, True):
            items = [item for item in self._scene.items if item.visible and item.transparent == transparent]
            found, depth = renderer.identify(self._scene, size, position, items)
            if found >= 0:
                return items[found], depth
        return None, 0.0

    def point_at(self, position: tuple[int, int], depth: float) -> ndarray:
        """Map coordinates (Å) under a device pixel at a depth."""
        assert self._canvas is not None
        return self._scene.camera.point_under(position, depth, self._canvas.pixels)

    def image(
        self,
        size: tuple[int | None, int | None] = (None, None),
        *,
        camera: Camera | None = None,
        transparent: bool = False,
        overlays: bool = False,
        samples: int = EXPORT_SAMPLES,
    ) -> UInt8[ndarray, "height width 4"]:
        """A supersampled picture; by default of the size on screen (device pixels) and from the present camera."""
        if self._canvas is None or self._broken or self._overlays is None:
            raise DiffFitError(f"No picture can be made: {self._sentence.text()}")
        width, height = size[0] or self.pixels[0], size[1] or self.pixels[1]
        if not 1 <= min(width, height) <= max(width, height) <= LARGEST_PICTURE:
            raise DiffFitError(f"A picture can be 1 to {LARGEST_PICTURE} pixels wide and high, not {width}×{height}.")
        scene = replace(self._scene, camera=camera or self._scene.camera)
        pixels = self._canvas.renderer().picture(scene, (width, height), samples, transparent=transparent)
        if overlays:
            scale = min(width / max(self.width(), 1), height / max(self.height(), 1))
            pixels = self._overlays.painted(pixels, scene.camera, scale)
            self._follow_camera()
        return pixels

    def turntable(
        self, frames: int, size: tuple[int | None, int | None], *, transparent: bool
    ) -> Iterator[UInt8[ndarray, "height width 4"]]:
        """Pictures of one full turn about the screen's vertical."""
        for frame in range(frames):
            camera = Camera()
            camera.state = self._scene.camera.state
            camera.turn(2 * np.pi * frame / frames)
            yield self.image(size, camera=camera, transparent=transparent, samples=TURNTABLE_SAMPLES)

    def close_canvas(self) -> None:
        """Stop drawing."""
        if self._canvas is not None:
            canvas, self._canvas = self._canvas, None
            canvas.abandon()
            canvas.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlays in their corners."""
        super().resizeEvent(event)
        if self._overlays is not None:
            self._overlays.arrange(self.width(), self.height())

    @Slot()
    def _follow_camera(self) -> None:
        if self._overlays is not None:
            self._overlays.follow(self._scene.camera, (max(self.width(), 1), max(self.height(), 1)))

    def _claim_drag(self, position: QPointF) -> Drag | None:
        ratio = self.pixels[0] / max(self.width(), 1)
        return self._claim(int(position.x() * ratio), int(position.y() * ratio))

    @Slot(str)
    def _give_up(self, sentence: str) -> None:
        self._broken = True
        self._sentence.setText(sentence)
        self._sentence.show()
        if self._canvas is not None:
            self._canvas.native.hide()
