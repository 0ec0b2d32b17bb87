"""Marks in the view: bars between atoms that are too close, and the residues they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from PySide6.QtCore import QObject, Signal

from app.scene.camera import Camera
from app.scene.geometry import Cylinders, Spheres, Triangles, bounds_of
from app.scene.items import as_4x4
from app.scene.painter import Look, Painter
from app.scene.palette import bytes_rgba
from app.scene.stage import Stage
from app.scene.structure_shape import StructureShape, residue_shape
from app.scene.structure_view import HIGHLIGHT, ShapeBuffers
from difffit_core.data.structure import Structure

CLASH, CHOSEN = (0.90, 0.16, 0.16), (1.0, 0.77, 0.12)  # as alarming and as bright on light as on dark ground
BAR_RADIUS, BALL_RADIUS = 0.22, 0.5  # Å
CLOSE_VIEW = 45.0  # Å from the camera to what one wants to look at closely


@dataclass(frozen=True)
class MarkedResidue:
    """A residue where its structure stands."""

    structure: Structure
    atoms: Bool[ndarray, " atom"]
    map_from_model: Float64[ndarray, "3 4"]


class Marks:
    """Bars (map frame) and residues; drawn with the opaque things."""

    transparent = False
    steady = False
    appearance = None

    def __init__(self) -> None:
        self.visible = False
        self._ends: Float64[ndarray, "bar 2 3"] = np.empty((0, 2, 3))
        self._chosen: int | None = None
        self._residues: Sequence[MarkedResidue] = ()
        self._buffers: list[tuple[ShapeBuffers, Float64[ndarray, "4 4"]]] | None = None

    def show(
        self, ends_xyz: Float64[ndarray, "bar 2 3"], chosen: int | None, residues: Sequence[MarkedResidue]
    ) -> None:
        """Show these bars (Å), one of them chosen, and these residues."""
        self.delete()
        self._ends, self._chosen, self._residues = ends_xyz, chosen, residues
        self.visible = len(ends_xyz) > 0

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around all bars (Å)."""
        return bounds_of(self._ends.reshape(-1, 3), BALL_RADIUS)

    def draw(self, painter: Painter, number: int) -> None:
        """Draw them; they cannot be picked."""
        if painter.mode != "opaque":
            return
        if self._buffers is None:
            self._buffers = self._made()
        for buffers, place in self._buffers:
            buffers.draw(painter, Look(place))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for buffers, _ in self._buffers or ():
            buffers.delete()
        self._buffers = None

    def _made(self) -> list[tuple[ShapeBuffers, Float64[ndarray, "4 4"]]]:
        bars = ShapeBuffers(bar_shape(self._ends, self._chosen))
        return [(bars, np.eye(4))] + [
            (ShapeBuffers(residue_shape(marked.structure, marked.atoms, HIGHLIGHT)), as_4x4(marked.map_from_model))
            for marked in self._residues
        ]


def bar_shape(ends_xyz: Float64[ndarray, "bar 2 3"], chosen: int | None) -> StructureShape:
    """A bar with a ball at each end for every pair of points; the chosen one bright and thicker."""
    count = len(ends_xyz)
    rgb, growth = np.tile(np.array(CLASH), (count, 1)), np.ones(count)
    if chosen is not None and chosen < count:
        rgb[chosen], growth[chosen] = CHOSEN, 1.5
    rgba = bytes_rgba(rgb, tintable=False)
    first, second = ends_xyz.astype(np.float32).transpose(1, 0, 2)
    balls = np.tile(BALL_RADIUS * growth, 2).astype(np.float32)
    return StructureShape(
        Triangles.join([]),
        Spheres(np.concatenate([first, second]), balls, np.tile(rgba, (2, 1))),
        Cylinders(first, second, (BAR_RADIUS * growth).astype(np.float32), rgba, rgba),
    )


class Marker(QObject):
    """Shows marks and looks at them."""

    camera_moved = Signal()

    def __init__(self, marks: Marks, camera: Camera, stage: Stage) -> None:
        super().__init__()
        self._marks, self._camera, self._stage = marks, camera, stage

    def show(
        self,
        ends_xyz: Float64[ndarray, "bar 2 3"],
        *,
        chosen: int | None = None,
        residues: Sequence[MarkedResidue] = (),
    ) -> None:
        """Show bars between these pairs of points (Å, map frame), and residues as balls and sticks."""
        self._marks.show(ends_xyz, chosen, residues)
        self._stage.redraw()

    def clear(self) -> None:
        """Show no marks."""
        self.show(np.empty((0, 2, 3)))

    def look_at(self, xyz: Float64[ndarray, "3"]) -> None:
        """Come close to a point (Å, map frame) without turning."""
        self._camera.look_at(xyz)
        self._camera.distance = min(self._camera.distance, CLOSE_VIEW)
        self.camera_moved.emit()
