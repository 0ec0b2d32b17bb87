"""A ball for every pose of a running fit, coloured by its score."""

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray

from app.scene.balls import BallBuffers
from app.scene.geometry import Spheres, bounds_of
from app.scene.painter import Look, Painter
from app.scene.palette import bytes_rgba, score_colours

RADIUS_SHARE = 0.011  # of the scene's diagonal
SMALLEST_RADIUS = 0.8  # Å


class PoseCloud:
    """The poses as they stand; each update replaces them all."""

    transparent = False
    steady = False
    appearance = None

    def __init__(self) -> None:
        self.visible = False
        self._balls: BallBuffers | None = None
        self._spheres: Spheres | None = None
        self._stale = False

    def show(
        self, position_xyz: Float64[ndarray, "pose 3"], scores: Float[ndarray, " pose"], scene_diagonal: float
    ) -> None:
        """Put a ball at every position (Å); its size follows the scene's."""
        radius = max(SMALLEST_RADIUS, RADIUS_SHARE * scene_diagonal)
        finite = np.isfinite(scores)
        self._spheres = Spheres(
            position_xyz[finite].astype(np.float32),
            np.full(int(finite.sum()), radius, dtype=np.float32),
            bytes_rgba(score_colours(scores[finite]), tintable=False),
        )
        self._stale = True
        self.visible = True

    def clear(self) -> None:
        """Show none."""
        self.visible = False
        self._spheres = None

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around all balls (Å)."""
        if self._spheres is None or len(self._spheres.radius) == 0:
            return None
        return bounds_of(self._spheres.position_xyz, float(self._spheres.radius[0]))

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the balls; clicks go through them to what they surround."""
        if self._spheres is None or painter.mode == "identity":
            return
        if self._balls is None:
            self._balls = BallBuffers(self._spheres)
        elif self._stale:
            self._balls.replace(self._spheres)
        self._stale = False
        painter.balls(self._balls, Look(np.eye(4), number=number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._balls is not None:
            self._balls.delete()
            self._balls = None
