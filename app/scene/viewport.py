"""The 3-D view: the only thing the rest of the window knows of the scene."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.scene.camera import Camera, CameraState
from app.scene.colouring import Colouring
from app.scene.contents import Contents, KeyedItem
from app.scene.framing import Framing
from app.scene.gl_setup import Graphics, probe_graphics
from app.scene.handles import Handles
from app.scene.legends import Scale
from app.scene.map_view import MapView
from app.scene.marks import Marker
from app.scene.motion import Mover
from app.scene.pointer import Pointer
from app.scene.renderer import Scene
from app.scene.shape_builder import ShapeBuilder
from app.scene.slice_view import SliceView
from app.scene.stage import EXPORT_SAMPLES, Stage
from app.scene.structure_view import CopyView, StructureView
from app.scene.styles import Axis, ColourScheme, MapStyle, Motion, Projection, Representation, Side
from app.scene.surface import Zone
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume

IN_ITS_FILE = np.eye(3, 4)


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
        self._contents = Contents()
        self._scene = Scene(self._contents.all_items(), Camera(), LIGHT)
        self._shapeless: set[str] = set()  # keys of items whose extent is not known yet
        self._framing = Framing(self._scene.camera, self._contents)
        self._stage = Stage(self, self._scene, self.graphics)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stage)
        self._builder = ShapeBuilder(software=self.graphics.software)
        self.handles = Handles(self._stage, self._scene)
        self.marks = Marker(self._contents.marks, self._scene.camera, self._stage)
        self._pointer = Pointer(self._stage, self._scene, self._contents, self.handles)
        self._mover = Mover(self._scene.camera, lambda: self._stage.frame_seconds)
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

    def replace_map(self, key: str, volume: Volume) -> None:
        """Show other density under this key, drawn as before; the old surface stays until the new one is there."""
        view = self._contents.map(key)
        view.volume = volume
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
        view = self._contents.map(key)
        other_level = level is not None and (level != view.level or not dragging)
        other_shape = view.restyle(level, colour, opacity, style, dust, full_detail)
        if other_level or other_shape:
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
        """Show a structure as a cartoon; coloured by chain when no colour is given.

        A structure that is already shown under this key keeps its representation and its copies.
        """
        known = self._contents.items.get(key)
        if isinstance(known, StructureView) and known.structure is structure:
            known.place(IN_ITS_FILE if map_from_model is None else map_from_model)
            self.set_structure_style(key, colour=colour, colour_by="chain" if colour is None else None)
            return
        self.remove(key)
        view = StructureView(structure, colour, map_from_model)
        self._add(key, view)
        self._builder.build_shape(key, view)

    def place(self, key: str, map_from_model: Float64[ndarray, "3 4"]) -> None:
        """Move a structure: the matrix takes its file's coordinates to the map's frame."""
        view = self._contents.items[key]
        assert not isinstance(view, MapView)
        view.place(map_from_model)
        self._stage.redraw()

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide an item without forgetting it."""
        self._contents.items[key].visible = visible
        if key in self._contents.slices:
            self._contents.slices[key].visible = visible
        self._show_legends()

    def remove(self, key: str) -> None:
        """Forget an item; nothing happens when there is none of that key."""
        if key not in self._contents.items:
            return
        for name in self._contents.copies_of(key):
            self.remove(name)
        self._builder.drop(key)
        self._shapeless.discard(key)
        self.hide_slice(key)
        self._contents.items.pop(key).delete()
        self._list_items()

    def clear(self) -> None:
        """Forget everything that has a key."""
        for key in list(self._contents.items):
            self.remove(key)

    def show_poses(
        self, position_xyz: Float64[ndarray, "pose 3"], scores: Float[ndarray, " pose"], *, title: str = "score"
    ) -> None:
        """Show a ball for every pose, coloured by its score, and what the colours mean."""
        self._contents.show_poses(position_xyz, scores, title)
        self._show_legends()

    def clear_poses(self) -> None:
        """Show no poses any more."""
        self._contents.clear_poses()
        self._show_legends()

    def map_step(self, key: str) -> int:
        """Every how many voxels the map is drawn now: 1 is full detail."""
        surface = self._contents.map(key).surface
        return 1 if surface is None else surface.step

    def show_slice(self, key: str, *, axis: Axis = "z", position: float = 0.5) -> None:
        """Show the map's densities on a plane across `axis`, at `position` (0 to 1) along it; the mouse can drag it."""
        self.hide_slice(key)
        self._contents.slices[key] = SliceView(self._contents.map(key).volume, axis, position)
        self._list_items()

    def hide_slice(self, key: str) -> None:
        """Show no slice of this map any more."""
        view = self._contents.slices.pop(key, None)
        if view is not None:
            view.delete()
            self._list_items()

    def set_clip(self, front: float = 0.0, back: float = 1.0) -> None:
        """Cut away what is nearer than `front` or farther than `back`: shares of the scene's depth (0 near, 1 far)."""
        self._scene.clip = (front, back)
        self._stage.redraw(camera=True)

    def set_zone(self, key: str, points_xyz: Float64[ndarray, "point 3"] | None, radius: float = 6.0) -> None:
        """Show a map's surface only within `radius` (Å) of the points (map frame); everywhere when None."""
        view = self._contents.map(key)
        view.zone = None if points_xyz is None else Zone(np.asarray(points_xyz, dtype=np.float64), radius)
        self._builder.build_surface(key, view, dragging=False)

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

        Of a copy only the colour can be changed; all else is its original's.
        `residue_values`: one per residue in the order of `Structure.residue_index`, NaN where there is none (grey);
        `residue_range` are the values at the ends of the colour scale, by default the values' own.
        """
        if isinstance(copy := self._contents.items[key], CopyView):
            copy.colour = colour or copy.colour
            self._stage.redraw()
            return
        view = self._contents.structure(key)
        scheme = colour_by or ("residue" if residue_values is not None else "uniform" if colour is not None else None)
        colouring = Colouring(scheme, residue_values, residue_title, residue_range) if scheme else None
        if view.restyle(representation, colour, colouring):
            self._builder.build_shape(key, view)
        self._show_legends()

    def show_copy(
        self, key: str, *, of: str, map_from_model: Float64[ndarray, "3 4"], colour: Colour | None = None
    ) -> None:
        """Show the structure `of` once more, elsewhere and in another colour; copies cost almost nothing.

        It is an item like any other (`place`, `set_visible`, `remove`) and goes when its original is removed.
        """
        self.remove(key)
        self._add(key, CopyView(self._contents.structure(of), map_from_model, colour))
        self._shapeless.discard(key)

    def highlight(self, key: str, residue_index: int | None) -> None:
        """Show one residue (as in `Structure.residue_index`) as bright balls and sticks; None takes them away."""
        self._contents.structure(key).highlight(residue_index)
        self._stage.redraw()

    def show_clusters(
        self,
        ids: Sequence[int],
        position_xyz: Float64[ndarray, "cluster 3"],
        size: Float[ndarray, " cluster"],
        colour_rgb: Float[ndarray, "cluster 3"],
        *,
        legend: Scale | None = None,
    ) -> None:
        """A ball for every cluster; `size` (say, the hits) is relative, colours 0 to 1; clicks: `cluster_picked`."""
        self._contents.show_clusters(ids, position_xyz, size, colour_rgb, legend)
        self._show_legends()

    def select_clusters(self, ids: Sequence[int]) -> None:
        """Make these cluster balls stand out."""
        self._contents.clusters.select(ids)
        self._stage.redraw()

    def clear_clusters(self) -> None:
        """Show no cluster balls any more."""
        self._contents.clear_clusters()
        self._show_legends()

    def show_trails(self, trails: Sequence[Float64[ndarray, "step 3"]]) -> None:
        """Lines along the ways that poses have gone (Å), fading towards their beginnings; an empty list for none."""
        self._contents.trails.show(trails)
        self._stage.redraw()

    def set_projection(self, projection: Projection) -> None:
        """Draw in perspective or orthographically."""
        self._scene.camera.projection = projection
        self._move_camera()

    def view_from(self, side: Side) -> None:
        """Look at everything from a standard direction: the front looks down the z axis, x right, y up."""
        self._scene.camera.look_from(side)
        self.frame_all()

    def set_motion(self, motion: Motion) -> None:
        """Let the scene spin about the screen's vertical, rock to and fro, or rest."""
        self._mover.set_motion(motion)

    def camera_state(self) -> CameraState:
        """The present view, for `set_camera_state` of this or another viewport."""
        return self._scene.camera.state

    def set_camera_state(self, state: CameraState) -> None:
        """Look as another viewport does; emits no `camera_moved`, so that two viewports can follow each other."""
        self._scene.camera.state = state
        self._stage.redraw(camera=True)

    def set_overlays(self, *, axes: bool = True, scale_bar: bool = True, legend: bool = True) -> None:
        """Which labels are shown over the picture."""
        self._stage.choose_overlays(axes=axes, scale_bar=scale_bar, legend=legend)

    def set_busy(self, busy: bool) -> None:
        """While a job runs draw less: smaller, without refinement, at most 30 times a second."""
        self._stage.set_busy(busy)

    def turntable(
        self, frames: int, width: int | None = None, height: int | None = None, *, transparent: bool = False
    ) -> Iterator[UInt8[ndarray, "height width 4"]]:
        """Pictures (RGBA) of one full turn about the screen's vertical; the view is left as it was."""
        return self._stage.turntable(frames, (width, height), transparent=transparent)

    def frame_all(self) -> None:
        """Look at everything that is visible."""
        if self._framing.frame(None):
            self._move_camera()

    def frame(self, key: str) -> None:
        """Look at one item."""
        if self._framing.frame(key):
            self._move_camera()

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
        return self._stage.image((width, height), transparent=transparent, overlays=overlays, samples=samples)

    def watch_keys(self, watcher: QObject) -> None:
        """Let this object's event filter see the keys that are pressed while the view has the keyboard."""
        self._stage.watch_keys(watcher)

    def close_scene(self) -> None:
        """Stop threads and drawing; the view cannot be used afterwards."""
        self._mover.set_motion("none")
        self._builder.stop()
        self._stage.close_canvas()

    def _connect(self) -> None:
        self._builder.changed.connect(self._show_shape)
        self._builder.idle.connect(self._report_settled)
        self._builder.problem.connect(self.problem)
        self._stage.finished.connect(self._report_settled)
        self._stage.camera_moved.connect(self.camera_moved)
        self._pointer.picked.connect(self.picked)
        self._pointer.cluster_picked.connect(self.cluster_picked)
        self._pointer.slice_moved.connect(self.slice_moved)
        self._pointer.camera_moved.connect(self._move_camera)
        self.marks.camera_moved.connect(self._move_camera)
        self._mover.moved.connect(self._move_camera)

    def _add(self, key: str, view: KeyedItem) -> None:
        first = not self._contents.items
        self._contents.items[key] = view
        self._shapeless.add(key)
        self._list_items()
        if first:
            self.frame_all()

    def _list_items(self) -> None:
        self._scene.items = self._contents.all_items()
        self._show_legends()

    def _show_legends(self) -> None:
        self._stage.show_legends(self._contents.legends())
        self._stage.redraw()

    @Slot()
    def _move_camera(self) -> None:
        self._stage.redraw(camera=True)
        self.camera_moved.emit()

    @Slot(str)
    def _show_shape(self, key: str) -> None:
        if key in self._shapeless:
            if not self._builder.is_coarse(key):
                self._shapeless.discard(key)
            if self._framing.frame_again():
                self._move_camera()
        self._stage.redraw()

    @Slot()
    def _report_settled(self) -> None:
        if not self._builder.busy and self._stage.drawn:
            self.settled.emit()
