"""A plane through a map that shows its densities in grey, and that the mouse can drag along its normal."""

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray
from vispy import gloo

from app.scene.geometry import bounds_of
from app.scene.painter import Look, Painter
from app.scene.styles import Axis
from difffit_core.data.volume import Volume

AXES: dict[Axis, int] = {"x": 0, "y": 1, "z": 2}
BLACK_AT, WHITE_AT = 2.0, 99.8  # percentiles of the map
STRIDE_FOR = 200_000  # voxels looked at for the percentiles
PLACES = np.array([(0, 0), (1, 0), (0, 1), (1, 1)], dtype=np.float32)  # corners in the picture: right, up


class SliceView:
    """The plane across `axis` at `position` (0 to 1) of a map."""

    transparent = False
    steady = True
    appearance = None

    def __init__(self, volume: Volume, axis: Axis, position: float) -> None:
        self.volume, self.axis = volume, axis
        self.visible = True
        sample = volume.data.ravel()[:: max(1, volume.data.size // STRIDE_FOR)]
        self._black, self._white = np.percentile(sample, [BLACK_AT, WHITE_AT])
        self._buffers: tuple[gloo.VertexBuffer, gloo.VertexBuffer, gloo.Texture2D] | None = None
        self.position = 0.0
        self.move(position)

    @property
    def normal_xyz(self) -> Float64[ndarray, "3"]:
        """The unit vector along which it moves."""
        return np.eye(3)[AXES[self.axis]]

    @property
    def length(self) -> float:
        """Å from position 0 to position 1."""
        low, high = self.volume.corners_xyz
        return float((high - low)[AXES[self.axis]])

    def move(self, position: float) -> None:
        """Show the densities elsewhere."""
        self.delete()
        self.position = float(np.clip(position, 0.0, 1.0))

    def corners(self) -> Float32[ndarray, "4 3"]:
        """The rectangle's corners (Å), in the order of a triangle strip."""
        low, high = self.volume.corners_xyz
        across = [axis for axis in range(3) if axis != AXES[self.axis]]
        corners = np.empty((4, 3), dtype=np.float32)
        corners[:, AXES[self.axis]] = low[AXES[self.axis]] + self.position * self.length
        corners[:, across] = low[across] + PLACES * (high - low)[across]
        return corners

    def picture(self) -> UInt8[ndarray, "v u"]:
        """The densities on the plane as bytes, linear between the two nearest planes of voxels."""
        axis_zyx = 2 - AXES[self.axis]
        place = self.position * (self.volume.data.shape[axis_zyx] - 1)
        first = min(int(place), self.volume.data.shape[axis_zyx] - 1)
        second = min(first + 1, self.volume.data.shape[axis_zyx] - 1)
        planes = [np.take(self.volume.data, index, axis=axis_zyx) for index in (first, second)]
        density = planes[0] + np.float32(place - first) * (planes[1] - planes[0])
        share = (density - self._black) / max(self._white - self._black, 1e-12)
        return (np.clip(share, 0, 1) * 255).astype(np.uint8)

    def bounds(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) around the rectangle."""
        return bounds_of(self.corners())

    def draw(self, painter: Painter, number: int) -> None:
        """Draw the rectangle."""
        if self._buffers is None:
            picture = self.picture()
            texture = gloo.Texture2D(
                picture[..., None], format="luminance", interpolation="linear", wrapping="clamp_to_edge"
            )
            size = np.array(picture.shape[::-1], dtype=np.float32)
            places = (PLACES * (size - 1) + 0.5) / size  # the corners are the middles of the outermost pixels
            self._buffers = gloo.VertexBuffer(self.corners()), gloo.VertexBuffer(places), texture
        painter.slice(*self._buffers, Look(np.eye(4), number=number))

    def delete(self) -> None:
        """Free the memory on the graphics card."""
        for part in self._buffers or ():
            part.delete()
        self._buffers = None
