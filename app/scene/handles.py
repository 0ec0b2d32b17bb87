"""Moving things in the view by hand: what a drag on an arrow or a ring of the gizmo means in the map's frame."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QObject, Signal, Slot
from scipy.spatial.transform import Rotation

from app.scene.camera import Camera
from app.scene.gizmo import REACH, Gizmo, Handle, Size, Vector
from app.scene.renderer import Scene
from app.scene.stage import Stage

PROBE = 0.5  # Å: how far a point is moved to see how its pixel moves
SHORTEST = 0.15  # share of the pixels per Å across the view: an axis that points at the viewer is not faster than that


@dataclass
class HandleDrag:
    """Follows the mouse, in device-independent pixels right and down, and tells the whole motion since the press."""

    handle: Handle
    centre_xyz: Vector
    camera: Camera
    size: Size
    moved: Callable[[Float64[ndarray, "3 4"]], None]
    way: Float64[ndarray, "2"] = field(default_factory=lambda: np.zeros(2))  # pixels so far

    def __call__(self, dx: float, dy: float) -> None:
        """The mouse has moved on."""
        self.way = self.way + [dx, dy]
        self.moved(self.motion())

    def motion(self) -> Float64[ndarray, "3 4"]:
        """The rigid motion (map frame) that keeps the grip under the mouse."""
        axis = np.eye(3)[self.handle.axis]
        if self.handle.kind == "shift":
            return np.column_stack([np.eye(3), self._amount(axis) * axis])
        arm = self.handle.grip_xyz - self.centre_xyz
        radius = float(np.linalg.norm(arm))
        along = np.cross(axis, arm) / radius
        return turn_about(self.centre_xyz, axis * self._amount(along) / radius)

    def _amount(self, along: Vector) -> float:
        """Å along a direction at the grip that the mouse's way is worth."""
        ends = np.stack([self.handle.grip_xyz, self.handle.grip_xyz + PROBE * along])
        before, after = self.camera.pixels_of(ends, self.size)
        per_angstrom = (after - before) / PROBE
        depth = self.camera.depth_of(self.handle.grip_xyz)
        across = self.size[1] / (2 * self.camera.half_height(self.size, depth))
        length = max(float(np.linalg.norm(per_angstrom)), SHORTEST * across)
        return float(self.way @ per_angstrom) / length**2


def turn_about(centre_xyz: Vector, rotation_vector: Vector) -> Float64[ndarray, "3 4"]:
    """The rigid motion that turns about a point (Å); the vector's length is the angle in radians."""
    turned = Rotation.from_rotvec(rotation_vector).as_matrix()
    return np.column_stack([turned, centre_xyz - turned @ centre_xyz])


class Handles(QObject):
    """Shows the gizmo and reports drags on it."""

    moved = Signal(object)  # 3 × 4: the rigid motion in the map's frame since the press
    released = Signal()  # after a drag

    def __init__(self, stage: Stage, scene: Scene) -> None:
        super().__init__()
        self._stage, self._scene = stage, scene
        self.gizmo = scene.gizmo = Gizmo()
        stage.released.connect(self._release)

    def show(self, centre_xyz: Vector) -> None:
        """Show the handles around a point (Å, map frame)."""
        self.gizmo.centre_xyz, self.gizmo.visible = np.asarray(centre_xyz, dtype=np.float64), True
        self._stage.redraw(camera=self.gizmo.held is not None)

    def hide(self) -> None:
        """Show no handles."""
        if self.gizmo.visible:
            self.gizmo.visible, self.gizmo.held = False, None
            self._stage.redraw()

    def claim(self, x: int, y: int) -> HandleDrag | None:
        """The drag that a press at a device pixel begins; None when no handle is there."""
        if not self.gizmo.visible:
            return None
        pixels, size = self._stage.pixels, (max(self._stage.width(), 1), max(self._stage.height(), 1))
        handle = self.gizmo.hit((x, y), self._scene.camera, pixels, REACH * pixels[0] / size[0])
        if handle is None:
            return None
        self.gizmo.held = handle.name
        self._stage.redraw(camera=True)
        return HandleDrag(handle, self.gizmo.centre_xyz, self._scene.camera, size, self.moved.emit)

    @Slot()
    def _release(self) -> None:
        if self.gizmo.held is not None:
            self.gizmo.held = None
            self._stage.redraw()
            self.released.emit()
