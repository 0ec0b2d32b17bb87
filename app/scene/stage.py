"""The canvas with its overlays, or, where nothing can be drawn, the reason in their place."""

from jaxtyping import UInt8
from numpy import ndarray
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.scene.canvas import Canvas
from app.scene.gl_setup import Graphics
from app.scene.overlays import AxisTriad, ColourLegend, ScaleBar
from app.scene.renderer import Scene
from app.theme import Theme
from difffit_core.errors import DiffFitError

MARGIN = 14  # pixels between overlays and the edge
EXPORT_SAMPLES = 16
LARGEST_PICTURE = 8192  # pixels, what every driver's textures can hold


class Stage(QWidget):
    """Shows a scene; the camera moves by mouse, everything else by changing the scene and calling `redraw`."""

    clicked = Signal(int, int)  # device pixels right, down
    double_clicked = Signal(int, int)
    finished = Signal()  # the picture is as good as it gets

    def __init__(self, parent: QWidget, scene: Scene, graphics: Graphics) -> None:
        super().__init__(parent)
        self._scene = scene
        self._canvas: Canvas | None = None
        self._notice = QTimer(self, singleShot=True, interval=0)
        self._notice.timeout.connect(self.finished)
        self._broken = False  # whether the driver has refused to draw
        self._sentence = QLabel(graphics.problem, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._sentence)
        if graphics.usable:
            self._open_canvas(graphics)

    def _open_canvas(self, graphics: Graphics) -> None:
        canvas = self._canvas = Canvas(self, self._scene, graphics)
        canvas.native.setAcceptDrops(False)  # drops are for the window
        self._layout.addWidget(canvas.native)
        self._sentence.hide()
        self._triad, self._legend = AxisTriad(canvas.native), ColourLegend(canvas.native)
        self._scale_bar = ScaleBar(canvas.native)
        canvas.signals.camera_moved.connect(self._follow_camera)
        canvas.signals.clicked.connect(self.clicked)
        canvas.signals.double_clicked.connect(self.double_clicked)
        canvas.signals.failed.connect(self._give_up)
        canvas.loop.finished.connect(self.finished)

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
        if self._canvas is not None:
            for overlay in (self._triad, self._legend, self._scale_bar):
                overlay.set_theme(theme)

    def show_legend(self, title: str, low: float, high: float) -> None:
        """Explain the poses' colours."""
        if self._canvas is not None:
            self._legend.show_range(title, low, high)

    def hide_legend(self) -> None:
        """There are no poses to explain."""
        if self._canvas is not None:
            self._legend.hide()

    def item_at(self, position: tuple[int, int]) -> tuple[int, float]:
        """Index in the scene's visible items at a device pixel, opaque ones first, and its depth (Å); or −1."""
        if self._canvas is None or self._broken:
            return -1, 0.0
        renderer, size = self._canvas.renderer(), self._canvas.pixels
        for transparent in (False, True):
            numbers = [
                n for n, item in enumerate(self._scene.items) if item.visible and item.transparent == transparent
            ]
            found, depth = renderer.identify(self._scene, size, position, [self._scene.items[n] for n in numbers])
            if found >= 0:
                return numbers[found], depth
        return -1, 0.0

    def point_at(self, position: tuple[int, int], depth: float) -> ndarray:
        """Map coordinates (Å) under a device pixel at a depth."""
        assert self._canvas is not None
        return self._scene.camera.point_under(position, depth, self._canvas.pixels)

    def image(self, width: int | None, height: int | None) -> UInt8[ndarray, "height width 4"]:
        """A supersampled picture; by default of the size on screen, in device pixels."""
        if self._canvas is None or self._broken:
            raise DiffFitError(f"No picture can be made: {self._sentence.text()}")
        renderer = self._canvas.renderer()
        size = (width or self._canvas.pixels[0], height or self._canvas.pixels[1])
        if not 1 <= min(size) <= max(size) <= LARGEST_PICTURE:
            raise DiffFitError(
                f"A picture can be 1 to {LARGEST_PICTURE} pixels wide and high, not {size[0]}×{size[1]}."
            )
        return renderer.picture(self._scene, size, EXPORT_SAMPLES)

    def close_canvas(self) -> None:
        """Stop drawing."""
        if self._canvas is not None:
            self._canvas.loop.stop()
            self._canvas.close()
            self._canvas = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlays in their corners."""
        super().resizeEvent(event)
        if self._canvas is None:
            return
        self._triad.move(MARGIN, MARGIN)
        self._scale_bar.move(MARGIN, self.height() - self._scale_bar.height() - MARGIN // 2)
        self._legend.move(self.width() - self._legend.width() - MARGIN, self.height() - self._legend.height() - MARGIN)

    @Slot()
    def _follow_camera(self) -> None:
        if self._canvas is None:
            return
        self._triad.set_rotation(self._scene.camera.rotation)
        self._scale_bar.set_pixel_size(self._scene.camera.pixel_size((max(self.width(), 1), max(self.height(), 1))))

    @Slot(str)
    def _give_up(self, sentence: str) -> None:
        self._broken = True
        self._sentence.setText(sentence)
        self._sentence.show()
        if self._canvas is not None:
            self._canvas.native.hide()
