"""A ball for every cluster, as large as it has hits; they are picked by geometry, one by one."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray

from app.scene.balls import BallBuffers
from app.scene.geometry import Spheres, bounds_of
from app.scene.painter import Look, Painter
from app.scene.palette import bytes_rgba

LARGEST_SHARE, SMALLEST_SHARE = 0.028, 0.010  # radius, of the scene's diagonal
SELECTED_GROWTH = 1.3
MARKED = 128  # the alpha of spheres that get a bright rim


class ClusterCloud:
    """The clusters of a fit; ids are the caller's."""

    transparent = False
    steady = False
    appearance = None

    def __init__(self) -> None:
        self.visible = False
        self._ids = np.empty(0, dtype=np.int64)
        self._spheres: Spheres | None = None
        self._selected: frozenset[int] = frozenset()
        self._balls: BallBuffers | None = None

    def show(
        self,
        ids: Sequence[int],
        position_xyz: Float64[ndarray, "cluster 3"],
        size: Float[ndarray, " cluster"],
        colour_rgb: Float[ndarray, "cluster 3"],
        scene_diagonal: float,
    ) -> None:
        """Put a ball at every position (Å); its volume follows `size`, its radius the scene's."""
        self.delete()
        self._ids = np.asarray(ids, dtype=np.int64)
        share = np.cbrt(np.maximum(size, 0) / max(float(np.max(size, initial=0.0)), 1e-12))
        radius = scene_diagonal * (SMALLEST_SHARE + (LARGEST_SHARE - SMALLEST_SHARE) * share)
        rgba = bytes_rgba(np.asarray(colour_rgb, dtype=np.float64), tintable=False)
        self._spheres = Spheres(position_xyz.astype(np.float32), radius.astype(np.float32), rgba)
        self.visible = len(self._ids) > 0

    def select(self, ids: Sequence[int]) -> None:
        """Make these stand out."""
        self._selected = frozenset(ids)
        self.delete()

    def clear(self) -> None:
        """Show none."""
        self.delete()
        self.visible = False
        self._spheres = None

    def hit(self, eye: Float64[ndarray, "3"], ray: Float64[ndarray, "3"]) -> tuple[int, float] | None:
        """Id of the nearest ball that a line of sight meets, and how many times `ray` it is away; None for none."""
        if not self.visible or self._spheres is None:
            return None
        spheres = self._drawn(self._spheres)
        way = spheres.position_xyz.astype(np.float64) - eye
        squared = float(ray @ ray)
        along = way @ ray / squared
        room = spheres.radius**2 - ((way - along[:, None] * ray) ** 2).sum(axis=1)
        times = np.where(room >= 0, along - np.sqrt(np.maximum(room, 0) / squared), np.inf)
        times[times <= 0] = np.inf
        nearest = int(np.argmin(times))
        return (int(self._ids[nearest]), float(times[nearest])) if np.isfinite(times[nearest]) else None

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around all balls (Å)."""
        if self._spheres is None or len(self._ids) == 0:
            return None
        return bounds_of(self._spheres.position_xyz, float(self._spheres.radius.max()) * SELECTED_GROWTH)

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the balls."""
        if self._spheres is None or painter.mode == "identity":
            return
        if self._balls is None:
            self._balls = BallBuffers(self._drawn(self._spheres))
        painter.balls(self._balls, Look(np.eye(4), number=number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._balls is not None:
            self._balls.delete()
            self._balls = None

    def _drawn(self, spheres: Spheres) -> Spheres:
        """With the selected ones larger and marked."""
        chosen = np.isin(self._ids, list(self._selected))
        rgba = spheres.colour_rgba.copy()
        rgba[chosen, 3] = MARKED
        radius = np.where(chosen, SELECTED_GROWTH * spheres.radius, spheres.radius)
        return Spheres(spheres.position_xyz, radius.astype(np.float32), rgba)
