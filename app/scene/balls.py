"""Spheres on the graphics card: four vertices each, turned to the viewer and ray-cast per pixel.

Neither point sprites (their size is limited) nor instancing (an extension) is needed.
"""

import numpy as np
from jaxtyping import UInt32
from numpy import ndarray
from vispy import gloo

from app.scene.geometry import Spheres

CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float32)
_LAYOUT = [("position", np.float32, 3), ("corner", np.float32, 2), ("radius", np.float32), ("colour", np.float32, 4)]


class BallBuffers:
    """One vertex buffer for all spheres; replacing the spheres by as many others keeps it."""

    def __init__(self, spheres: Spheres) -> None:
        self._allocate(spheres)

    def replace(self, spheres: Spheres) -> None:
        """Show other spheres."""
        if len(spheres.radius) == self.n_spheres:
            self.vertices.set_data(_expanded(spheres))
        else:
            self.delete()
            self._allocate(spheres)

    def _allocate(self, spheres: Spheres) -> None:
        self.n_spheres = len(spheres.radius)
        self.vertices = gloo.VertexBuffer(_expanded(spheres))
        self.position, self.corner = self.vertices["position"], self.vertices["corner"]
        self.radius, self.colour = self.vertices["radius"], self.vertices["colour"]
        self.index = gloo.IndexBuffer(quads(self.n_spheres))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        self.vertices.delete()
        self.index.delete()


def _expanded(spheres: Spheres) -> ndarray:
    n = len(spheres.radius)
    vertices = np.empty((n, 4), dtype=_LAYOUT)
    vertices["position"] = spheres.position_xyz[:, None, :]
    vertices["corner"] = CORNERS
    vertices["radius"] = spheres.radius[:, None]
    vertices["colour"] = spheres.colour_rgba[:, None, :] / np.float32(255)
    return vertices.ravel()


def quads(n: int) -> UInt32[ndarray, " corner"]:
    """Two triangles for each four vertices."""
    first = np.arange(n, dtype=np.uint32)[:, None] * np.uint32(4)
    return (first + np.array([0, 1, 2, 0, 2, 3], dtype=np.uint32)).ravel()
