"""Off-screen targets and the passes over whole pictures: occlusion, silhouettes, fog, averaging, FXAA."""

import numpy as np
from vispy import gloo

from app.scene.painter import View
from app.scene.shaders import screen
from app.theme import Theme

DEPTH_24 = 0x81A6  # GL_DEPTH_COMPONENT24: vispy would take 16 bits
OCCLUSION_RADIUS_SHARE = 0.11  # of the scene's depth
OCCLUSION_RADIUS = (4.0, 16.0)  # Å, at least and at most
LINE_JUMP_SHARE = 0.012  # of the scene's depth
SMALLEST_LINE_JUMP = 1.2  # Å
LINE_WIDTH, LINE_WIDTH_AT = 1.2, 800  # pixels, in a picture whose smaller side has that many
FULL_LINE = 0.22  # Å: a line that covers more is drawn paler


class Targets:
    """Textures and frame buffers of one size (pixels)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        width, height = size
        small = (max(width // 2, 1), max(height // 2, 1))
        self.small_size = small
        self._depth = gloo.RenderBuffer((height, width), format=DEPTH_24)
        self.scene = _texture(size, "rgba32f")
        self.occlusion = _texture(small, "rgba8", "linear")
        self.picture = _texture(size, "rgba8", "linear")
        self.average = _texture(size, "rgba32f", "linear")
        self.scene_buffer = gloo.FrameBuffer(self.scene, self._depth)
        self.occlusion_buffer = gloo.FrameBuffer(self.occlusion)
        self.picture_buffer = gloo.FrameBuffer(self.picture)
        self.layer = _texture(size, "rgba8")
        self.layer_buffer = gloo.FrameBuffer(self.layer, self._depth)
        self.average_buffer = gloo.FrameBuffer(self.average)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for buffer in (
            self.scene_buffer, self.occlusion_buffer, self.picture_buffer, self.layer_buffer, self.average_buffer,
            self.scene, self.occlusion, self.picture, self.layer, self.average, self._depth,
        ):  # fmt: skip
            buffer.delete()


class Post:
    """The full-screen programs."""

    def __init__(self) -> None:
        square = gloo.VertexBuffer(np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=np.float32))
        self._occlusion = _full_screen(screen.OCCLUSION, square)
        self._composition = _full_screen(screen.COMPOSITION, square)
        self._layer = _full_screen(screen.COPY, square)
        self._copy = _full_screen(screen.WEIGHTED_COPY, square)
        self._smooth = _full_screen(screen.SMOOTHED_COPY, square)

    def occlusion(self, targets: Targets, view: View, turn: float) -> None:
        """How much light reaches each point between its neighbours, at half the size."""
        program = self._occlusion
        program["u_scene"] = targets.scene
        program["u_pixel"] = _pixel(targets.size)
        program["u_half_view"] = view.half_view
        program["u_radius"] = float(np.clip(OCCLUSION_RADIUS_SHARE * _scene_depth(view), *OCCLUSION_RADIUS))
        program["u_turn"] = turn
        with targets.occlusion_buffer:
            _draw_full_screen(program, targets.small_size)

    def composition(self, targets: Targets, view: View, theme: Theme, *, occlusion: bool) -> None:
        """The opaque picture with occlusion, fog and silhouettes."""
        program = self._composition
        program["u_scene"], program["u_occlusion"] = targets.scene, targets.occlusion
        program["u_pixel"], program["u_occlusion_pixel"] = _pixel(targets.size), _pixel(targets.small_size)
        program["u_occlusion_strength"] = (0.85 if theme.dark else 0.75) if occlusion else 0.0
        program["u_background"], program["u_fog"] = view.background, view.fog
        width = LINE_WIDTH * max(min(targets.size) / LINE_WIDTH_AT, 1.0)
        crowding = width * _pixel_size(view)  # Å under a line: thin things would become all line
        strength = (0.55 if theme.dark else 0.9) * float(np.clip(FULL_LINE / crowding, 0.4, 1.0))
        program["u_line"] = (0.0, 0.0, 0.0, strength)
        program["u_line_size"] = (max(SMALLEST_LINE_JUMP, LINE_JUMP_SHARE * _scene_depth(view)), width)
        with targets.picture_buffer:
            _draw_full_screen(program, targets.size)

    def blend_layer(self, targets: Targets) -> None:
        """Lay a transparent surface over the picture."""
        self._layer["u_picture"] = targets.layer
        with targets.picture_buffer:
            _blend_full_screen(self._layer, targets.size)

    def accumulate(self, targets: Targets, n_before: int) -> None:
        """Add the picture to the average of `n_before` others."""
        self._copy["u_picture"] = targets.picture
        self._copy["u_weight"] = 1.0 / (n_before + 1)
        with targets.average_buffer:
            _blend_full_screen(self._copy, targets.size)

    def present(self, targets: Targets, size: tuple[int, int], *, smooth: bool) -> None:
        """Show the average in the active frame buffer of this size."""
        program = self._smooth if smooth else self._copy
        program["u_picture"] = targets.average
        if smooth:
            program["u_pixel"] = _pixel(targets.size)
        else:
            program["u_weight"] = 1.0
        _draw_full_screen(program, size)


def _texture(size: tuple[int, int], internal: str, interpolation: str = "nearest") -> gloo.Texture2D:
    return gloo.Texture2D(
        (size[1], size[0], 4), format="rgba", internalformat=internal, interpolation=interpolation,
        wrapping="clamp_to_edge",
    )  # fmt: skip


def _full_screen(fragment: str, square: gloo.VertexBuffer) -> gloo.Program:
    program = gloo.Program(screen.VERTEX, fragment)
    program["a_corner"] = square
    return program


def _draw_full_screen(program: gloo.Program, size: tuple[int, int]) -> None:
    gloo.set_state(blend=False, depth_test=False)
    gloo.set_viewport(0, 0, *size)
    program.draw("triangle_strip")


def _blend_full_screen(program: gloo.Program, size: tuple[int, int]) -> None:
    gloo.set_state(blend=True, blend_func=("src_alpha", "one_minus_src_alpha"), depth_test=False)
    gloo.set_viewport(0, 0, *size)
    program.draw("triangle_strip")


def _pixel(size: tuple[int, int]) -> tuple[float, float]:
    return 1.0 / size[0], 1.0 / size[1]


def _pixel_size(view: View) -> float:
    """Å per pixel halfway into the scene."""
    near, far = _depth_range(view)
    return view.half_view[1] * (near + far) / view.size[1]


def _scene_depth(view: View) -> float:
    """Å from the nearest to the farthest point."""
    near, far = _depth_range(view)
    return far - near


def _depth_range(view: View) -> tuple[float, float]:
    """Nearest and farthest distance (Å), read back from the projection."""
    scale, shift = view.clip_from_view[2, 2], view.clip_from_view[2, 3]
    return float(shift / (scale - 1)), float(shift / (scale + 1))
