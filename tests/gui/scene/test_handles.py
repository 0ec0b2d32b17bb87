"""Handles move what they are around: along an axis or about it, as the mouse goes."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from app.scene.camera import Camera
from app.scene.gizmo import SHARE, Gizmo, arrow_length
from app.scene.handles import HandleDrag
from app.scene.marks import MarkedResidue
from app.scene.viewport import Viewport
from tests.gui.scene.looking import (
    BALL,
    CENTRE,
    GREEN,
    GREY,
    RED,
    SHORT_HELIX,
    SIZE,
    at_centre,
    canvas_of,
    share_of,
    wait_settled,
)

SQUARE = (400, 400)


def make_camera() -> Camera:
    camera = Camera()
    camera.centre_xyz, camera.distance = np.array([3.0, -2.0, 5.0]), 150.0
    camera.rotation = Rotation.from_euler("xyz", [20, -35, 10], degrees=True)
    return camera


def drag_of(camera: Camera, kind: str, axis: int, way: tuple[float, float]) -> np.ndarray:
    """The motion after the mouse has gone that way from a handle of this kind."""
    gizmo, motions = Gizmo(), []
    gizmo.centre_xyz = camera.centre_xyz
    length = arrow_length(gizmo.centre_xyz, camera, SQUARE)
    tip = gizmo.centre_xyz + length * np.eye(3)[axis]
    side = gizmo.centre_xyz + 0.74 * length * np.roll([0.0, 1.0, 1.0], axis) / np.sqrt(2)
    handle = gizmo.hit(tuple(camera.pixels_of((tip if kind == "shift" else side)[None], SQUARE)[0]), camera, SQUARE, 9)
    assert handle is not None
    assert handle.name == (kind, axis)
    drag = HandleDrag(handle, gizmo.centre_xyz, camera, SQUARE, motions.append)
    for _ in range(2):
        drag(way[0] / 2, way[1] / 2)
    return motions[-1]


def test_points_are_seen_where_the_line_of_sight_meets_them() -> None:
    camera = make_camera()
    for projection in ("perspective", "orthographic"):
        camera.projection = projection
        eye, ray = camera.ray_through((120.0, 310.0), SQUARE)
        there = camera.pixels_of((eye + 140.0 * ray)[None], SQUARE)
        np.testing.assert_allclose(there, [[120.0, 310.0]], atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_arrow_follows_the_mouse_along_its_axis_only(axis: int) -> None:
    camera = make_camera()
    length = arrow_length(camera.centre_xyz, camera, SQUARE)
    ends = camera.centre_xyz + length * np.eye(3)[axis] * np.array([[1.0], [1.1]])
    before, after = camera.pixels_of(ends, SQUARE)
    motion = drag_of(camera, "shift", axis, tuple(after - before))
    np.testing.assert_allclose(motion[:, :3], np.eye(3))
    np.testing.assert_allclose(motion[:, 3], 0.1 * length * np.eye(3)[axis], atol=0.02 * length)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_ring_turns_about_its_axis_and_keeps_the_centre(axis: int) -> None:
    camera = make_camera()
    grip = np.roll([0.0, 1.0, 1.0], axis) / np.sqrt(2)
    along = np.cross(np.eye(3)[axis], grip)
    step = 0.74 * arrow_length(camera.centre_xyz, camera, SQUARE)
    ends = camera.centre_xyz + step * grip + np.array([[0.0], [0.1]]) * step * along
    before, after = camera.pixels_of(ends, SQUARE)
    motion = drag_of(camera, "turn", axis, tuple(after - before))
    turned = Rotation.from_matrix(motion[:, :3]).as_rotvec()
    np.testing.assert_allclose(turned, 0.1 * np.eye(3)[axis], atol=0.02)
    np.testing.assert_allclose(motion[:, :3] @ camera.centre_xyz + motion[:, 3], camera.centre_xyz, atol=1e-9)


def test_handles_keep_their_size_and_are_not_taken_elsewhere() -> None:
    camera = make_camera()
    for distance in (30.0, 600.0):
        camera.distance = distance
        tip = camera.centre_xyz + arrow_length(camera.centre_xyz, camera, SQUARE) * camera.rotation.inv().apply(
            [1, 0, 0]
        )
        seen = camera.pixels_of(np.stack([camera.centre_xyz, tip]), SQUARE)
        assert np.linalg.norm(seen[1] - seen[0]) == pytest.approx(SHARE * 200, rel=0.02)
    gizmo = Gizmo()
    gizmo.centre_xyz = camera.centre_xyz
    assert gizmo.hit((5.0, 5.0), camera, SQUARE, 9) is None


def test_handles_are_seen_through_everything_and_dragged(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=1.0)
    wait_settled(qtbot, viewport)
    viewport.handles.show(CENTRE)
    wait_settled(qtbot, viewport)
    shown = canvas_of(viewport).grabFramebuffer()
    pixels = np.array([[shown.pixelColor(x, y).getRgb() for x in range(SIZE[0])] for y in range(SIZE[1])])
    assert share_of(pixels, "red") > 0.001
    assert share_of(viewport.image(), "red") == 0  # a picture to keep has no handles
    camera = viewport._scene.camera
    tip = CENTRE + arrow_length(CENTRE, camera, SIZE) * np.array([1.0, 0, 0])
    x, y = camera.pixels_of(tip[None], SIZE)[0].astype(int)
    motions: list[np.ndarray] = []
    viewport.handles.moved.connect(motions.append)
    before = viewport.camera_state()
    canvas = canvas_of(viewport)
    with qtbot.waitSignal(viewport.handles.released, timeout=5000):
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        for step in (8, 16, 24):
            QTest.mouseMove(canvas, QPoint(x + step, y))
            QTest.qWait(20)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 24, y))
    assert viewport.camera_state() == before
    assert motions[-1][0, 3] == pytest.approx(24 * camera.pixel_size(SIZE), rel=0.1)
    np.testing.assert_allclose(motions[-1][1:, 3], 0, atol=1e-9)


def test_marks_are_seen_and_looked_at(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.2)
    wait_settled(qtbot, viewport)
    ends = CENTRE + np.array([[[-2.0, 0, 0], [2.0, 0, 0]]])
    viewport.marks.show(ends)
    assert share_of(viewport.image(), "red") > 0
    bars = share_of(viewport.image(), "red")
    residue = MarkedResidue(SHORT_HELIX, np.arange(len(SHORT_HELIX)) == 3, at_centre())
    viewport.marks.show(ends, chosen=0, residues=[residue])
    yellow = viewport.image().astype(int)
    assert ((yellow[..., 1] - yellow[..., 2]) > 60).mean() > bars  # the bar and the residue
    viewport.marks.look_at(CENTRE + [3.0, 0, 0])
    np.testing.assert_allclose(viewport.camera_state().centre_xyz, CENTRE + [3.0, 0, 0])
    viewport.marks.clear()
    assert share_of(viewport.image(), "red") == 0


def test_copy_hides_its_original_where_both_are_in_one_place(viewport: Viewport) -> None:
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    viewport.show_copy("copy", of="helix", map_from_model=at_centre(), colour=GREEN)
    assert share_of(viewport.image(), "green") > 0.01
    assert share_of(viewport.image(), "red") < 0.001
