"""Draws meshes and spheres in one of three ways: opaque, transparent, or as identities for picking."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from vispy import gloo

from app.scene.balls import BallBuffers
from app.scene.mesh import MeshBuffers
from app.scene.shaders import surfaces
from app.theme import Colour

IDENTITIES = 2.0**16  # more items than anyone opens; the target is one of floats
Mode = Literal["opaque", "transparent", "identity"]


@dataclass(frozen=True)
class Look:
    """How one item is drawn: where, in which colour, how opaque; `number` tells items apart when picking."""

    map_from_model: Float64[ndarray, "4 4"]
    tint: Colour | None = None
    opacity: float = 1.0
    number: int = 0


@dataclass(frozen=True)
class View:
    """What is the same for everything in one frame; lengths in Å."""

    size: tuple[int, int]  # pixels, width and height
    view_from_map: Float64[ndarray, "4 4"]
    clip_from_view: Float64[ndarray, "4 4"]
    half_view: tuple[float, float]
    background: Colour
    fog: tuple[float, float, float]  # begins, complete, strength


class Painter:
    """Owns the shader programs; `begin` before drawing a frame, `mode` chooses the pass."""

    def __init__(self) -> None:
        self._mesh = {
            "opaque": gloo.Program(surfaces.MESH_VERTEX, surfaces.MESH_OPAQUE),
            "transparent": gloo.Program(surfaces.MESH_VERTEX, surfaces.MESH_TRANSPARENT),
            "identity": gloo.Program(surfaces.BARE_VERTEX, surfaces.IDENTITY_FRAGMENT),
        }
        self._balls = {
            "opaque": gloo.Program(surfaces.SPHERE_VERTEX, surfaces.SPHERE_OPAQUE),
            "identity": gloo.Program(surfaces.SPHERE_VERTEX, surfaces.SPHERE_IDENTITY),
        }
        self._view_from_map = np.eye(4)
        self.mode: Mode = "opaque"

    def begin(self, view: View) -> None:
        """Use this view for what follows."""
        self._view_from_map = view.view_from_map
        for program in (*self._mesh.values(), *self._balls.values()):
            program["u_clip_from_view"] = view.clip_from_view.T.astype(np.float32)
        self._mesh["transparent"]["u_background"] = view.background
        self._mesh["transparent"]["u_fog"] = view.fog

    def mesh(self, mesh: MeshBuffers, look: Look) -> None:
        """Draw a mesh; one without colours of its own takes the look's tint."""
        if mesh.n_triangles == 0:
            return
        program = self._mesh[self.mode]
        self._set_look(program, look)
        program["a_position"] = mesh.position
        if self.mode != "identity":
            program["a_normal"] = mesh.normal
            program["a_colour"] = mesh.colour if mesh.colour is not None else (1.0, 1.0, 1.0, 1.0)
        if self.mode == "transparent":
            program["u_opacity"] = look.opacity
        program.draw("triangles", mesh.index)

    def balls(self, balls: BallBuffers, look: Look) -> None:
        """Draw spheres; they are never transparent."""
        if balls.n_spheres == 0 or self.mode == "transparent":
            return
        program = self._balls[self.mode]
        self._set_look(program, look)
        program["a_position"], program["a_corner"] = balls.position, balls.corner
        program["a_radius"] = balls.radius
        if self.mode != "identity":
            program["a_colour"] = balls.colour
        program.draw("triangles", balls.index)

    def _set_look(self, program: gloo.Program, look: Look) -> None:
        program["u_view_from_model"] = (self._view_from_map @ look.map_from_model).T.astype(np.float32)
        if self.mode == "identity":
            program["u_identity"] = (look.number / IDENTITIES, 0.0, 0.0, 1.0)
        else:
            program["u_tint"] = (*look.tint, 1.0) if look.tint is not None else (0.0, 0.0, 0.0, 0.0)
