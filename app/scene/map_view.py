"""One map in the scene: its surface at the contour level, closed or as a mesh of wires."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.geometry import bounds_of
from app.scene.mesh import LineBuffers, MeshBuffers
from app.scene.painter import Look, Painter
from app.scene.styles import MapStyle
from app.scene.surface import Surface, SurfaceWish, Zone
from app.theme import Colour
from difffit_core.data.volume import Volume

OPAQUE_FROM = 0.995  # opacity from which the surface is drawn with the opaque things
FAINTEST_WIRES = 0.5  # opacity of a mesh whose surface would not be seen at all


class MapView:
    """Remembers what the user wants to see; `surface` arrives later, from the worker."""

    def __init__(self, volume: Volume, level: float, colour: Colour, opacity: float) -> None:
        self.volume, self.level, self.colour, self.opacity = volume, level, colour, opacity
        self.style: MapStyle = "surface"
        self.dust: float | None = None  # Å; None for the automatic size
        self.full_detail = False
        self.zone: Zone | None = None
        self.visible = True
        self.surface: Surface | None = None
        self._buffers: MeshBuffers | None = None
        self._wires: LineBuffers | None = None
        self._bounds: Float64[ndarray, "2 3"] | None = None

    @property
    def transparent(self) -> bool:
        """Whether what lies behind shines through."""
        return self.style == "mesh" or self.opacity < OPAQUE_FROM

    @property
    def steady(self) -> bool:
        """Whether fog can be measured by it: what a zone shows of it follows other things."""
        return self.zone is None

    @property
    def appearance(self) -> object:
        """Equal as long as the surface looks the same."""
        return id(self.surface), self.style, self.colour, self.opacity

    def wish(self, step: int) -> SurfaceWish:
        """What to compute for it from every `step`-th voxel."""
        return SurfaceWish(self.level, step, self.dust, self.style == "mesh", self.zone)

    def restyle(
        self,
        level: float | None,
        colour: Colour | None,
        opacity: float | None,
        style: MapStyle | None,
        dust: float | None,
        full_detail: bool | None,
    ) -> bool:
        """Take over what is given; a negative `dust` is the automatic size. Whether the surface changes its shape."""
        before = (self.style, self.dust, self.full_detail)
        self.level = self.level if level is None else level
        self.colour = self.colour if colour is None else colour
        self.opacity = self.opacity if opacity is None else opacity
        self.style = self.style if style is None else style
        self.dust = self.dust if dust is None else (dust if dust >= 0 else None)
        self.full_detail = self.full_detail if full_detail is None else full_detail
        return before != (self.style, self.dust, self.full_detail)

    def set_surface(self, surface: Surface) -> None:
        """Show another surface from the next frame on."""
        self.delete()
        self.surface = surface
        self._bounds = bounds_of(surface.triangles.position_xyz)

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around the surface (Å); around the whole map as long as there is no surface."""
        return self._bounds if self._bounds is not None else self.volume.corners_xyz

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the surface, if it has been computed; a mesh is picked where its surface is."""
        if self.surface is None or len(self.surface.triangles.corners) == 0:
            return
        if self.style == "mesh" and self.surface.wires is not None and painter.mode != "identity":
            if self._wires is None:
                self._wires = LineBuffers(self.surface.wires)
            opacity = FAINTEST_WIRES + (1 - FAINTEST_WIRES) * self.opacity
            painter.lines(self._wires, Look(np.eye(4), self.colour, opacity, number))
            return
        if self._buffers is None:
            self._buffers = MeshBuffers(self.surface.triangles)
        painter.mesh(self._buffers, Look(np.eye(4), self.colour, self.opacity, number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for buffers in (self._buffers, self._wires):
            if buffers is not None:
                buffers.delete()
        self._buffers = self._wires = None
