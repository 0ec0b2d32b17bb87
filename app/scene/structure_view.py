"""One structure in the scene: a shape in its file's coordinates, and the matrix that places it in the map."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.balls import BallBuffers
from app.scene.geometry import bounds_of
from app.scene.items import as_4x4
from app.scene.mesh import MeshBuffers
from app.scene.painter import Look, Painter
from app.scene.structure_shape import StructureShape
from app.theme import Colour
from difffit_core.data.structure import Structure

MARGIN = 2.0  # Å around the atoms, for the ribbons' width


class StructureView:
    """Remembers what the user wants to see; `shape` arrives later, from the worker."""

    transparent = False

    def __init__(
        self, structure: Structure, colour: Colour | None, map_from_model: Float64[ndarray, "3 4"] | None
    ) -> None:
        self.structure, self.colour = structure, colour
        self.visible = True
        self.shape: StructureShape | None = None
        self._mesh: MeshBuffers | None = None
        self._balls: BallBuffers | None = None
        self._bounds: Float64[ndarray, "2 3"] | None = None  # of the present placement; computed when asked for
        self._map_from_model = np.eye(4)
        if map_from_model is not None:
            self.place(map_from_model)

    def place(self, map_from_model: Float64[ndarray, "3 4"]) -> None:
        """Move to another placement: nothing but a uniform changes."""
        self._map_from_model = as_4x4(map_from_model)
        self._bounds = None

    def set_shape(self, shape: StructureShape) -> None:
        """Show this shape from the next frame on."""
        self.delete()
        self.shape = shape

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) around the placed structure."""
        if self._bounds is None and len(self.structure):
            placed = self.structure.xyz @ self._map_from_model[:3, :3].T + self._map_from_model[:3, 3]
            self._bounds = bounds_of(placed, MARGIN)
        return self._bounds

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the cartoon, and balls for what has no backbone."""
        if self.shape is None:
            return
        if self._mesh is None or self._balls is None:
            self._mesh, self._balls = MeshBuffers(self.shape.triangles), BallBuffers(self.shape.spheres)
        look = Look(self._map_from_model, self.colour, 1.0, number)
        painter.mesh(self._mesh, look)
        painter.balls(self._balls, look)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._mesh is not None and self._balls is not None:
            self._mesh.delete()
            self._balls.delete()
        self._mesh = self._balls = None
