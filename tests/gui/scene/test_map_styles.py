"""Maps as meshes, slices, zones and clips; dust and detail."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.scene.contour import contour
from app.scene.slice_view import SliceView
from app.scene.surface import Zone, cell_wires, within_zone
from app.scene.viewport import Viewport
from difffit_core.data.volume import Volume
from tests.gui.scene.looking import BALL, CENTRE, GREY, RED, SIZE, canvas_of, share_of, wait_settled
from tests.gui.scene.making import ball_map


def show_ball(view: Viewport, qtbot: QtBot, opacity: float = 0.4) -> None:
    view.show_map("map", BALL, level=1.0, colour=GREY, opacity=opacity)
    wait_settled(qtbot, view)


def test_mesh_is_a_net_with_holes(viewport: Viewport, qtbot: QtBot) -> None:
    show_ball(viewport, qtbot, opacity=1.0)
    closed = share_of(viewport.image(640, 480), "drawn")
    viewport.set_map_style("map", style="mesh")
    wait_settled(qtbot, viewport)
    image = viewport.image(640, 480)
    assert 0.2 * closed < share_of(image, "drawn") < 0.95 * closed
    viewport.set_map_style("map", style="surface")
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(640, 480), "drawn") == pytest.approx(closed, rel=0.01)


def test_wires_lie_in_faces_of_the_cells() -> None:
    surface = contour(BALL, 1.0)
    assert surface is not None
    wires = cell_wires(surface, BALL, 1)
    index = (wires.position_xyz - BALL.origin_xyz)[wires.ends] / BALL.voxel_size_xyz
    low, high = np.floor(index.min(axis=1) + 1e-3), np.ceil(index.max(axis=1) - 1e-3)
    assert (high - low <= 1.001).all()  # none is longer than a cell
    in_plane = (np.abs(index - np.rint(index)) < 1e-2).all(axis=1) & (np.ptp(index, axis=1) < 1e-2)
    assert in_plane.any(axis=1).all()
    assert len(wires.ends) < 1.5 * len(surface.corners)  # the diagonals inside the cells are left out
    assert len(np.unique(np.sort(wires.ends, axis=1), axis=0)) == len(wires.ends)


def test_zone_keeps_what_is_near_the_points(viewport: Viewport, qtbot: QtBot) -> None:
    surface = contour(BALL, 1.0)
    assert surface is not None
    pole = CENTRE + np.array([[15.0, 0.0, 0.0]])
    kept = within_zone(surface, Zone(pole, 6.0))
    assert 0 < len(kept.corners) < len(surface.corners) / 4
    assert (np.linalg.norm(kept.position_xyz - pole, axis=1) <= 6.0).all()
    show_ball(viewport, qtbot)
    whole = share_of(viewport.image(), "drawn")
    viewport.set_zone("map", pole, 6.0)
    wait_settled(qtbot, viewport)
    assert 0 < share_of(viewport.image(), "drawn") < whole / 4
    viewport.set_zone("map", None)
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(), "drawn") == pytest.approx(whole, rel=0.01)


def test_zone_without_points_shows_nothing() -> None:
    surface = contour(BALL, 1.0)
    assert surface is not None
    assert len(within_zone(surface, Zone(np.empty((0, 3)), 6.0)).corners) == 0


def test_dust_is_hidden_by_size(viewport: Viewport, qtbot: QtBot) -> None:
    data = BALL.data.copy()
    data[2:10, 2:10, 2:10] = 5.0  # a second island of 7 to 9 Å
    volume = Volume(data, BALL.voxel_size_xyz, BALL.origin_xyz)
    viewport.show_map("map", volume, level=1.0, colour=GREY)
    counts = []
    for dust in (0.0, 12.0, -1.0):
        viewport.set_map_style("map", dust=dust)
        wait_settled(qtbot, viewport)
        surface = viewport._contents.map("map").surface
        assert surface is not None
        counts.append(len(surface.triangles.corners))
    assert counts[1] < counts[0]
    assert counts[2] == counts[0]  # 6 voxels is the automatic size


def test_large_map_is_drawn_in_steps_and_in_full_on_demand(viewport: Viewport, qtbot: QtBot) -> None:
    viewport._builder._fine_voxels = viewport._builder._coarse_voxels = BALL.data.size // 8
    show_ball(viewport, qtbot)
    assert viewport.map_step("map") == 2
    viewport.set_map_style("map", full_detail=True)
    wait_settled(qtbot, viewport)
    assert viewport.map_step("map") == 1


def test_several_maps_are_seen_at_once(viewport: Viewport, qtbot: QtBot) -> None:
    show_ball(viewport, qtbot, opacity=0.3)
    core = ball_map(6.0, shape_zyx=(54, 54, 54), voxel_size_xyz=(1.0, 1.0, 1.0), centre=CENTRE)
    viewport.show_map("core", core, level=1.0, colour=RED, opacity=0.8)
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(), "red") > 0.01


def test_slice_shows_densities_in_grey(viewport: Viewport, qtbot: QtBot) -> None:
    show_ball(viewport, qtbot)
    viewport.set_visible("map", False)
    viewport.show_slice("map", axis="z", position=float((CENTRE - BALL.origin_xyz)[2] / 53))
    image = viewport.image().astype(int)
    middle, corner = image[SIZE[1] // 2, SIZE[0] // 2], image[SIZE[1] // 2 - 70, SIZE[0] // 2 - 70]
    assert np.ptp(middle[:3]) <= 2
    assert middle[0] < corner[0] - 60  # the ball's middle is its densest part, dark on light ground
    viewport.hide_slice("map")
    assert share_of(viewport.image(), "drawn") == 0


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_slice_picture_is_the_map_at_its_place(axis: str) -> None:
    view = SliceView(BALL, axis, 0.5)  # type: ignore[arg-type]
    number = {"x": 2, "y": 1, "z": 0}[axis]
    expected = (np.take(BALL.data, 26, axis=number) + np.take(BALL.data, 27, axis=number)) / 2
    order = np.corrcoef(view.picture().ravel(), np.clip(expected, view._black, view._white).ravel())[0, 1]
    assert order > 0.999
    along = {"x": 0, "y": 1, "z": 2}[axis]
    np.testing.assert_allclose(view.corners()[:, along], BALL.origin_xyz[along] + 26.5)


def test_slice_follows_the_mouse_along_its_normal(viewport: Viewport, qtbot: QtBot) -> None:
    show_ball(viewport, qtbot)
    viewport.set_map_style("map", opacity=0.2)
    viewport.show_slice("map", axis="x", position=0.5)
    viewport._scene.camera.turn(np.radians(40))  # x still points to the right
    canvas, start = canvas_of(viewport), QPoint(SIZE[0] // 2, SIZE[1] // 2)
    rotation = viewport.camera_state().orientation_xyzw
    with qtbot.waitSignal(viewport.slice_moved) as moved:
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(canvas, start + QPoint(20, 0))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(20, 0))
    key, position = moved.args
    assert key == "map"
    assert position > 0.55
    assert viewport.camera_state().orientation_xyzw == rotation


def test_clip_opens_the_ball(viewport: Viewport, qtbot: QtBot) -> None:
    show_ball(viewport, qtbot, opacity=1.0)
    inside = ball_map(6.0, shape_zyx=(54, 54, 54), voxel_size_xyz=(1.0, 1.0, 1.0), centre=CENTRE)
    viewport.show_map("inside", inside, level=1.0, colour=RED, opacity=1.0)
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(), "red") == 0
    viewport.set_clip(front=0.3)
    assert share_of(viewport.image(), "red") > 0.01
    viewport.set_clip(front=0.0, back=0.02)
    assert share_of(viewport.image(), "red") == 0
    viewport.set_clip()
    assert share_of(viewport.image(), "drawn") > 0.1
