"""Draws shapes in one of three ways: opaque, transparent, or as identities for picking."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from vispy import gloo

from app.scene.balls import BallBuffers
from app.scene.mesh import LineBuffers, MeshBuffers
from app.scene.shaders import impostors, surfaces
from app.scene.sticks import StickBuffers
from app.theme import Colour

IDENTITIES = 2.0**16  # more items than anyone opens; the target is one of floats
LINE_WIDTH, LINE_WIDTH_AT = 1.3, 900  # pixels, in a picture whose smaller side has that many
PALEST_LINE = 0.6  # opacity of lines that would be much thinner than a pixel
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
    half_view: tuple[float, float]  # at distance 1 in perspective, else anywhere
    orthographic: bool
    seen: tuple[float, float]  # nearest and farthest distance between the clip planes
    scene_range: tuple[float, float]  # the same of everything, clipped or not
    background: Colour
    mark: Colour  # the rim of marked spheres
    fog: tuple[float, float, float]  # begins, complete, strength

    @property
    def scene_depth(self) -> float:
        """Å from the nearest to the farthest point."""
        return self.scene_range[1] - self.scene_range[0]

    @property
    def pixel_size(self) -> float:
        """Å per pixel halfway into the scene."""
        away = 1.0 if self.orthographic else sum(self.scene_range) / 2
        return 2 * self.half_view[1] * away / self.size[1]

    def is_like(self, other: "View") -> bool:
        """Whether a transparent surface looks the same in both."""
        same = (self.size, self.background, self.fog, self.orthographic) == (
            other.size, other.background, other.fog, other.orthographic,
        )  # fmt: skip
        matrices = zip(
            (self.view_from_map, self.clip_from_view), (other.view_from_map, other.clip_from_view), strict=True
        )
        return same and all(np.array_equal(mine, others) for mine, others in matrices)


class Painter:
    """Owns the shader programs; `begin` before drawing a frame, `mode` chooses the pass."""

    def __init__(self) -> None:
        self._mesh = {
            "opaque": gloo.Program(surfaces.MESH_VERTEX, surfaces.MESH_OPAQUE),
            "transparent": gloo.Program(surfaces.MESH_VERTEX, surfaces.MESH_TRANSPARENT),
            "identity": gloo.Program(surfaces.BARE_VERTEX, surfaces.IDENTITY_FRAGMENT),
        }
        self._balls = {
            "opaque": gloo.Program(impostors.SPHERE_VERTEX, impostors.SPHERE_OPAQUE),
            "identity": gloo.Program(impostors.SPHERE_VERTEX, impostors.SPHERE_IDENTITY),
        }
        self._sticks = {
            "opaque": gloo.Program(impostors.STICK_VERTEX, impostors.STICK_OPAQUE),
            "identity": gloo.Program(impostors.STICK_VERTEX, impostors.STICK_IDENTITY),
        }
        self._lines = gloo.Program(surfaces.LINE_VERTEX, surfaces.LINE_FRAGMENT)
        self._slice = gloo.Program(surfaces.SLICE_VERTEX, surfaces.SLICE_FRAGMENT)
        self._handles = gloo.Program(surfaces.HANDLES_VERTEX, surfaces.HANDLES_FRAGMENT)
        programs = (*self._mesh.values(), *self._balls.values(), *self._sticks.values())
        self._asks = {  # uniforms of each
            program: {variable[2] for variable in program.variables}
            for program in (*programs, self._lines, self._slice, self._handles)
        }
        self._view: View | None = None
        self._of_view: dict[str, Any] = {}  # values of uniforms that are the same for everything in the view
        self._told: set[gloo.Program] = set()  # programs that know the view
        self.mode: Mode = "opaque"
        self.most_parts = 0  # of a mesh among those that were drawn
        self.portion = (0, 1)  # of how many portions of every mesh the one that is drawn; all else is in the first

    def uses(self, view: View) -> bool:
        """Whether that view was the last to be begun with."""
        return self._view is view

    def begin(self, view: View) -> None:
        """Use this view for what follows."""
        self._view, self._told = view, set()
        self._of_view = {
            "u_clip_from_view": view.clip_from_view.T.astype(np.float32),
            "u_orthographic": float(view.orthographic),
            "u_range": view.seen,
            "u_mark": view.mark,
            "u_background": view.background,
            "u_fog": view.fog,
        }

    def _tell(self, program: gloo.Program) -> None:
        """Let a program that is going to draw know the view, once.

        vispy keeps what is said to a program until it draws: for one that does not draw, that would be for ever.
        """
        if program not in self._told:
            self._told.add(program)
            for name in self._asks[program] & self._of_view.keys():
                program[name] = self._of_view[name]

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
        self.most_parts = max(self.most_parts, len(mesh.parts))
        number, count = self.portion
        for index in mesh.parts[number::count]:
            program.draw("triangles", index)

    def balls(self, balls: BallBuffers, look: Look) -> None:
        """Draw spheres; they are never transparent."""
        if balls.n_spheres == 0 or self.mode == "transparent" or self.portion[0] > 0:
            return
        program = self._balls[self.mode]
        self._set_look(program, look)
        program["a_position"], program["a_corner"] = balls.position, balls.corner
        program["a_radius"], program["a_colour"] = balls.radius, balls.colour
        program.draw("triangles", balls.index)

    def sticks(self, sticks: StickBuffers, look: Look) -> None:
        """Draw cylinders; they are never transparent."""
        if sticks.n_sticks == 0 or self.mode == "transparent" or self.portion[0] > 0:
            return
        program = self._sticks[self.mode]
        self._set_look(program, look)
        for name, buffer in sticks.attributes.items():
            program[name] = buffer
        program.draw("triangles", sticks.index)

    def lines(self, lines: LineBuffers, look: Look) -> None:
        """Draw lines, a pixel wide in a window of ordinary size; only ever in a layer over the opaque picture."""
        if lines.n_lines == 0 or self.mode != "transparent" or self.portion[0] > 0 or self._view is None:
            return
        self._set_look(self._lines, look)
        width = LINE_WIDTH * min(self._view.size) / LINE_WIDTH_AT
        self._lines["u_opacity"] = look.opacity * min(1.0, max(width, PALEST_LINE))
        self._lines["a_position"], self._lines["a_colour"] = lines.position, lines.colour
        gloo.set_line_width(max(1.0, width))
        self._lines.draw("lines", lines.index)

    def handles(self, mesh: MeshBuffers, centre_xyz: Float64[ndarray, "3"], share: float) -> None:
        """Draw a mesh in front of everything; its unit is this share of half the smaller side of the picture."""
        assert self._view is not None
        view, place = self._view, np.eye(4)
        depth = float(-(view.view_from_map[2, :3] @ centre_xyz + view.view_from_map[2, 3]))
        length = share * min(view.half_view) * (1.0 if view.orthographic else depth)
        place[:3] = np.column_stack([length * np.eye(3), centre_xyz])
        program = self._handles
        self._tell(program)
        program["u_view_from_model"] = (view.view_from_map @ place).T.astype(np.float32)
        program["u_room"] = depth, length
        program["a_position"], program["a_normal"], program["a_colour"] = mesh.position, mesh.normal, mesh.colour
        for index in mesh.parts:
            program.draw("triangles", index)

    def slice(self, position: gloo.VertexBuffer, place: gloo.VertexBuffer, density: gloo.Texture2D, look: Look) -> None:
        """Draw a rectangle (a strip of four corners) with a picture of densities on it."""
        if self.mode == "transparent" or self.portion[0] > 0:
            return
        program = self._mesh["identity"] if self.mode == "identity" else self._slice
        self._set_look(program, look)
        program["a_position"] = position
        if self.mode == "opaque":
            program["a_place"], program["u_density"] = place, density
        program.draw("triangle_strip")

    def _set_look(self, program: gloo.Program, look: Look) -> None:
        assert self._view is not None
        self._tell(program)
        program["u_view_from_model"] = (self._view.view_from_map @ look.map_from_model).T.astype(np.float32)
        if self.mode == "identity":
            program["u_identity"] = (look.number / IDENTITIES, 0.0, 0.0, 1.0)
        elif program is not self._slice:
            program["u_tint"] = (*look.tint, 1.0) if look.tint is not None else (0.0, 0.0, 0.0, 0.0)
