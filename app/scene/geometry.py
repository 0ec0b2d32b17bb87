"""Shapes as arrays, before they are sent to the graphics card: triangles, spheres, cylinders, lines. numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64, UInt8, UInt32
from numpy import ndarray


@dataclass(frozen=True)
class Triangles:
    """An indexed triangle mesh; positions in Å, unit normals that point outward.

    `colour_rgba` is one colour per vertex or None when the whole mesh has one colour. Its alpha is not opacity: 255
    says that the vertex takes the colour the user gives to the item, 0 that it keeps its own (a red oxygen atom).
    """

    position_xyz: Float32[ndarray, "vertex 3"]
    normal_xyz: Float32[ndarray, "vertex 3"]
    corners: UInt32[ndarray, "triangle 3"]
    colour_rgba: UInt8[ndarray, "vertex 4"] | None = None

    @classmethod
    def join(cls, parts: "Sequence[Triangles]") -> "Triangles":
        """All parts as one mesh; their colours are kept when every part has them."""
        if not parts:
            return cls(_empty(np.float32, 3), _empty(np.float32, 3), _empty(np.uint32, 3), _empty(np.uint8, 4))
        first = np.cumsum([0] + [len(part.position_xyz) for part in parts[:-1]])
        colours = [part.colour_rgba for part in parts if part.colour_rgba is not None]
        return cls(
            np.concatenate([part.position_xyz for part in parts]),
            np.concatenate([part.normal_xyz for part in parts]),
            np.concatenate([part.corners + np.uint32(start) for part, start in zip(parts, first, strict=True)]),
            np.concatenate(colours) if len(colours) == len(parts) else None,
        )


@dataclass(frozen=True)
class Spheres:
    """Balls: centres and radii in Å; alpha as in `Triangles`."""

    position_xyz: Float32[ndarray, "sphere 3"]
    radius: Float32[ndarray, " sphere"]
    colour_rgba: UInt8[ndarray, "sphere 4"]


@dataclass(frozen=True)
class Cylinders:
    """Open cylinders in two halves: ends and radii in Å; alpha as in `Triangles`."""

    start_xyz: Float32[ndarray, "cylinder 3"]
    end_xyz: Float32[ndarray, "cylinder 3"]
    radius: Float32[ndarray, " cylinder"]
    start_rgba: UInt8[ndarray, "cylinder 4"]
    end_rgba: UInt8[ndarray, "cylinder 4"]


@dataclass(frozen=True)
class Lines:
    """Pieces of line between pairs of points (Å); alpha is opacity."""

    position_xyz: Float32[ndarray, "point 3"]
    colour_rgba: UInt8[ndarray, "point 4"]
    ends: UInt32[ndarray, "line 2"]


def bounds_of(xyz: Float[ndarray, "point 3"], margin: float = 0.0) -> Float64[ndarray, "2 3"] | None:
    """Lowest and highest corner (Å) of the box around the points; None when there are none."""
    if len(xyz) == 0:
        return None
    return np.stack([xyz.min(axis=0) - margin, xyz.max(axis=0) + margin]).astype(np.float64)


def box_corners(bounds: Float64[ndarray, "2 3"]) -> Float64[ndarray, "8 3"]:
    """The eight corners of a box given by its lowest and highest corner."""
    choice = np.indices((2, 2, 2)).reshape(3, 8).T
    return bounds[choice, np.arange(3)]


def normalised(vectors: Float[ndarray, "*n 3"]) -> Float64[ndarray, "*n 3"]:
    """The vectors at unit length; vectors of length zero stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 1e-9, length, 1.0)


def _empty(kind: type, width: int) -> ndarray:
    return np.empty((0, width), dtype=kind)
