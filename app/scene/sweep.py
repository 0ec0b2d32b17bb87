"""Ribbons, tubes and slabs: a profile swept along a path becomes an indexed mesh with smooth normals."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from jaxtyping import Bool, Float, UInt8
from numpy import ndarray

from app.scene.geometry import Triangles

PROFILE, BACKWARD, FORWARD = 0, -1, 1


@dataclass(frozen=True)
class Rings:
    """Profiles along a path, one after the other; lengths in Å.

    A profile is the superellipse |x/half_width|ᵖ + |y/half_thickness|ᵖ = 1 with p = `squareness`: 2 is round, 6 nearly
    a rectangle. `facing` PROFILE gives normals around the profile; BACKWARD and FORWARD make the ring part of a flat
    lid. A ring is connected to the next one where `joined`.
    """

    centre: Float[ndarray, "ring 3"]
    along: Float[ndarray, "ring 3"]
    across: Float[ndarray, "ring 3"]
    half_width: Float[ndarray, " ring"]
    half_thickness: Float[ndarray, " ring"]
    squareness: Float[ndarray, " ring"]
    facing: ndarray
    joined: Bool[ndarray, " ring"]
    colour_rgba: UInt8[ndarray, "ring 4"]

    def __len__(self) -> int:
        return len(self.centre)

    @classmethod
    def concatenate(cls, parts: "list[Self]") -> Self:
        """All rings in order; the last ring of each part has to be unjoined."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))


def sweep(rings: Rings, sides: int) -> Triangles:
    """The mesh through the rings, with `sides` vertices on each."""
    x, y, normal_x, normal_y = _profile(rings, sides)
    up = np.cross(rings.along, rings.across)
    across, up = rings.across[:, None, :], up[:, None, :]
    position = rings.centre[:, None, :] + x[..., None] * across + y[..., None] * up
    lid = rings.along * rings.facing[:, None]
    around = normal_x[..., None] * across + normal_y[..., None] * up
    normal = np.where((rings.facing == PROFILE)[:, None, None], around, lid[:, None, :])
    return Triangles(
        position.reshape(-1, 3).astype(np.float32),
        normal.reshape(-1, 3).astype(np.float32),
        _corners(rings.joined, sides),
        np.repeat(rings.colour_rgba, sides, axis=0),
    )


def capsules(
    start: Float[ndarray, "piece 3"],
    end: Float[ndarray, "piece 3"],
    across: Float[ndarray, "piece 3"],
    colour_rgba: UInt8[ndarray, "piece 4"],
    *,
    half_width: float,
    half_thickness: float,
    squareness: float,
) -> Rings:
    """Straight closed bars from start to end, each of six rings: lid, wall, lid."""
    length = np.linalg.norm(end - start, axis=1, keepdims=True)
    along = (end - start) / np.maximum(length, 1e-9)
    across = across - (across * along).sum(axis=1, keepdims=True) * along
    across = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    n = len(start)
    open_end = np.tile([0.0, 1.0, 1.0, 1.0, 1.0, 0.0], n)
    return Rings(
        np.stack([start, start, start, end, end, end], axis=1).reshape(-1, 3),
        np.repeat(along, 6, axis=0),
        np.repeat(across, 6, axis=0),
        half_width * open_end,
        half_thickness * open_end,
        np.full(6 * n, squareness),
        np.tile([BACKWARD, BACKWARD, PROFILE, PROFILE, FORWARD, FORWARD], n),
        np.tile([True, False, True, False, True, False], n),
        np.repeat(colour_rgba, 6, axis=0),
    )


def _profile(rings: Rings, sides: int) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """Points of each profile and its outward unit normal, both in (across, up)."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False) + np.pi / sides
    cosine, sine = np.cos(angle), np.sin(angle)
    power = rings.squareness[:, None]
    width = np.maximum(rings.half_width, 1e-6)[:, None]
    thickness = np.maximum(rings.half_thickness, 1e-6)[:, None]
    x = width * np.sign(cosine) * np.abs(cosine) ** (2 / power)
    y = thickness * np.sign(sine) * np.abs(sine) ** (2 / power)
    normal_x = np.sign(cosine) * np.abs(cosine) ** (2 - 2 / power) / width
    normal_y = np.sign(sine) * np.abs(sine) ** (2 - 2 / power) / thickness
    length = np.hypot(normal_x, normal_y)
    return x, y, normal_x / length, normal_y / length


def _corners(joined: Bool[ndarray, " ring"], sides: int) -> ndarray:
    """Two triangles between neighbouring rings for each side, counter-clockwise from outside."""
    ring = np.flatnonzero(joined[:-1])[:, None] * sides
    side = np.arange(sides)[None, :]
    following = (side + 1) % sides
    a, b = ring + side, ring + following
    c, d = a + sides, b + sides
    return np.stack([a, b, d, a, d, c], axis=-1).reshape(-1, 3).astype(np.uint32)
