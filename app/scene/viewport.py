"""The 3-D view: the only thing the rest of the window knows of the scene."""

import numpy as np
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.scene.camera import Camera
from app.scene.gl_setup import Graphics, probe_graphics
from app.scene.items import Item
from app.scene.map_view import MapView
from app.scene.palette import score_range
from app.scene.pose_cloud import PoseCloud
from app.scene.renderer import Scene
from app.scene.shape_builder import ShapeBuilder
from app.scene.stage import Stage
from app.scene.structure_view import StructureView
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume


class Viewport(QWidget):
    """Maps, structures and poses by key, and a camera that the user moves with the mouse.

    Without a usable OpenGL context it shows the reason; every method can still be called and keeps its state.
    """

    settled = Signal()  # nothing is being computed and the last frame is as good as it gets
    picked = Signal(str)  # key of the clicked item, "" for the background
    problem = Signal(str)  # a sentence for the log

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(160, 120)
        self.graphics: Graphics = probe_graphics()
        self._items: dict[str, MapView | StructureView] = {}
        self._poses = PoseCloud()
        self._scene = Scene([self._poses], Camera(), LIGHT)
        self._shapeless: set[str] = set()  # keys of items whose extent is not known yet
        self._framing: tuple[str | None, ndarray] = (None, np.eye(4))  # what was framed last, and the view it gave
        self._stage = Stage(self, self._scene, self.graphics)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stage)
        self._builder = ShapeBuilder(software=self.graphics.software)
        self._connect()
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Draw in this theme from now on."""
        self._scene.theme = theme
        self._stage.set_theme(theme)
        red, green, blue = (round(c * 255) for c in theme.background)
        self.setStyleSheet(f"Viewport {{ background-color: rgb({red}, {green}, {blue}) }}")
        self._stage.redraw()

    def show_map(self, key: str, volume: Volume, *, level: float, colour: Colour, opacity: float = 0.35) -> None:
        """Show the surface of a map at a contour level (map units); it appears when it has been computed."""
        self.remove(key)
        view = MapView(volume, level, colour, opacity)
        self._add(key, view)
        self._builder.build_surface(key, view, dragging=False)

    def set_map_style(
        self,
        key: str,
        *,
        level: float | None = None,
        colour: Colour | None = None,
        opacity: float | None = None,
        dragging: bool = False,
    ) -> None:
        """Change what is given; a new level is contoured in the background, coarsely while `dragging`."""
        view = self._items[key]
        assert isinstance(view, MapView)
        view.colour = view.colour if colour is None else colour
        view.opacity = view.opacity if opacity is None else opacity
        if level is not None and (level != view.level or not dragging):
            view.level = level
            self._builder.build_surface(key, view, dragging=dragging)
        self._stage.redraw()

    def show_structure(
        self,
        key: str,
        structure: Structure,
        *,
        colour: Colour | None = None,
        map_from_model: Float64[ndarray, "3 4"] | None = None,
    ) -> None:
        """Show a structure as a cartoon; coloured by chain when no colour is given."""
        self.remove(key)
        view = StructureView(structure, colour, map_from_model)
        self._add(key, view)
        self._builder.build_cartoon(key, view)

    def place(self, key: str, map_from_model: Float64[ndarray, "3 4"]) -> None:
        """Move a structure: the matrix takes its file's coordinates to the map's frame."""
        view = self._items[key]
        assert isinstance(view, StructureView)
        view.place(map_from_model)
        self._stage.redraw()

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide an item without forgetting it."""
        self._items[key].visible = visible
        self._stage.redraw()

    def remove(self, key: str) -> None:
        """Forget an item; nothing happens when there is none of that key."""
        view = self._items.pop(key, None)
        if view is None:
            return
        self._builder.drop(key)
        self._shapeless.discard(key)
        view.delete()
        self._list_items()

    def show_poses(
        self, position_xyz: Float64[ndarray, "pose 3"], scores: Float[ndarray, " pose"], *, title: str = "score"
    ) -> None:
        """Show a ball for every pose, coloured by its score, and what the colours mean."""
        self._poses.show(position_xyz, scores, self._diagonal())
        self._stage.show_legend(title, *score_range(scores))
        self._stage.redraw()

    def clear_poses(self) -> None:
        """Show no poses any more."""
        self._poses.clear()
        self._stage.hide_legend()
        self._stage.redraw()

    def frame_all(self) -> None:
        """Look at everything that is visible."""
        boxes = [box for item in self._scene.items if item.visible and (box := item.bounds()) is not None]
        if boxes:
            self._frame(None, np.stack([np.min(boxes, axis=0)[0], np.max(boxes, axis=0)[1]]))

    def frame(self, key: str) -> None:
        """Look at one item."""
        box = self._items[key].bounds()
        if box is not None:
            self._frame(key, box)

    def image(self, width: int | None = None, height: int | None = None) -> UInt8[ndarray, "height width 4"]:
        """What is seen as RGBA bytes, supersampled; by default in the size on screen (device pixels)."""
        return self._stage.image(width, height)

    def close_scene(self) -> None:
        """Stop threads and drawing; the view cannot be used afterwards."""
        self._builder.stop()
        self._stage.close_canvas()

    def _connect(self) -> None:
        self._builder.changed.connect(self._show_shape)
        self._builder.idle.connect(self._report_settled)
        self._builder.problem.connect(self.problem)
        self._stage.finished.connect(self._report_settled)
        self._stage.clicked.connect(self._pick)
        self._stage.double_clicked.connect(self._centre_on)

    def _add(self, key: str, view: MapView | StructureView) -> None:
        first = not self._items
        self._items[key] = view
        self._shapeless.add(key)
        self._list_items()
        if first:
            self.frame_all()

    def _list_items(self) -> None:
        items: list[Item] = [*self._items.values(), self._poses]
        self._scene.items = items
        self._stage.redraw()

    def _frame(self, key: str | None, box: Float64[ndarray, "2 3"]) -> None:
        self._scene.camera.frame(box)
        self._framing = (key, self._scene.camera.view_from_map())
        self._stage.redraw(camera=True)

    def _frame_again(self) -> None:
        """What was framed has got its true extent: frame it anew, unless the user has moved the camera since."""
        key, view_then = self._framing
        if not np.array_equal(self._scene.camera.view_from_map(), view_then):
            return
        if key is None:
            self.frame_all()
        elif key in self._items:
            self.frame(key)

    def _diagonal(self) -> float:
        """Length (Å) by which balls are sized: of the largest map, or else of the largest structure."""
        maps = [item for item in self._items.values() if isinstance(item, MapView)]
        boxes = [box for item in (maps or self._items.values()) if (box := item.bounds()) is not None]
        return max((float(np.linalg.norm(box[1] - box[0])) for box in boxes), default=100.0)

    @Slot(str)
    def _show_shape(self, key: str) -> None:
        if key in self._shapeless:
            self._shapeless.discard(key)
            self._frame_again()
        self._stage.redraw()

    @Slot()
    def _report_settled(self) -> None:
        if not self._builder.busy and self._stage.drawn:
            self.settled.emit()

    @Slot(int, int)
    def _pick(self, x: int, y: int) -> None:
        number, _ = self._stage.item_at((x, y))
        self.picked.emit(list(self._items)[number] if number >= 0 else "")

    @Slot(int, int)
    def _centre_on(self, x: int, y: int) -> None:
        number, depth = self._stage.item_at((x, y))
        if number >= 0:
            self._scene.camera.look_at(self._stage.point_at((x, y), depth))
            self._stage.redraw(camera=True)
