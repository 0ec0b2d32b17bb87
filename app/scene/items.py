"""What every thing in the scene can do."""

from typing import Protocol

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.painter import Painter


class Item(Protocol):
    """A map, a structure or a cloud of poses, as the renderer sees it."""

    visible: bool

    @property
    def transparent(self) -> bool:
        """Whether it is drawn after, and blended over, the opaque items."""

    @property
    def steady(self) -> bool:
        """Whether it stays where it is, so that fog can be measured by it."""

    @property
    def appearance(self) -> object:
        """Equal as long as the item looks the same; asked of transparent items only."""

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box around it in the map's frame (Å); None when there is nothing to see yet."""

    def draw(self, painter: Painter, number: int) -> None:
        """Draw it in the painter's mode; `number` identifies it when picking."""

    def delete(self) -> None:
        """Free its memory on the graphics card."""


def as_4x4(matrix: Float64[ndarray, "3 4"]) -> Float64[ndarray, "4 4"]:
    """The 3 × 4 matrix with its last row."""
    return np.vstack([matrix, [0.0, 0.0, 0.0, 1.0]])
