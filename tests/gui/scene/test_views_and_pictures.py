"""Projections, standard views, linked cameras, exported pictures, and views that lose their context."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.scene.camera import Camera, CameraState
from app.scene.motion import ROCK_ANGLE, ROCK_PERIOD, SPIN_PERIOD, angle_at
from app.scene.styles import Side
from app.scene.viewport import Viewport
from app.theme import DARK
from tests.gui.scene.looking import BALL, GREY, RED, SHORT_HELIX, SIZE, at_centre, share_of, wait_settled
from tests.gui.scene.making import helix


def test_parallel_lines_stay_parallel_orthographically() -> None:
    widths = {}
    for projection in ("perspective", "orthographic"):
        camera = Camera(distance=100.0, projection=projection)  # type: ignore[arg-type]
        matrix = camera.clip_from_view(SIZE, *((20.0, 200.0) if projection == "perspective" else (5000.0, 5200.0)))
        clip = np.array([matrix @ camera.view_from_map() @ [10.0, 0.0, z, 1.0] for z in (-40.0, 0.0, 40.0)])
        widths[projection] = clip[:, 0] / clip[:, 3]
    np.testing.assert_allclose(widths["orthographic"], widths["perspective"][1])  # the centre's plane is as large
    assert widths["perspective"][0] < widths["perspective"][1] < widths["perspective"][2]


@pytest.mark.parametrize("projection", ["perspective", "orthographic"])
def test_line_of_sight_goes_through_its_pixel(projection: str) -> None:
    camera = Camera(distance=80.0, projection=projection)  # type: ignore[arg-type]
    camera.rotate(40, 25, SIZE)
    point = camera.point_under((57, 201), camera.eye_distance + 7.0, SIZE)
    clip = camera.clip_from_view(SIZE, 10, 10_000) @ camera.view_from_map() @ [*point, 1.0]
    pixel = (clip[0] / clip[3] + 1) / 2 * SIZE[0], (1 - clip[1] / clip[3]) / 2 * SIZE[1]
    np.testing.assert_allclose(pixel, (57, 201), atol=1e-6)


@pytest.mark.parametrize(
    ("side", "towards_viewer"),
    [("front", "+z"), ("back", "-z"), ("left", "-x"), ("right", "+x"), ("top", "+y"), ("bottom", "-y")],
)
def test_standard_view_shows_the_named_side(side: Side, towards_viewer: str) -> None:
    camera = Camera()
    camera.look_from(side)
    axis = np.eye(3)["xyz".index(towards_viewer[1])] * (1 if towards_viewer[0] == "+" else -1)
    np.testing.assert_allclose(camera.rotation.apply(axis), [0, 0, 1], atol=1e-12)


def test_camera_state_is_plain_and_links_two_views(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.view_from("top")
    viewport.set_projection("orthographic")
    state = viewport.camera_state()
    assert CameraState(**json.loads(json.dumps(asdict(state)))).distance == state.distance
    other = Viewport()
    other.show_structure("helix", helix(), colour=RED)
    heard: list[None] = []
    other.camera_moved.connect(lambda: heard.append(None))
    other.set_camera_state(state)
    assert heard == []
    np.testing.assert_array_equal(other.image(*SIZE), viewport.image(*SIZE))
    other.close_scene()
    other.deleteLater()


def test_camera_moved_is_told(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_structure("helix", helix())
    with qtbot.waitSignal(viewport.camera_moved):
        viewport.view_from("left")


def test_scene_spins_until_told_to_rest(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_structure("helix", helix())
    before = viewport.camera_state()
    viewport.set_motion("spin")
    qtbot.waitUntil(lambda: viewport.camera_state() != before, timeout=5000)
    viewport.set_motion("none")
    rest = viewport.camera_state()
    qtbot.wait(120)
    assert viewport.camera_state() == rest


def test_rocking_goes_to_and_fro_and_spinning_around() -> None:
    assert angle_at("spin", SPIN_PERIOD) == pytest.approx(2 * np.pi)
    assert angle_at("rock", ROCK_PERIOD / 4) == pytest.approx(ROCK_ANGLE)
    assert angle_at("rock", ROCK_PERIOD * 3 / 4) == pytest.approx(-ROCK_ANGLE)
    assert angle_at("none", 3.0) == 0.0


def test_transparent_picture_has_no_background(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.set_theme(DARK)
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.4)
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    wait_settled(qtbot, viewport)
    image = viewport.image(transparent=True)
    alpha = image[..., 3]
    assert alpha[0, 0] == 0
    opaque, half = alpha == 255, (alpha > 60) & (alpha < 200)
    assert opaque.mean() > 0.005  # the helix
    assert half.mean() > 0.05  # the map
    shown = viewport.image().astype(float)
    blended = (
        image[..., :3] * (alpha / 255.0)[..., None] + 255 * np.array(DARK.background) * (1 - alpha / 255.0)[..., None]
    )
    assert np.abs(blended - shown[..., :3]).max() < 6


def test_labels_are_drawn_into_the_picture_in_its_scale(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix())
    viewport.set_structure_style("helix", colour_by="plddt")
    viewport.frame_all()
    plain, labelled = viewport.image(), viewport.image(overlays=True)
    corner = np.abs(labelled.astype(int) - plain)[-80:, -220:]
    assert (corner > 40).any(axis=2).mean() > 0.02  # the legend
    doubled = viewport.image(2 * SIZE[0], 2 * SIZE[1], overlays=True).astype(int)
    drawn = [
        (picture[-80 * k :, : 150 * k, :3] < 128).any(axis=2).sum() for picture, k in ((labelled, 1), (doubled, 2))
    ]
    assert 2.0 < drawn[1] / drawn[0] < 6.0  # the scale bar covers about four times the pixels
    viewport.set_overlays(axes=False, scale_bar=False, legend=False)
    np.testing.assert_array_equal(viewport.image(overlays=True), viewport.image())


def test_turntable_is_one_full_turn(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.frame_all()
    state = viewport.camera_state()
    frames = list(viewport.turntable(4, 80, 60, transparent=True))
    assert [frame.shape for frame in frames] == [(60, 80, 4)] * 4
    assert np.abs(frames[0].astype(int) - frames[1]).mean() > 0.5
    assert viewport.camera_state() == state


def test_view_survives_a_move_to_another_window(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.4)
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    viewport.set_overlays(legend=False)
    wait_settled(qtbot, viewport)
    before = viewport.image(*SIZE)
    window = QWidget()
    QHBoxLayout(window).addWidget(viewport)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(200)
    np.testing.assert_allclose(viewport.image(*SIZE).astype(int), before, atol=3)
    viewport.setParent(None)
    viewport.show()
    qtbot.wait(200)
    assert share_of(viewport.image(), "red") > 0.01
    window.close()
    window.deleteLater()


def test_lost_context_is_replaced(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.frame_all()
    before = viewport.image(*SIZE)
    canvas = viewport._stage._canvas
    assert canvas is not None
    canvas.signals.lost.emit()
    qtbot.waitUntil(lambda: viewport._stage._canvas is not canvas, timeout=5000)
    np.testing.assert_allclose(viewport.image(*SIZE).astype(int), before, atol=3)
