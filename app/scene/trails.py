"""The ways that poses have gone, as lines that fade towards their beginnings."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray

from app.scene.geometry import Lines, bounds_of
from app.scene.mesh import LineBuffers
from app.scene.painter import Look, Painter
from app.scene.palette import SCORE_STOPS, scale_colours

FAINTEST = 0.25  # opacity at the beginning


class Trails:
    """One line per pose."""

    transparent = True
    steady = False

    def __init__(self) -> None:
        self.visible = False
        self._lines: Lines | None = None
        self._buffers: LineBuffers | None = None

    @property
    def appearance(self) -> object:
        """Equal as long as the lines are the same."""
        return id(self._lines)

    def show(self, trails: Sequence[Float64[ndarray, "step 3"]]) -> None:
        """Draw a line along the points (Å) of each trail."""
        self.delete()
        long_enough = [trail for trail in trails if len(trail) >= 2]
        self._lines = lines_along(long_enough) if long_enough else None
        self.visible = self._lines is not None

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around all lines (Å)."""
        return None if self._lines is None else bounds_of(self._lines.position_xyz)

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the lines."""
        if self._lines is None or painter.mode == "identity":
            return
        if self._buffers is None:
            self._buffers = LineBuffers(self._lines)
        painter.lines(self._buffers, Look(np.eye(4), number=number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        if self._buffers is not None:
            self._buffers.delete()
            self._buffers = None


def lines_along(trails: Sequence[Float64[ndarray, "step 3"]]) -> Lines:
    """All trails as pieces of line, coloured from their beginnings to their ends."""
    position = np.concatenate(trails).astype(np.float32)
    progress = np.concatenate([np.linspace(0, 1, len(trail)) for trail in trails])
    last = np.cumsum([len(trail) for trail in trails]) - 1
    start = np.delete(np.arange(len(position), dtype=np.uint32), last)
    return Lines(position, _colours(progress), np.stack([start, start + np.uint32(1)], axis=1))


def _colours(progress: Float64[ndarray, " point"]) -> UInt8[ndarray, "point 4"]:
    opacity = FAINTEST + (1 - FAINTEST) * progress
    return np.rint(255 * np.c_[scale_colours(progress, SCORE_STOPS, 0.0, 1.0), opacity]).astype(np.uint8)
