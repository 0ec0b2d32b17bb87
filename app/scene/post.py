"""Off-screen targets and the passes over whole pictures: occlusion, silhouettes, fog, averaging, FXAA."""

from collections.abc import Sequence

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
MOST_LAYERS = 3  # kept from frame to frame: each takes 20 bytes a pixel
FULL_LINE = 0.22  # Å: a line that covers more is drawn paler


class Layer:
    """What one transparent item looks like by itself, kept until it looks different."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._depth = gloo.RenderBuffer((size[1], size[0]), format=DEPTH_24)
        self.texture = _texture(size, "rgba32f")
        self.buffer = gloo.FrameBuffer(self.texture, self._depth)
        self._drawn: tuple[View, object, object] | None = None

    def holds(self, item: object, appearance: object, view: View) -> bool:
        """Whether this is what the item looks like in this view; if not, it holds nothing from now on."""
        drawn = self._drawn
        if drawn is not None and drawn[0].is_like(view) and drawn[1] is item and drawn[2] == appearance:
            return True
        self._drawn = None
        return False

    def keep(self, item: object, appearance: object, view: View) -> None:
        """The item has been drawn here in this view."""
        self._drawn = (view, item, appearance)

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for part in (self.buffer, self.texture, self._depth):
            part.delete()


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
        self.average_buffer = gloo.FrameBuffer(self.average)
        self._layers: dict[int, Layer] = {}

    def layers_for(self, items: Sequence[object]) -> list[Layer]:
        """A layer for each item, the same as before where there was one; a single one for many items."""
        keys = [id(item) for item in items] if len(items) <= MOST_LAYERS else [0] * len(items)
        for outdated in self._layers.keys() - set(keys):
            self._layers.pop(outdated).delete()
        for key in keys:
            if key not in self._layers:
                self._layers[key] = Layer(self.size)
        return [self._layers[key] for key in keys]

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for layer in self._layers.values():
            layer.delete()
        for buffer in (
            self.scene_buffer, self.occlusion_buffer, self.picture_buffer, self.average_buffer,
            self.scene, self.occlusion, self.picture, self.average, self._depth,
        ):  # fmt: skip
            buffer.delete()


class Post:
    """The full-screen programs."""

    def __init__(self) -> None:
        square = gloo.VertexBuffer(np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=np.float32))
        self._occlusion = _full_screen(screen.OCCLUSION, square)
        self._composition = _full_screen(screen.COMPOSITION, square)
        self._layer = _full_screen(screen.LAYER, square)
        self._copy = _full_screen(screen.COPY, square)
        self._smooth = _full_screen(screen.SMOOTHED_COPY, square)

    def occlusion(self, targets: Targets, view: View, turn: float) -> None:
        """How much light reaches each point between its neighbours, at half the size."""
        program = self._occlusion
        program["u_scene"] = targets.scene
        program["u_pixel"] = _pixel(targets.size)
        program["u_half_view"], program["u_orthographic"] = view.half_view, float(view.orthographic)
        program["u_radius"] = float(np.clip(OCCLUSION_RADIUS_SHARE * view.scene_depth, *OCCLUSION_RADIUS))
        program["u_turn"] = turn
        with targets.occlusion_buffer:
            _draw_full_screen(program, targets.small_size)

    def composition(self, targets: Targets, view: View, theme: Theme, *, occlusion: bool, ground: bool) -> None:
        """The opaque picture with occlusion, fog and silhouettes, on the background unless `ground` is False."""
        program = self._composition
        program["u_ground"] = float(ground)
        program["u_scene"], program["u_occlusion"] = targets.scene, targets.occlusion
        program["u_pixel"], program["u_occlusion_pixel"] = _pixel(targets.size), _pixel(targets.small_size)
        program["u_occlusion_strength"] = (0.85 if theme.dark else 0.75) if occlusion else 0.0
        program["u_background"], program["u_fog"] = view.background, view.fog
        width = LINE_WIDTH * max(min(targets.size) / LINE_WIDTH_AT, 1.0)
        crowding = width * view.pixel_size  # Å under a line: thin things would become all line
        strength = (0.55 if theme.dark else 0.9) * float(np.clip(FULL_LINE / crowding, 0.4, 1.0))
        program["u_line"] = (0.0, 0.0, 0.0, strength)
        program["u_line_size"] = (max(SMALLEST_LINE_JUMP, LINE_JUMP_SHARE * view.scene_depth), width)
        with targets.picture_buffer:
            _draw_full_screen(program, targets.size)

    def blend_layer(self, targets: Targets, layer: Layer) -> None:
        """Lay a transparent surface over the picture, where it is in front."""
        self._layer["u_layer"], self._layer["u_scene"] = layer.texture, targets.scene
        with targets.picture_buffer:
            gloo.set_state(blend=True, blend_func=("one", "one_minus_src_alpha"), depth_test=False)
            gloo.set_viewport(0, 0, *targets.size)
            self._layer.draw("triangle_strip")

    def accumulate(self, targets: Targets, n_before: int) -> None:
        """Add the picture to the average of `n_before` others."""
        self._copy["u_picture"] = targets.picture
        weight = 1.0 / (n_before + 1)
        with targets.average_buffer:
            gloo.set_state(blend=True, blend_func=("constant_alpha", "one_minus_constant_alpha"), depth_test=False)
            gloo.set_blend_color((weight, weight, weight, weight))
            gloo.set_viewport(0, 0, *targets.size)
            self._copy.draw("triangle_strip")

    def present(self, targets: Targets, size: tuple[int, int], *, smooth: bool) -> None:
        """Show the average in the active frame buffer of this size."""
        program = self._smooth if smooth else self._copy
        program["u_picture"] = targets.average
        if smooth:
            program["u_pixel"] = _pixel(targets.size)
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


def _pixel(size: tuple[int, int]) -> tuple[float, float]:
    return 1.0 / size[0], 1.0 / size[1]
