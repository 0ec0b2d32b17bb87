"""Placements that the user accepted, and the density that they explain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.removal import Removal, RemovalSettings

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1
Row = tuple[float, float, float, float]
Rows = tuple[Row, Row, Row]  # of a 3 × 4 matrix: a value that can be compared, unlike an array


@dataclass(frozen=True)
class CopyItem:
    """A structure that was accepted at a place in a map, and how it is drawn.

    `map` is the map as it was read, also when the copy was found in what remained of it: all copies of a map are one
    assembly. Scores and confidence are None once the copy was moved by hand.
    """

    key: str
    structure: str
    map: str
    map_from_model: Rows  # takes the file's coordinates (Å) to the map's frame
    name: str
    colour: Colour
    scores: tuple[tuple[str, float], ...] | None = None  # by name, as `Scores.as_dict` gives them
    confidence: float | None = None  # 0 to 1
    visible: bool = True
    representation: str = "cartoon"  # or "tube", "sticks", "spheres"
    note: str = ""

    @cached_property
    def matrix(self) -> Float64[ndarray, "3 4"]:
        """`map_from_model` to calculate with."""
        return np.array(self.map_from_model, dtype=np.float64)


@dataclass(frozen=True)
class RemovalItem:
    """The density of one copy, taken out of a map."""

    key: str
    copy: str
    map_from_model: Rows  # where the copy stood: when it has moved since, the removal is out of date
    settings: RemovalSettings
    removal: Removal = field(compare=False, repr=False)


def rows_of(map_from_model: Sequence[Sequence[float]] | Float64[ndarray, "3 4"]) -> Rows:
    """A 3 × 4 matrix as plain numbers."""
    x, y, z = ((float(a), float(b), float(c), float(d)) for a, b, c, d in map_from_model)
    return x, y, z
