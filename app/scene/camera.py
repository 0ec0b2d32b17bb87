"""A camera with ChimeraX's mouse: rotate about a centre, shift in the screen's plane, zoom by distance."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from app.scene.geometry import box_corners
from app.scene.styles import Projection, Side

FIELD_OF_VIEW = 30.0  # degrees, of the smaller side of the window
NEAREST_SHARE = 1e-3  # of the far distance: keeps a 24-bit depth buffer precise
ORTHOGRAPHIC_EYE = 5000.0  # Å added to the distance, so that nothing lies behind the eye however far one zooms in
SIDES: dict[Side, tuple[float, float]] = {  # degrees about the map's x, then about the screen's y
    "front": (0, 0), "back": (0, 180), "left": (0, 90), "right": (0, -90), "top": (90, 0), "bottom": (-90, 0),
}  # fmt: skip


@dataclass(frozen=True)
class CameraState:
    """A view as plain numbers: orientation x y z w (view_from_map), centre and distance in Å."""

    orientation_xyzw: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    centre_xyz: tuple[float, float, float] = (0.0, 0.0, 0.0)
    distance: float = 100.0
    projection: Projection = "perspective"


@dataclass
class Camera:
    """View coordinates: x right, y up, z towards the viewer (right-handed); lengths in Å."""

    rotation: Rotation = field(default_factory=Rotation.identity)  # view_from_map
    centre_xyz: Float64[ndarray, "3"] = field(default_factory=lambda: np.zeros(3))  # what the camera turns about
    distance: float = 100.0  # from the centre; orthographically what it takes for the same size in perspective
    projection: Projection = "perspective"

    @property
    def state(self) -> CameraState:
        """The view as plain numbers."""
        x, y, z, w = (float(c) for c in self.rotation.as_quat())
        a, b, c = (float(c) for c in self.centre_xyz)
        return CameraState((x, y, z, w), (a, b, c), self.distance, self.projection)

    @state.setter
    def state(self, state: CameraState) -> None:
        self.rotation = Rotation.from_quat(state.orientation_xyzw)
        self.centre_xyz = np.array(state.centre_xyz)
        self.distance, self.projection = state.distance, state.projection

    @property
    def orthographic(self) -> bool:
        """Whether lines of sight are parallel."""
        return self.projection == "orthographic"

    @property
    def eye_distance(self) -> float:
        """Å from the centre's plane to the plane from which depths are counted."""
        return self.distance + (ORTHOGRAPHIC_EYE if self.orthographic else 0.0)

    def look_from(self, side: Side) -> None:
        """Turn to a standard direction."""
        about_x, about_y = SIDES[side]
        self.rotation = Rotation.from_euler("yx", [about_y, about_x], degrees=True)

    def turn(self, angle: float) -> None:
        """Turn the scene about the screen's vertical by an angle in radians."""
        self.rotation = Rotation.from_rotvec([0.0, angle, 0.0]) * self.rotation

    def view_from_map(self) -> Float64[ndarray, "4 4"]:
        """Takes map coordinates to view coordinates."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation.as_matrix()
        matrix[:3, 3] = -matrix[:3, :3] @ self.centre_xyz
        matrix[2, 3] -= self.eye_distance
        return matrix

    def rotate(self, dx: float, dy: float, size: tuple[int, int]) -> None:
        """Turn as if the mouse (pixels right and down) rolled a ball the size of the window."""
        angle = np.hypot(dx, dy) / max(min(size), 1) * np.pi
        axis = np.array([dy, dx, 0.0]) / max(np.hypot(dx, dy), 1e-9)
        self.rotation = Rotation.from_rotvec(angle * axis) * self.rotation

    def roll(self, angle: float) -> None:
        """Turn counter-clockwise about the line of sight by an angle in radians."""
        self.rotation = Rotation.from_rotvec([0.0, 0.0, angle]) * self.rotation

    def shift(self, dx: float, dy: float, size: tuple[int, int]) -> None:
        """Move the scene by pixels right and down, so that the centre's plane follows the mouse."""
        step = self.pixel_size(size)
        self.centre_xyz = self.centre_xyz - self.rotation.inv().apply([dx * step, -dy * step, 0.0])

    def zoom(self, steps: float) -> None:
        """Come closer (positive) or go away by notches of the wheel."""
        self.distance = float(np.clip(self.distance * 0.89**steps, 0.5, 1e5))

    def frame(self, bounds: Float64[ndarray, "2 3"]) -> None:
        """Look at the middle of a box from where what it holds fits into the window however it is turned."""
        self.centre_xyz = bounds.mean(axis=0)
        radius = max(0.6 * float((bounds[1] - bounds[0]).max()), 1.0)  # a box is seldom filled up to its corners
        self.distance = radius / np.sin(np.radians(FIELD_OF_VIEW / 2))

    def half_view(self, size: tuple[int, int]) -> tuple[float, float]:
        """Half width and half height of what is seen: at distance 1 in perspective, else everywhere (Å)."""
        width, height = max(size[0], 1), max(size[1], 1)
        tangent = float(np.tan(np.radians(FIELD_OF_VIEW / 2))) * (self.distance if self.orthographic else 1.0)
        return tangent * max(width / height, 1.0), tangent * max(height / width, 1.0)

    def pixel_size(self, size: tuple[int, int]) -> float:
        """Å per pixel in the plane of the centre."""
        return 2 * self.half_height(size, self.distance) / max(size[1], 1)

    def half_height(self, size: tuple[int, int], depth: float) -> float:
        """Half of the height (Å) that is seen at a depth."""
        return self.half_view(size)[1] * (1.0 if self.orthographic else depth)

    def depth_range(self, boxes: list[Float64[ndarray, "2 3"]]) -> tuple[float, float]:
        """Nearest and farthest distance (Å) from the camera's plane of anything in the boxes."""
        if not boxes:
            return self.eye_distance - 0.5 * self.distance, self.eye_distance + 0.5 * self.distance
        corners = np.concatenate([box_corners(box) for box in boxes])
        depth = -(corners @ self.view_from_map()[2, :3] + self.view_from_map()[2, 3])
        far = max(float(depth.max()), 1.0) * 1.01
        return max(float(depth.min()) * 0.99, far * NEAREST_SHARE), far

    def clip_from_view(
        self, size: tuple[int, int], near: float, far: float, jitter: tuple[float, float] = (0.0, 0.0)
    ) -> Float64[ndarray, "4 4"]:
        """OpenGL's projection; `jitter` shifts the picture by parts of a pixel (right, up)."""
        half_width, half_height = self.half_view(size)
        shift_x, shift_y = 2 * jitter[0] / max(size[0], 1), 2 * jitter[1] / max(size[1], 1)
        if self.orthographic:
            matrix = np.diag([1 / half_width, 1 / half_height, -2 / (far - near), 1.0])
            matrix[:3, 3] = shift_x, shift_y, -(far + near) / (far - near)
            return matrix
        matrix = np.diag([1 / half_width, 1 / half_height, 0.0, 0.0])
        matrix[:2, 2] = -shift_x, -shift_y
        matrix[2, 2], matrix[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
        matrix[3, 2] = -1
        return matrix

    def depth_of(self, xyz: Float64[ndarray, "3"]) -> float:
        """Distance (Å) of a point from the camera's plane."""
        row = self.view_from_map()[2]
        return max(float(-(row[:3] @ xyz + row[3])), 1e-6)

    def pixels_of(self, xyz: Float64[ndarray, "point 3"], size: tuple[int, int]) -> Float64[ndarray, "point 2"]:
        """Where points are seen, in pixels right and down."""
        matrix = self.view_from_map()
        view = xyz @ matrix[:3, :3].T + matrix[:3, 3]
        away = 1.0 if self.orthographic else np.maximum(-view[:, 2:], 1e-6)
        share = view[:, :2] / (np.array(self.half_view(size)) * away)
        return (share * [1, -1] + 1) / 2 * np.array(size)

    def point_under(self, position: tuple[float, float], depth: float, size: tuple[int, int]) -> Float64[ndarray, "3"]:
        """Map coordinates of what lies at a pixel (right, down) at a distance (Å) from the camera's plane."""
        eye, ray = self.ray_through(position, size)
        return eye + depth * ray

    def ray_through(
        self, position: tuple[float, float], size: tuple[int, int]
    ) -> tuple[Float64[ndarray, "3"], Float64[ndarray, "3"]]:
        """Where the line of sight through a pixel (right, down) begins, and its way per Å of depth (map frame)."""
        half_width, half_height = self.half_view(size)
        across = np.array([(2 * position[0] / size[0] - 1) * half_width, (1 - 2 * position[1] / size[1]) * half_height])
        eye, ray = np.array([0.0, 0.0, self.eye_distance]), np.array([0.0, 0.0, -1.0])
        (eye if self.orthographic else ray)[:2] += across
        map_from_view = self.rotation.inv()
        return map_from_view.apply(eye) + self.centre_xyz, map_from_view.apply(ray)

    def look_at(self, xyz: Float64[ndarray, "3"]) -> None:
        """Make a point (Å, map frame) the centre without turning or zooming."""
        self.centre_xyz = np.asarray(xyz, dtype=np.float64)
