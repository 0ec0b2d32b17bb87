"""Cylinders on the graphics card: four vertices each, ray-cast per pixel like the balls that join them."""

import numpy as np
from numpy import ndarray
from vispy import gloo

from app.scene.balls import CORNERS, quads
from app.scene.geometry import Cylinders

_LAYOUT = [
    ("start", np.float32, 3), ("end", np.float32, 3), ("corner", np.float32, 2), ("radius", np.float32),
    ("colour", np.float32, 4), ("end_colour", np.float32, 4),
]  # fmt: skip


class StickBuffers:
    """One vertex buffer for all cylinders."""

    def __init__(self, cylinders: Cylinders) -> None:
        self.n_sticks = len(cylinders.radius)
        self.vertices = gloo.VertexBuffer(_expanded(cylinders))
        self.attributes = {f"a_{name}": self.vertices[name] for name, *_ in _LAYOUT}
        self.index = gloo.IndexBuffer(quads(self.n_sticks))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        self.vertices.delete()
        self.index.delete()


def _expanded(cylinders: Cylinders) -> ndarray:
    vertices = np.empty((len(cylinders.radius), 4), dtype=_LAYOUT)
    vertices["start"] = cylinders.start_xyz[:, None, :]
    vertices["end"] = cylinders.end_xyz[:, None, :]
    vertices["corner"] = CORNERS
    vertices["radius"] = cylinders.radius[:, None]
    vertices["colour"] = cylinders.start_rgba[:, None, :] / np.float32(255)
    vertices["end_colour"] = cylinders.end_rgba[:, None, :] / np.float32(255)
    return vertices.ravel()
