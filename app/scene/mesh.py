"""Triangles and lines on the graphics card, always indexed; a new place or colour is only a uniform."""

import numpy as np
from vispy import gloo

from app.scene.geometry import Lines, Triangles

_LAYOUT = [("position", np.float32, 3), ("normal", np.float32, 3)]
_LAYOUT_WITH_COLOUR = [*_LAYOUT, ("colour", np.float32, 4)]


TRIANGLES_PER_PART = 12_500  # a software renderer draws as many in about 10 ms


class MeshBuffers:
    """One interleaved vertex buffer, and index buffers that can be drawn one after the other."""

    def __init__(self, triangles: Triangles) -> None:
        colour = triangles.colour_rgba
        vertices = np.empty(len(triangles.position_xyz), dtype=_LAYOUT_WITH_COLOUR if colour is not None else _LAYOUT)
        vertices["position"] = triangles.position_xyz
        vertices["normal"] = triangles.normal_xyz
        if colour is not None:
            vertices["colour"] = colour / np.float32(255)
        self.n_triangles = len(triangles.corners)
        self.vertices = gloo.VertexBuffer(vertices)
        self.position = self.vertices["position"]
        self.normal = self.vertices["normal"]
        self.colour = self.vertices["colour"] if colour is not None else None
        starts = range(0, self.n_triangles, TRIANGLES_PER_PART)
        self.parts = [
            gloo.IndexBuffer(triangles.corners[start : start + TRIANGLES_PER_PART].ravel()) for start in starts
        ]

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for buffer in (self.vertices, *self.parts):
            buffer.delete()


class LineBuffers:
    """Points with colours, and an index buffer of pairs."""

    def __init__(self, lines: Lines) -> None:
        vertices = np.empty(len(lines.position_xyz), dtype=[("position", np.float32, 3), ("colour", np.float32, 4)])
        vertices["position"] = lines.position_xyz
        vertices["colour"] = lines.colour_rgba / np.float32(255)
        self.n_lines = len(lines.ends)
        self.vertices = gloo.VertexBuffer(vertices)
        self.position, self.colour = self.vertices["position"], self.vertices["colour"]
        self.index = gloo.IndexBuffer(lines.ends.ravel())

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        self.vertices.delete()
        self.index.delete()
