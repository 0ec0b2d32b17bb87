"""Computes surfaces and structures' shapes beside the window: coarse while a level is dragged, fine when it rests."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.scene.background import Background, Cancelled
from app.scene.colouring import Colouring
from app.scene.contour import step_for
from app.scene.map_view import MapView
from app.scene.structure_shape import StructureShape, shape_of
from app.scene.structure_view import StructureView
from app.scene.styles import Representation
from app.scene.surface import Surface, surface_of
from difffit_core.data.secondary_structure import assign_secondary_structure
from difffit_core.data.structure import Structure

SMALL_STRUCTURE = 3000  # atoms: its shape is made at once, within a frame's time
REFINE_AFTER = 150  # ms of quiet after the last change of a level
FINE_VOXELS, COARSE_VOXELS = 16_000_000, 2_000_000  # looked at, at most
MOST_TRIANGLES, SOFTWARE_MOST_TRIANGLES = 1_000_000, 60_000  # wanted in ribbons, at most
SOFTWARE_FINE_VOXELS, SOFTWARE_COARSE_VOXELS = 2_000_000, 300_000


class ShapeBuilder(QObject):
    """Fills map and structure views with triangles; `changed` when one has got new ones, `idle` when all have."""

    changed = Signal(str)  # key
    idle = Signal()
    problem = Signal(str)  # a sentence

    def __init__(self, *, software: bool) -> None:
        super().__init__()
        self._fine_voxels = SOFTWARE_FINE_VOXELS if software else FINE_VOXELS
        self._coarse_voxels = SOFTWARE_COARSE_VOXELS if software else COARSE_VOXELS
        self._most_triangles = SOFTWARE_MOST_TRIANGLES if software else MOST_TRIANGLES
        self._views: dict[str, MapView | StructureView] = {}
        self._unrefined: set[str] = set()
        self._refine_timer = QTimer(self, singleShot=True, interval=REFINE_AFTER)
        self._refine_timer.timeout.connect(self._refine)
        self._background = Background()
        self._background.answered.connect(self._accept)
        self._background.failed.connect(self._fail)
        self._background.start()

    @property
    def busy(self) -> bool:
        """Whether a shape is still to come."""
        return self._background.busy or bool(self._unrefined)

    def is_coarse(self, key: str) -> bool:
        """Whether a finer surface of that key is still to come."""
        return key in self._unrefined

    def build_surface(self, key: str, view: MapView, *, dragging: bool) -> None:
        """Contour at the view's level: coarsely and soon, then finely when nothing more has been asked."""
        self._views[key] = view
        fine, coarse = self._fine_step(view), step_for(view.volume, self._coarse_voxels)
        refine_later = coarse > fine and (dragging or view.surface is None)
        self._request(key, view, coarse if refine_later else fine)
        self._unrefined.discard(key)
        if refine_later:
            self._unrefined.add(key)
            self._refine_timer.start()

    def build_shape(self, key: str, view: StructureView) -> None:
        """Make the triangles, balls and sticks of a structure, at once when it is small."""
        self._views[key] = view
        work = partial(_shape, view.structure, view.representation, view.colouring, self._most_triangles)
        if len(view.structure) > SMALL_STRUCTURE:
            self._background.submit(key, work)
            return
        self._background.drop(key)
        view.set_shape(work(lambda: False))
        self.changed.emit(key)

    def drop(self, key: str) -> None:
        """The view of that key is gone."""
        self._views.pop(key, None)
        self._unrefined.discard(key)
        self._background.drop(key)

    def stop(self) -> None:
        """Cancel what is under way and wait for the thread."""
        self._refine_timer.stop()
        self._unrefined.clear()
        self._background.stop()

    def _fine_step(self, view: MapView) -> int:
        return 1 if view.full_detail else step_for(view.volume, self._fine_voxels)

    def _request(self, key: str, view: MapView, step: int) -> None:
        self._background.submit(key, partial(surface_of, view.volume, view.wish(step)))

    @Slot()
    def _refine(self) -> None:
        for key in list(self._unrefined):
            view = self._views[key]
            assert isinstance(view, MapView)
            self._request(key, view, self._fine_step(view))
        self._unrefined.clear()

    @Slot(str, int, object)
    def _accept(self, key: str, ticket: int, shape: Surface | StructureShape | None) -> None:
        if not self._background.is_latest(key, ticket) or shape is None:
            return
        self._background.done(key)
        view = self._views[key]
        if isinstance(view, MapView) and isinstance(shape, Surface):
            view.set_surface(shape)
        elif isinstance(view, StructureView) and isinstance(shape, StructureShape):
            view.set_shape(shape)
        self.changed.emit(key)
        self._report_idle()

    @Slot(str, int, object)
    def _fail(self, key: str, ticket: int, error: Exception) -> None:
        if not self._background.is_latest(key, ticket):
            return
        self._background.done(key)
        self._report_idle()
        if not isinstance(error, MemoryError):
            raise error
        self.problem.emit("There is not enough memory to draw this; close other maps or raise the contour level.")

    def _report_idle(self) -> None:
        if not self.busy:
            self.idle.emit()


def _shape(
    structure: Structure,
    representation: Representation,
    colouring: Colouring,
    most_triangles: int,
    cancelled: Cancelled,
) -> StructureShape:
    secondary = assign_secondary_structure(structure)
    return shape_of(
        structure, secondary, representation=representation, colouring=colouring, most_triangles=most_triangles
    )
