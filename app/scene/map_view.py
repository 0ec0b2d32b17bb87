"""One map in the scene: its surface at the contour level."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.geometry import Triangles, bounds_of
from app.scene.mesh import MeshBuffers
from app.scene.painter import Look, Painter
from app.theme import Colour
from difffit_core.data.volume import Volume

OPAQUE_FROM = 0.995  # opacity from which the surface is drawn with the opaque things


class MapView:
    """Remembers what the user wants to see; `surface` arrives later, from the worker."""

    def __init__(self, volume: Volume, level: float, colour: Colour, opacity: float) -> None:
        self.volume, self.level, self.colour, self.opacity = volume, level, colour, opacity
        self.visible = True
        self.surface: Triangles | None = None
        self._buffers: MeshBuffers | None = None
        self._bounds: Float64[ndarray, "2 3"] | None = None

    @property
    def transparent(self) -> bool:
        """Whether what lies behind shines through."""
        return self.opacity < OPAQUE_FROM

    def set_surface(self, surface: Triangles) -> None:
        """Show another surface from the next frame on."""
        self.delete()
        self.surface = surface
        self._bounds = bounds_of(surface.position_xyz)

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around the surface (Å); around the whole map as long as there is no surface."""
        return self._bounds if self._bounds is not None else self.volume.corners_xyz

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the surface, if it has been computed."""
        if self.surface is None or len(self.surface.corners) == 0:
            return
        if self._buffers is None:
            self._buffers = MeshBuffers(self.surface)
        painter.mesh(self._buffers, Look(np.eye(4), self.colour, self.opacity, number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._buffers is not None:
            self._buffers.delete()
            self._buffers = None
