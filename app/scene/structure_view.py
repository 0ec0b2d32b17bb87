"""Structures in the scene: a shape in its file's coordinates, and the matrix that places it in the map."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.balls import BallBuffers
from app.scene.colouring import Colouring
from app.scene.geometry import bounds_of
from app.scene.items import as_4x4
from app.scene.mesh import MeshBuffers
from app.scene.painter import Look, Painter
from app.scene.sticks import StickBuffers
from app.scene.structure_shape import StructureShape, residue_shape
from app.scene.styles import Representation
from app.theme import Colour
from difffit_core.data.structure import Structure

MARGIN = 2.0  # Å around the atoms, for the ribbons' width
HIGHLIGHT = (255, 196, 30)  # shows on light and dark ground and beside every chain colour


class ShapeBuffers:
    """A shape on the graphics card."""

    def __init__(self, shape: StructureShape) -> None:
        self._mesh = MeshBuffers(shape.triangles)
        self._balls, self._sticks = BallBuffers(shape.spheres), StickBuffers(shape.cylinders)

    def draw(self, painter: Painter, look: Look) -> None:
        """Draw all of it."""
        painter.mesh(self._mesh, look)
        painter.balls(self._balls, look)
        painter.sticks(self._sticks, look)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for part in (self._mesh, self._balls, self._sticks):
            part.delete()


class StructureView:
    """Remembers what the user wants to see; `shape` arrives later, from the worker."""

    transparent = False
    steady = False
    appearance = None

    def __init__(
        self, structure: Structure, colour: Colour | None, map_from_model: Float64[ndarray, "3 4"] | None
    ) -> None:
        self.structure, self.colour = structure, colour
        self.representation: Representation = "cartoon"
        self.colouring = Colouring("chain" if colour is None else "uniform")
        self.visible = True
        self.shape: StructureShape | None = None
        self._buffers: ShapeBuffers | None = None
        self._highlighted: int | None = None
        self._highlight: ShapeBuffers | None = None
        self._bounds: Float64[ndarray, "2 3"] | None = None  # of the present placement; computed when asked for
        self.map_from_model = np.eye(4)
        if map_from_model is not None:
            self.place(map_from_model)

    def place(self, map_from_model: Float64[ndarray, "3 4"]) -> None:
        """Move to another placement: nothing but a uniform changes."""
        self.map_from_model = as_4x4(map_from_model)
        self._bounds = None

    def restyle(
        self, representation: Representation | None, colour: Colour | None, colouring: Colouring | None
    ) -> bool:
        """Take over what is given. Whether another shape, or one in other colours, has to be made for it."""
        before = (self.representation, self.colouring)
        self.representation = representation or self.representation
        self.colour = self.colour if colour is None else colour
        self.colouring = colouring or self.colouring
        return self.representation != before[0] or self.colouring.needs_colours(before[1])

    def set_shape(self, shape: StructureShape) -> None:
        """Show this shape from the next frame on."""
        self.delete()
        self.shape = shape

    def highlight(self, residue: int | None) -> None:
        """Point at a residue (as in `Structure.residue_index`), or at none."""
        self._drop_highlight()
        self._highlighted = residue

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) around the placed structure."""
        if self._bounds is None:
            self._bounds = placed_bounds(self.structure, self.map_from_model)
        return self._bounds

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the shape and what is highlighted in it."""
        tint = self.colour if self.colouring.tinted else None
        self.draw_copy(painter, Look(self.map_from_model, tint, 1.0, number))
        if self._highlighted is not None and painter.mode == "opaque":
            if self._highlight is None:
                chosen = self.structure.residue_index == self._highlighted
                self._highlight = ShapeBuffers(residue_shape(self.structure, chosen, HIGHLIGHT))
            self._highlight.draw(painter, Look(self.map_from_model))

    def draw_copy(self, painter: Painter, look: Look) -> None:
        """Draw the shape somewhere, from the same buffers."""
        if self.shape is None:
            return
        if self._buffers is None:
            self._buffers = ShapeBuffers(self.shape)
        self._buffers.draw(painter, look)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        self._drop_highlight()
        if self._buffers is not None:
            self._buffers.delete()
            self._buffers = None

    def _drop_highlight(self) -> None:
        if self._highlight is not None:
            self._highlight.delete()
            self._highlight = None


class CopyView:
    """The shape of another view once more, in another place and colour; it owns nothing on the graphics card."""

    transparent = False
    steady = False
    appearance = None

    def __init__(self, original: StructureView, map_from_model: Float64[ndarray, "3 4"], colour: Colour | None) -> None:
        self.original, self.colour = original, colour
        self.visible = True
        self.place(map_from_model)

    def place(self, map_from_model: Float64[ndarray, "3 4"]) -> None:
        """Move to another placement."""
        self.map_from_model = as_4x4(map_from_model)
        self._bounds: Float64[ndarray, "2 3"] | None = None

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) around the copy."""
        if self._bounds is None:
            self._bounds = placed_bounds(self.original.structure, self.map_from_model)
        return self._bounds

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the original's shape here."""
        self.original.draw_copy(painter, Look(self.map_from_model, self.colour, 1.0, number))

    def delete(self) -> None:
        """Nothing is its own."""


def placed_bounds(structure: Structure, map_from_model: Float64[ndarray, "4 4"]) -> Float64[ndarray, "2 3"] | None:
    """The box (Å) around a placed structure."""
    return bounds_of(structure.xyz @ map_from_model[:3, :3].T + map_from_model[:3, 3], MARGIN)
