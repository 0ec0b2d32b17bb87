"""The camera keeps handedness, and the scene follows the mouse."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from app.scene.camera import Camera

SIZE = (640, 480)


def on_screen(camera: Camera, xyz: Sequence[float] | np.ndarray) -> np.ndarray:
    """Pixels right and down, and the depth (−1 near … 1 far), of a point in the map."""
    near, far = camera.distance / 2, camera.distance * 2
    clip = camera.clip_from_view(SIZE, near, far) @ camera.view_from_map() @ [*xyz, 1.0]
    x, y, depth = clip[:3] / clip[3]
    return np.array([(x + 1) / 2 * SIZE[0], (1 - y) / 2 * SIZE[1], depth])


@pytest.mark.parametrize("seed", range(5))
def test_view_is_never_mirrored(seed: int) -> None:
    camera = Camera(rotation=Rotation.random(rng=np.random.default_rng(seed)))
    camera.rotate(37, -12, SIZE)
    camera.roll(0.4)
    assert np.linalg.det(camera.view_from_map()[:3, :3]) == pytest.approx(1.0)


def test_x_is_right_y_is_up_and_z_comes_nearer() -> None:
    camera = Camera(distance=100)
    middle = on_screen(camera, [0, 0, 0])
    assert on_screen(camera, [10, 0, 0])[0] > middle[0]
    assert on_screen(camera, [0, 10, 0])[1] < middle[1]
    assert on_screen(camera, [0, 0, 10])[2] < middle[2]


@pytest.mark.parametrize(("dx", "dy"), [(30, 0), (0, 30), (-20, 25)])
def test_front_of_the_scene_turns_with_the_mouse(dx: int, dy: int) -> None:
    camera = Camera(distance=100)
    before = on_screen(camera, [0, 0, 5])
    camera.rotate(dx, dy, SIZE)
    moved = (on_screen(camera, [0, 0, 5]) - before)[:2]
    assert moved @ [dx, dy] > 0.99 * np.linalg.norm(moved) * np.hypot(dx, dy)


def test_shift_keeps_the_centre_under_the_mouse() -> None:
    camera = Camera(rotation=Rotation.from_euler("xyz", [20, 40, 60], degrees=True), distance=80)
    point = camera.centre_xyz.copy()
    before = on_screen(camera, point)
    camera.shift(53, -21, SIZE)
    np.testing.assert_allclose((on_screen(camera, point) - before)[:2], [53, -21], atol=1e-6)


def test_roll_is_counter_clockwise() -> None:
    camera = Camera(distance=100)
    camera.roll(np.pi / 2)
    right, middle = on_screen(camera, [10, 0, 0]), on_screen(camera, [0, 0, 0])
    assert right[1] < middle[1]
    assert right[0] == pytest.approx(middle[0])


def test_wheel_forward_makes_things_larger() -> None:
    camera = Camera(distance=100)
    before = on_screen(camera, [10, 0, 0])[0] - SIZE[0] / 2
    camera.zoom(2)
    assert on_screen(camera, [10, 0, 0])[0] - SIZE[0] / 2 > 1.2 * before


def test_depth_range_holds_every_corner_of_the_scene() -> None:
    camera = Camera(rotation=Rotation.from_euler("y", 35, degrees=True))
    box = np.array([[-30.0, -10.0, 5.0], [40.0, 60.0, 25.0]])
    camera.frame(box)
    near, far = camera.depth_range([box])
    corners = np.array([[x, y, z] for x in box[:, 0] for y in box[:, 1] for z in box[:, 2]])
    depth = -(np.c_[corners, np.ones(8)] @ camera.view_from_map().T)[:, 2]
    assert 0 < near <= depth.min()
    assert far >= depth.max()


def test_framed_box_fits_into_a_narrow_window() -> None:
    camera, size = Camera(), (200, 800)
    box = np.array([[-20.0, -20.0, -20.0], [20.0, 20.0, 20.0]])
    camera.frame(box)
    clip = camera.clip_from_view(size, 1, 1000) @ camera.view_from_map() @ [20, 0, 0, 1]
    assert abs(clip[0] / clip[3]) < 1


def test_point_under_a_pixel_is_projected_back_to_it() -> None:
    camera = Camera(rotation=Rotation.from_euler("xyz", [10, -50, 5], degrees=True), distance=70)
    camera.centre_xyz = np.array([5.0, -3.0, 8.0])
    point = camera.point_under((123, 345), 66.0, SIZE)
    np.testing.assert_allclose(on_screen(camera, list(point))[:2], [123, 345], atol=1e-6)
    assert -(camera.view_from_map() @ [*point, 1])[2] == pytest.approx(66.0)
