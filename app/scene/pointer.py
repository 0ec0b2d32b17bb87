"""What a click or a press in the picture means: which item, which cluster, which slice, which handle."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.scene.contents import Contents
from app.scene.handles import Handles
from app.scene.mouse import Drag
from app.scene.renderer import Scene
from app.scene.slice_drag import SliceDrag
from app.scene.slice_view import SliceView
from app.scene.stage import Stage


class Pointer(QObject):
    """Turns pixels into things."""

    picked = Signal(str)  # key of the clicked item, "" for the background
    cluster_picked = Signal(int)
    slice_moved = Signal(str, float)  # key of the map, new position
    camera_moved = Signal()

    def __init__(self, stage: Stage, scene: Scene, contents: Contents, handles: Handles) -> None:
        super().__init__()
        self._stage, self._scene, self._contents, self._handles = stage, scene, contents, handles
        stage.clicked.connect(self._pick)
        stage.double_clicked.connect(self._centre_on)
        stage.set_claim(self._claim)

    @Slot(int, int)
    def _pick(self, x: int, y: int) -> None:
        item, depth = self._stage.item_at((x, y))
        ball = self._contents.clusters.hit(*self._scene.camera.ray_through((x, y), self._stage.pixels))
        if ball is not None and (item is None or item.transparent or ball[1] < depth):
            self.cluster_picked.emit(ball[0])
        else:
            self.picked.emit(self._contents.key_of(item))

    @Slot(int, int)
    def _centre_on(self, x: int, y: int) -> None:
        item, depth = self._stage.item_at((x, y))
        if item is not None:
            self._scene.camera.look_at(self._stage.point_at((x, y), depth))
            self.camera_moved.emit()

    def _claim(self, x: int, y: int) -> Drag | None:
        """What a press takes hold of: a handle, which is in front of everything, or a slice."""
        return self._handles.claim(x, y) or self._drag_slice(x, y)

    def _drag_slice(self, x: int, y: int) -> SliceDrag | None:
        if not any(view.visible for view in self._contents.slices.values()):
            return None
        item, _ = self._stage.item_at((x, y))
        if not isinstance(item, SliceView):
            return None
        size = (max(self._stage.width(), 1), max(self._stage.height(), 1))
        return SliceDrag(item, self._scene.camera, size, partial(self._report_slice, self._contents.key_of(item)))

    def _report_slice(self, key: str, position: float) -> None:
        self._stage.redraw(camera=True)
        self.slice_moved.emit(key, position)
