"""Handles in the view: three arrows that shift along x, y, z and three rings that turn about them.

They are always in front and of one size on screen, so they are drawn into a layer of their own, after everything else.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.camera import Camera
from app.scene.geometry import Triangles
from app.scene.mesh import MeshBuffers
from app.scene.overlays import AXIS_COLOURS
from app.scene.painter import Painter
from app.scene.palette import bytes_rgba
from app.scene.sweep import BACKWARD, PROFILE, Rings, sweep

SHARE = 0.38  # length of an arrow, of half the smaller side of the picture
RING_RADIUS, RING_THICKNESS = 0.74, 0.02  # all lengths in units of an arrow's
SHAFT, SHAFT_RADIUS, HEAD, HEAD_RADIUS = 0.20, 0.022, 0.84, 0.065
RING_POINTS, ARROW_POINTS = 72, 12
ACTIVE = (1.0, 0.80, 0.10)  # the handle that is held; stands out on light and on dark ground
REACH = 9.0  # device-independent pixels from a handle at which a press takes it
SIDES = 10

Size = tuple[int, int]
Vector = Float64[ndarray, "3"]


@dataclass(frozen=True)
class Handle:
    """One arrow or ring: its axis (0 x, 1 y, 2 z), and where it was taken hold of (Å)."""

    kind: Literal["shift", "turn"]
    axis: int
    grip_xyz: Vector

    @property
    def name(self) -> tuple[str, int]:
        """Tells handles apart."""
        return self.kind, self.axis


class Gizmo:
    """Where the handles stand and which one is held; the renderer draws them last."""

    def __init__(self) -> None:
        self.visible = False
        self.centre_xyz: Vector = np.zeros(3)
        self.held: tuple[str, int] | None = None
        self._buffers: MeshBuffers | None = None
        self._drawn: tuple[str, int] | None = None  # the handle that is held in the buffers

    @property
    def appearance(self) -> object:
        """Equal as long as the handles look the same in the same view."""
        return *self.centre_xyz.tolist(), self.held

    def draw(self, painter: Painter) -> None:
        """Draw all handles."""
        if self._buffers is None or self._drawn != self.held:
            self.delete()
            self._buffers, self._drawn = MeshBuffers(gizmo_mesh(self.held)), self.held
        painter.handles(self._buffers, self.centre_xyz, SHARE)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._buffers is not None:
            self._buffers.delete()
            self._buffers = None

    def hit(self, position: tuple[float, float], camera: Camera, size: Size, reach: float) -> Handle | None:
        """The handle nearest to a pixel (right, down), if one is within `reach` pixels."""
        length = arrow_length(self.centre_xyz, camera, size)
        best, found = reach, None
        for kind, points in (("shift", _arrow_points()), ("turn", _ring_points())):
            for axis in range(3):
                xyz = self.centre_xyz + length * points[:, np.roll(np.arange(3), axis)]
                away = np.linalg.norm(camera.pixels_of(xyz, size) - np.asarray(position), axis=1)
                if away.min() < best:
                    best, found = float(away.min()), Handle(kind, axis, xyz[int(np.argmin(away))])  # type: ignore[arg-type]
        return found


def arrow_length(centre_xyz: Vector, camera: Camera, size: Size) -> float:
    """Å that an arrow at this place is long, so that its size on screen is always the same."""
    return SHARE * camera.half_height(size, camera.depth_of(centre_xyz)) * min(size) / size[1]


def gizmo_mesh(held: tuple[str, int] | None) -> Triangles:
    """All arrows and rings about the origin, an arrow being 1 long."""
    parts = []
    for axis in range(3):
        for kind, rings in (("shift", _arrow()), ("turn", _ring())):
            colour = ACTIVE if held == (kind, axis) else AXIS_COLOURS[axis]
            parts.append(_turned(sweep(rings, SIDES), axis, colour))
    return Triangles.join(parts)


def _turned(mesh: Triangles, axis: int, colour: tuple[float, float, float]) -> Triangles:
    """The mesh of the x axis as that of another one, in a colour."""
    order = np.roll(np.arange(3), axis)
    rgba = np.repeat(bytes_rgba(np.array([colour]), tintable=False), len(mesh.position_xyz), axis=0)
    return Triangles(mesh.position_xyz[:, order], mesh.normal_xyz[:, order], mesh.corners, rgba)


def _arrow_points() -> Float64[ndarray, "point 3"]:
    return np.linspace(SHAFT, 1.0, ARROW_POINTS)[:, None] * np.array([[1.0, 0.0, 0.0]])


def _ring_points() -> Float64[ndarray, "point 3"]:
    angle = np.linspace(0, 2 * np.pi, RING_POINTS)
    return RING_RADIUS * np.stack([np.zeros(RING_POINTS), np.cos(angle), np.sin(angle)], axis=1)


def _arrow() -> Rings:
    """Shaft and head along x, each with a lid at its beginning."""
    place = np.array([SHAFT, SHAFT, SHAFT, HEAD, HEAD, HEAD, HEAD, 1.0])
    radius = np.array([0.0, SHAFT_RADIUS, SHAFT_RADIUS, SHAFT_RADIUS, 0.0, HEAD_RADIUS, HEAD_RADIUS, 0.0])
    facing = np.array([BACKWARD, BACKWARD, PROFILE, PROFILE, BACKWARD, BACKWARD, PROFILE, PROFILE])
    joined = np.array([True, False, True, False, True, False, True, False])
    along, across = np.tile([1.0, 0.0, 0.0], (8, 1)), np.tile([0.0, 1.0, 0.0], (8, 1))
    return _rings(place[:, None] * along, along, across, radius, facing, joined)


def _ring() -> Rings:
    """A closed ring about x."""
    centre = _ring_points()
    across = np.tile([1.0, 0.0, 0.0], (RING_POINTS, 1))
    along = np.cross(across, centre) / RING_RADIUS
    joined = np.arange(RING_POINTS) < RING_POINTS - 1
    thickness = np.full(RING_POINTS, RING_THICKNESS)
    return _rings(centre, along, across, thickness, np.full(RING_POINTS, PROFILE), joined)


def _rings(
    centre: ndarray, along: ndarray, across: ndarray, radius: ndarray, facing: ndarray, joined: ndarray
) -> Rings:
    white = np.full((len(centre), 4), 255, dtype=np.uint8)
    return Rings(centre, along, across, radius, radius, np.full(len(centre), 2.0), facing, joined, white)
