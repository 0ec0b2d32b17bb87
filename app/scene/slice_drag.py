"""Dragging a slice along its normal with the mouse."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.scene.camera import Camera
from app.scene.slice_view import SliceView

FORESHORTENED = 0.2  # share of its length at which a normal is too steep to be followed: up and down move it then


@dataclass(frozen=True)
class SliceDrag:
    """Moves a slice by the mouse's way, in device-independent pixels right and down."""

    slice: SliceView
    camera: Camera
    size: tuple[int, int]
    moved: Callable[[float], None]  # is told the new position, 0 to 1

    def __call__(self, dx: float, dy: float) -> None:
        """Follow the mouse."""
        normal = self.camera.rotation.apply(self.slice.normal_xyz)
        on_screen = np.array([normal[0], -normal[1]])
        length = float(np.linalg.norm(on_screen))
        pixels = (dx * on_screen[0] + dy * on_screen[1]) / length**2 if length > FORESHORTENED else -dy
        way = pixels * self.camera.pixel_size(self.size)
        self.slice.move(self.slice.position + way / max(self.slice.length, 1e-9))
        self.moved(self.slice.position)
