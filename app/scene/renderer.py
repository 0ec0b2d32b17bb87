"""One frame: opaque things, occlusion and silhouettes, transparent maps over them, averaged with the frames before.

Each transparent surface is drawn unblended into a layer of its own, which is blended over the picture where nothing
opaque is nearer: that shows exactly its front without sorting triangles. A layer does not depend on what moves behind
it, so it is kept while poses stream in. Averaging frames whose pixels are shifted by parts of a pixel gives
supersampling that never blocks the window for longer than one frame.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray
from vispy import gloo

from app.scene.camera import NEAREST_SHARE, Camera
from app.scene.geometry import box_corners
from app.scene.gizmo import Gizmo
from app.scene.items import Item
from app.scene.painter import IDENTITIES, Mode, Painter, View
from app.scene.post import Layer, Post, Targets
from app.theme import Theme

FOG_STRENGTH = 0.55
MARK = (1.0, 0.84, 0.10)  # of chosen balls: it stands out on light and on dark ground
DEPTH_STEPS = 2  # the depth that is drawn reaches beyond what stands still by a multiple of this part of it
PORTIONS = 8  # at most, in which meshes are drawn: the window gets its turn in between where drawing is slow
KEPT_TARGETS = 2  # sizes: the window's, and that of reduced pictures
GOLDEN_ANGLE = 2.39996  # radians: turns the occlusion's taps from sample to sample
GOLDEN = np.array([0.7548776662466927, 0.5698402909980532])  # Roberts' R2 sequence fills the pixel evenly


@dataclass
class Scene:
    """All that a picture depends on; changing it needs a redraw."""

    items: list[Item]
    camera: Camera
    theme: Theme
    clip: tuple[float, float] = (0.0, 1.0)  # shares of the scene's depth between which things are seen
    gizmo: Gizmo | None = None  # on screen only


class Renderer:
    """Owns programs and targets; every call needs the OpenGL context to be current."""

    def __init__(self) -> None:
        self._painter = Painter()
        self._post = Post()
        self._pixel = Targets((1, 1))
        self._targets: list[Targets] = []  # most recently used first
        self._shown: Targets | None = None  # those that hold the last finished average

    def sample(self, scene: Scene, size: tuple[int, int], index: int, *, occlusion: bool = True) -> Iterator[None]:
        """Draw sample number `index` of a picture of this size into the running average, pass by pass.

        Between two passes others may work, as long as they make the context current again for the next.
        """
        targets = self._targets_of(size)
        yield from self._passes(targets, scene, index, occlusion=occlusion)
        self._shown = targets

    def picture(
        self, scene: Scene, size: tuple[int, int], samples: int, *, transparent: bool = False
    ) -> UInt8[ndarray, "height width 4"]:
        """A finished picture as RGBA bytes, top row first; what is on screen stays as it is."""
        targets = Targets(size)
        scene = replace(scene, gizmo=None)
        for index in range(samples):
            for _ in self._passes(targets, scene, index, occlusion=True, ground=not transparent):
                pass
        pixels = self._read(targets)
        targets.delete()
        return pixels

    def _passes(
        self, targets: Targets, scene: Scene, index: int, *, occlusion: bool, ground: bool = True
    ) -> Iterator[None]:
        view = view_of(scene, targets.size, index)
        shown = [item for item in scene.items if item.visible]
        opaque, transparent = [item for item in shown if not item.transparent], [i for i in shown if i.transparent]
        for _ in self._portions(view, "opaque", targets.scene_buffer, opaque):
            yield
        if occlusion:
            self._post.occlusion(targets, view, turn=index * GOLDEN_ANGLE)
            yield
        self._post.composition(targets, view, scene.theme, occlusion=occlusion, ground=ground)
        transparent = _far_to_near(transparent, view)
        gizmo = [scene.gizmo] if scene.gizmo is not None and scene.gizmo.visible else []
        layers = targets.layers_for([*transparent, *gizmo])
        for item, layer in zip(transparent, layers, strict=False):
            if not layer.holds(item, item.appearance, view):
                yield from self._portions(view, "transparent", layer.buffer, [item])
                layer.keep(item, item.appearance, view)
            self._post.blend_layer(targets, layer)
        for handles in gizmo:
            self._draw_gizmo(handles, layers[-1], view)
            self._post.blend_layer(targets, layers[-1])
        self._post.accumulate(targets, index)

    def _draw_gizmo(self, gizmo: Gizmo, layer: Layer, view: View) -> None:
        if layer.holds(gizmo, gizmo.appearance, view):
            return
        self._painter.begin(view)
        with layer.buffer:
            gloo.set_state(blend=False, depth_test=True)
            gloo.set_viewport(0, 0, *view.size)
            _clear_scene(view.size)
            gizmo.draw(self._painter)
        layer.keep(gizmo, gizmo.appearance, view)

    def _portions(self, view: View, mode: Mode, buffer: gloo.FrameBuffer, items: Sequence[Item]) -> Iterator[None]:
        """Draw the items into a cleared buffer, a part of each mesh at a time, and pause after each."""
        for portion in range(PORTIONS):
            if not self._painter.uses(view):  # as it does, unless somebody clicked in between
                self._painter.begin(view)
            self._painter.mode, self._painter.portion = mode, (portion, PORTIONS)
            with buffer:
                gloo.set_state(blend=False, depth_test=True)
                gloo.set_viewport(0, 0, *view.size)
                if portion == 0:
                    self._painter.most_parts = 0
                    _clear_scene(view.size)
                for item in items:
                    item.draw(self._painter, 0)
            self._painter.portion = (0, 1)
            yield
            if self._painter.most_parts <= portion + 1:
                return

    def present(self, size: tuple[int, int], *, smooth: bool) -> None:
        """Copy the average to the active frame buffer of this size; `smooth` for the first sample alone."""
        if self._shown is not None:
            self._post.present(self._shown, size, smooth=smooth)

    def _read(self, targets: Targets) -> UInt8[ndarray, "height width 4"]:
        with targets.picture_buffer:
            self._post.present(targets, targets.size, smooth=False)
            pixels = np.array(gloo.read_pixels((0, 0, *targets.size), alpha=True))
        opacity = pixels[..., 3:].astype(np.float32) / 255
        pixels[..., :3] = np.rint(np.minimum(pixels[..., :3] / np.maximum(opacity, 1 / 255), 255))
        return pixels

    def identify(
        self, scene: Scene, size: tuple[int, int], position: tuple[int, int], items: Sequence[Item]
    ) -> tuple[int, float]:
        """Index in `items` of the frontmost one at a pixel (right, down) and its depth (Å); −1 for none."""
        view = view_of(scene, size, 0)
        self._painter.begin(replace(view, clip_from_view=_only_pixel(size, position) @ view.clip_from_view))
        self._painter.mode = "identity"
        with self._pixel.scene_buffer:
            gloo.set_state(blend=False, depth_test=True)
            _clear_scene(self._pixel.size)
            for number, item in enumerate(items):
                item.draw(self._painter, number + 1)
            pixel = gloo.read_pixels((0, 0, 1, 1), alpha=True, out_type="float")[0, 0]
        return round(float(pixel[0]) * IDENTITIES) - 1, float(pixel[3])

    def _targets_of(self, size: tuple[int, int]) -> Targets:
        known = next((targets for targets in self._targets if targets.size == size), None)
        others = [targets for targets in self._targets if targets is not known]
        for outdated in others[KEPT_TARGETS - 1 :]:
            self._shown = None if outdated is self._shown else self._shown
            outdated.delete()
        self._targets = [known or Targets(size), *others[: KEPT_TARGETS - 1]]
        return self._targets[0]


def view_of(scene: Scene, size: tuple[int, int], index: int) -> View:
    """Matrices and fog of one sample; near and far follow what is in the scene."""
    camera = scene.camera
    scene_range, seen = _depth_ranges(scene)
    jitter = np.zeros(2) if index == 0 else (0.5 + index * GOLDEN) % 1.0 - 0.5
    near, far = scene_range
    fog_begin = max(near, camera.eye_distance - 0.25 * (far - near))
    return View(
        size=size,
        view_from_map=camera.view_from_map(),
        clip_from_view=camera.clip_from_view(size, *seen, (float(jitter[0]), float(jitter[1]))),
        half_view=camera.half_view(size),
        orthographic=camera.orthographic,
        seen=seen,
        scene_range=scene_range,
        background=scene.theme.background,
        mark=MARK,
        fog=(fog_begin, max(far, fog_begin + 1.0), FOG_STRENGTH),
    )


def _depth_ranges(scene: Scene) -> tuple[tuple[float, float], tuple[float, float]]:
    """Depths (Å) of what stands still, by which fog and lines are measured, and depths that are drawn.

    The drawn ones grow in steps, so that a map looks the same from frame to frame while poses move about it.
    """
    shown = [(item.steady, box) for item in scene.items if item.visible and (box := item.bounds()) is not None]
    boxes = [box for _, box in shown]
    near, far = scene.camera.depth_range([box for steady, box in shown if steady] or boxes)
    front, back = scene.clip
    depth = max(far - near, 1e-3)
    first, last = scene.camera.depth_range(boxes)
    step = depth / DEPTH_STEPS
    first, last = (
        near - step * max(np.ceil((near - first) / step), 1),
        far + step * max(np.ceil((last - far) / step), 1),
    )
    seen_near = near + front * depth if front > 0 else max(float(first), float(last) * NEAREST_SHARE)
    seen_far = near + back * depth if back < 1 else float(last)
    return (near, far), (seen_near, max(seen_far, seen_near + 1e-3 * depth))


def _only_pixel(size: tuple[int, int], position: tuple[int, int]) -> Float64[ndarray, "4 4"]:
    """Blows one pixel (right, down) up to the whole picture."""
    x = 2 * (position[0] + 0.5) / size[0] - 1
    y = 1 - 2 * (position[1] + 0.5) / size[1]
    matrix = np.diag([float(size[0]), float(size[1]), 1.0, 1.0])
    matrix[:2, 3] = -x * size[0], -y * size[1]
    return matrix


def _clear_scene(size: tuple[int, int]) -> None:
    gloo.set_viewport(0, 0, *size)
    gloo.set_clear_color((0.0, 0.0, 0.0, 0.0))
    gloo.clear(color=True, depth=True)


def _far_to_near(items: Sequence[Item], view: View) -> list[Item]:
    """So that a surface is blended over those behind it and those it encloses."""
    return sorted(items, key=lambda item: _nearest_depth(item.bounds(), view), reverse=True)


def _nearest_depth(bounds: Float64[ndarray, "2 3"] | None, view: View) -> float:
    if bounds is None:
        return np.inf
    return float((-(box_corners(bounds) @ view.view_from_map[2, :3])).min())
