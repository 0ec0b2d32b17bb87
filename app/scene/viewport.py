"""The 3-D view: the only thing the rest of the window knows of the scene."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.scene.camera import Camera, CameraState
from app.scene.gl_setup import Graphics, probe_graphics
from app.scene.items import Item
from app.scene.map_view import MapView
from app.scene.palette import score_range
from app.scene.pose_cloud import PoseCloud
from app.scene.renderer import Scene
from app.scene.shape_builder import ShapeBuilder
from app.scene.stage import EXPORT_SAMPLES, Stage
from app.scene.structure_view import StructureView
from app.scene.styles import Axis, ColourScheme, MapStyle, Motion, Projection, Representation, Side
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume


class Viewport(QWidget):
    """Maps, structures and poses by key, and a camera that the user moves with the mouse.

    Without a usable OpenGL context it shows the reason; every method can still be called and keeps its state.
    """

    settled = Signal()  # nothing is being computed and the last frame is as good as it gets
    picked = Signal(str)  # key of the clicked item, "" for the background
    cluster_picked = Signal(int)  # id of the clicked cluster sphere
    camera_moved = Signal()  # by the mouse, by a method or by itself; see `camera_state`
    slice_moved = Signal(str, float)  # key of the map, and where its slice has been dragged to (share of the map)
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
        style: MapStyle | None = None,
        dust: float | None = None,
        full_detail: bool | None = None,
        dragging: bool = False,
    ) -> None:
        """Change what is given; a new level is contoured in the background, coarsely while `dragging`.

        `dust`: islands of the surface shorter than this (Å) are hidden; negative for the automatic size.
        `full_detail`: use every voxel of a large map instead of the automatic step.
        """
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

    def map_step(self, key: str) -> int:
        """Every how many voxels the map is drawn now: 1 is full detail."""
        return 1

    def show_slice(self, key: str, *, axis: Axis = "z", position: float = 0.5) -> None:
        """Show the map's densities on a plane across `axis`, at `position` (0 to 1) along it; the mouse can drag it."""

    def hide_slice(self, key: str) -> None:
        """Show no slice of this map any more."""

    def set_clip(self, front: float = 0.0, back: float = 1.0) -> None:
        """Cut away what is nearer than `front` or farther than `back`: shares of the scene's depth (0 near, 1 far)."""

    def set_zone(self, key: str, points_xyz: Float64[ndarray, "point 3"] | None, radius: float = 6.0) -> None:
        """Show a map's surface only within `radius` (Å) of the points (map frame); everywhere when None."""

    def set_structure_style(
        self,
        key: str,
        *,
        representation: Representation | None = None,
        colour_by: ColourScheme | None = None,
        colour: Colour | None = None,
        residue_values: Float[ndarray, " residue"] | None = None,
        residue_title: str = "fit",
        residue_range: tuple[float, float] | None = None,
    ) -> None:
        """Change what is given; `colour` implies colour_by="uniform", `residue_values` colour_by="residue".

        `residue_values`: one per residue in the order of `Structure.residue_index`, NaN where there is none (grey);
        `residue_range` are the values at the ends of the colour scale, by default the values' own.
        """

    def show_copy(
        self, key: str, *, of: str, map_from_model: Float64[ndarray, "3 4"], colour: Colour | None = None
    ) -> None:
        """Show the structure `of` once more, elsewhere and in another colour; copies cost almost nothing.

        It is an item like any other (`place`, `set_visible`, `remove`) and goes when its original is removed.
        """

    def highlight(self, key: str, residue_index: int | None) -> None:
        """Put a glowing outline around one residue (as in `Structure.residue_index`); None takes it away."""

    def show_clusters(
        self,
        ids: Sequence[int],
        position_xyz: Float64[ndarray, "cluster 3"],
        size: Float[ndarray, " cluster"],
        colour_rgb: Float[ndarray, "cluster 3"],
    ) -> None:
        """A ball for every cluster; `size` (say, the hits) is relative, colours 0 to 1; clicks: `cluster_picked`."""

    def select_clusters(self, ids: Sequence[int]) -> None:
        """Make these cluster balls stand out."""

    def clear_clusters(self) -> None:
        """Show no cluster balls any more."""

    def show_trails(self, trails: Sequence[Float64[ndarray, "step 3"]]) -> None:
        """Lines along the ways that poses have gone (Å), fading towards their beginnings; an empty list for none."""

    def set_projection(self, projection: Projection) -> None:
        """Draw in perspective or orthographically."""

    def view_from(self, side: Side) -> None:
        """Look at everything from a standard direction: the front looks down the z axis, x right, y up."""

    def set_motion(self, motion: Motion) -> None:
        """Let the scene spin about the screen's vertical, rock to and fro, or rest."""

    def camera_state(self) -> CameraState:
        """The present view, for `set_camera_state` of this or another viewport."""
        return CameraState()

    def set_camera_state(self, state: CameraState) -> None:
        """Look as another viewport does; emits no `camera_moved`, so that two viewports can follow each other."""

    def set_overlays(self, *, axes: bool = True, scale_bar: bool = True, legend: bool = True) -> None:
        """Which labels are shown over the picture."""

    def set_busy(self, busy: bool) -> None:
        """While a job runs draw less: smaller, without refinement, at most 20 times a second."""

    def turntable(
        self, frames: int, width: int | None = None, height: int | None = None, *, transparent: bool = False
    ) -> Iterator[UInt8[ndarray, "height width 4"]]:
        """Pictures (RGBA) of one full turn about the screen's vertical; the view is left as it was."""
        yield from ()

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

    def image(
        self,
        width: int | None = None,
        height: int | None = None,
        *,
        transparent: bool = False,
        overlays: bool = False,
        samples: int = EXPORT_SAMPLES,
    ) -> UInt8[ndarray, "height width 4"]:
        """What is seen as RGBA bytes, `samples` times supersampled; by default in the size on screen (device pixels).

        `transparent`: no background; `overlays`: with the labels that are shown on screen, scaled with the picture.
        """
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
