"""Where the camera has to stand to see everything, or one item."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from app.scene.camera import Camera
from app.scene.contents import Contents


class Framing:
    """Frames items, and does so again when their true extent becomes known."""

    def __init__(self, camera: Camera, contents: Contents) -> None:
        self._camera, self._contents = camera, contents
        self._key: str | None = None  # of what was framed last; None for everything
        self._view: Float64[ndarray, "4 4"] = np.eye(4)  # that it gave

    def frame(self, key: str | None) -> bool:
        """Look at an item, or at everything; False when there is nothing to look at."""
        box = self._contents.visible_box() if key is None else self._contents.items[key].bounds()
        if box is None:
            return False
        self._camera.frame(box)
        self._key, self._view = key, self._camera.view_from_map()
        return True

    def frame_again(self) -> bool:
        """The same once more, unless the user has moved the camera since or the item has gone."""
        moved = not np.array_equal(self._camera.view_from_map(), self._view)
        if moved or (self._key is not None and self._key not in self._contents.items):
            return False
        return self.frame(self._key)
