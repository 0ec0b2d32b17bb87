"""The 3-D view shows what it is told, answers at once, and leaves nothing running."""

import threading
from time import perf_counter

import numpy as np
import pytest
from numpy import ndarray
from PySide6.QtCore import QPoint, Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.scene import viewport as viewport_module
from app.scene.geometry import Triangles
from app.scene.gl_setup import Graphics
from app.scene.viewport import Viewport
from app.theme import DARK, LIGHT
from difffit_core.data.volume import Volume
from difffit_core.errors import DiffFitError
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
    middle_of,
    share_of,
    wait_settled,
)  # fmt: skip
from tests.gui.scene.making import IDENTITY, ball_map, helix

pytestmark = pytest.mark.usefixtures("needs_graphics")


def surface_of(view: Viewport) -> Triangles:
    surface = view._contents.map("map").surface
    assert surface is not None
    return surface.triangles


def test_empty_view_is_the_background(viewport: Viewport) -> None:
    image = viewport.image()
    assert image.shape == (SIZE[1] * viewport.devicePixelRatio(), SIZE[0] * viewport.devicePixelRatio(), 4)
    assert image.dtype == np.uint8
    assert (image == 255).all()
    viewport.set_theme(DARK)
    np.testing.assert_allclose(
        viewport.image()[..., :3] / 255, np.broadcast_to(DARK.background, (*SIZE[::-1], 3)), atol=0.01
    )


def test_map_and_structure_are_both_seen(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.4)
    wait_settled(qtbot, viewport)
    map_alone = viewport.image()
    assert share_of(map_alone, "red") == 0
    assert 0.1 < share_of(map_alone, "drawn") < 0.9
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    both = viewport.image()
    assert share_of(both, "red") > 0.01
    assert share_of(both, "drawn") == pytest.approx(share_of(map_alone, "drawn"), abs=0.02)  # it lies inside the ball


def test_opaque_map_hides_what_is_inside(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=1.0)
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(), "red") == 0
    viewport.set_map_style("map", opacity=0.3)
    assert share_of(viewport.image(), "red") > 0.01


def test_place_moves_the_structure(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.frame_all()
    before = viewport.image()
    right = IDENTITY.copy()
    right[0, 3] = 6.0
    viewport.place("helix", right)
    after = viewport.image()
    moved = middle_of(after[..., 1] < 200) - middle_of(before[..., 1] < 200)
    assert moved[1] > 10  # to the right
    assert abs(moved[0]) < 5


def test_hidden_and_removed_items_are_not_drawn(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.frame_all()
    assert share_of(viewport.image(), "red") > 0
    viewport.set_visible("helix", False)
    assert share_of(viewport.image(), "drawn") == 0
    viewport.set_visible("helix", True)
    assert share_of(viewport.image(), "red") > 0
    viewport.remove("helix")
    assert share_of(viewport.image(), "drawn") == 0
    viewport.remove("helix")  # nothing to remove is no error


def test_level_changes_the_size_of_the_surface(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY)
    wait_settled(qtbot, viewport)
    large = share_of(viewport.image(), "drawn")
    viewport.set_map_style("map", level=8.5)
    wait_settled(qtbot, viewport)
    assert share_of(viewport.image(), "drawn") == pytest.approx(large / 4, rel=0.25)  # half the radius


def test_colour_of_the_map_is_the_one_asked_for(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=1.0)
    wait_settled(qtbot, viewport)
    viewport.set_map_style("map", colour=GREEN)
    assert share_of(viewport.image(), "green") > 0.1


def test_latest_level_wins(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY)
    for level in np.linspace(1.0, 10.0, 30):
        viewport.set_map_style("map", level=float(level), dragging=True)
    viewport.set_map_style("map", level=11.0)
    wait_settled(qtbot, viewport)
    surface = surface_of(viewport)
    np.testing.assert_allclose(np.linalg.norm(surface.position_xyz - CENTRE, axis=1), 5.0, atol=0.2)


def test_dragged_level_is_refined_when_it_rests(viewport: Viewport, qtbot: QtBot) -> None:
    large = ball_map(40.0, shape_zyx=(100, 100, 100), voxel_size_xyz=(1.0, 1.0, 1.0), centre=CENTRE + 25)
    viewport._builder._coarse_voxels, viewport._builder._fine_voxels = 100_000, 1_000_000
    viewport.show_map("map", large, level=1.0, colour=GREY)
    wait_settled(qtbot, viewport)
    fine = len(surface_of(viewport).corners)
    viewport.set_map_style("map", level=1.01, dragging=True)
    with qtbot.waitSignal(viewport._builder.changed, timeout=10_000):
        pass
    assert len(surface_of(viewport).corners) < fine / 4
    wait_settled(qtbot, viewport)
    assert len(surface_of(viewport).corners) == pytest.approx(fine, rel=0.02)


def test_poses_are_balls_coloured_by_score(viewport: Viewport) -> None:
    viewport.show_structure("helix", helix())
    viewport.frame_all()
    viewport.set_visible("helix", False)
    position = helix().centroid_xyz + np.array([[-8.0, 0, 0], [8.0, 0, 0]])
    viewport.show_poses(position, np.array([0.1, 0.9]))
    image = viewport.image().astype(int)
    left, right = image[:, : SIZE[0] // 2], image[:, SIZE[0] // 2 :]
    assert (left[..., 2] > left[..., 0] + 40).sum() > 20  # the worse one is blue
    assert (right[..., 0] > right[..., 2] + 40).sum() > 20  # the better one yellow
    viewport.clear_poses()
    assert share_of(viewport.image(), "drawn") == 0


def test_poses_without_a_finite_score_are_left_out(viewport: Viewport) -> None:
    viewport.show_poses(np.zeros((2, 3)), np.array([np.nan, -np.inf]))
    assert share_of(viewport.image(), "drawn") == 0


def test_click_tells_which_item_was_hit(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.4)
    viewport.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    wait_settled(qtbot, viewport)
    rows, columns = np.nonzero(_is_red(viewport.image()))
    middle = len(rows) // 2
    for point, key in [
        (QPoint(int(columns[middle]), int(rows[middle])), "helix"),
        (QPoint(SIZE[0] // 2, SIZE[1] // 2 + 70), "map"),
        (QPoint(2, 2), ""),
    ]:
        with qtbot.waitSignal(viewport.picked, timeout=5000) as picked:
            QTest.mouseClick(canvas_of(viewport), Qt.MouseButton.LeftButton, pos=point)
        assert picked.args == [key]


def test_mouse_turns_the_scene(viewport: Viewport, qtbot: QtBot) -> None:
    viewport.show_structure("helix", helix(), colour=RED)
    viewport.frame_all()
    before = viewport.image()
    canvas = canvas_of(viewport)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 120))
    QTest.mouseMove(canvas, QPoint(190, 120))
    QTest.mouseMove(canvas, QPoint(230, 120))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(230, 120))
    assert np.abs(viewport.image().astype(int) - before).mean() > 1


def test_picture_of_any_size(viewport: Viewport) -> None:
    assert viewport.image(123, 77).shape == (77, 123, 4)
    with pytest.raises(DiffFitError, match="pixels wide"):
        viewport.image(100_000, 10)


def test_no_thread_is_left(qtbot: QtBot) -> None:
    threads = threading.active_count()
    view = Viewport()
    view.show_map("map", BALL, level=1.0, colour=GREY)
    worker = view._builder._background
    assert isinstance(worker, QThread)
    view.close_scene()
    assert worker.isFinished()
    assert threading.active_count() <= threads
    view.deleteLater()


def test_window_answers_while_a_large_map_is_contoured(viewport: Viewport, qtbot: QtBot) -> None:
    random = np.random.default_rng(0).standard_normal((200, 200, 200), dtype=np.float32)
    viewport._builder._fine_voxels = viewport._builder._coarse_voxels = 10**9
    gaps = _GapMeter()
    viewport.hide()  # what is measured is the contouring, not the drawing
    viewport.show_map("noise", Volume(random, np.ones(3), np.zeros(3)), level=2.0, colour=GREY)
    with qtbot.waitSignal(viewport._builder.idle, timeout=120_000):
        pass
    print(f"worst gap of the event loop while contouring 200³: {gaps.worst * 1000:.0f} ms")  # noqa: T201
    assert gaps.worst < 0.5


def test_without_graphics_the_view_says_why_and_keeps_its_state(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewport_module, "probe_graphics", lambda: Graphics("", "No graphics in this test."))
    view = Viewport()
    qtbot.addWidget(view)
    view.set_theme(DARK)
    view.show_map("map", BALL, level=1.0, colour=GREY)
    view.show_structure("helix", helix())
    view.place("helix", at_centre())
    view.set_map_style("map", level=2.0)
    view.show_poses(np.zeros((1, 3)), np.ones(1))
    view.frame_all()
    with qtbot.waitSignal(view.settled, timeout=10_000):
        view.set_visible("map", False)
    with pytest.raises(DiffFitError, match=r"No graphics in this test\."):
        view.image()
    view.clear_poses()
    view.remove("map")
    view.close_scene()


def test_default_theme_is_light(viewport: Viewport, qapp: QApplication) -> None:
    assert viewport._scene.theme == LIGHT


class _GapMeter:
    """Longest time between two turns of the event loop."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._last = perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)

    def _tick(self) -> None:
        now = perf_counter()
        self.worst = max(self.worst, now - self._last)
        self._last = now


def _is_red(image: ndarray) -> ndarray:
    return (image[..., 0] > image[..., 1].astype(int) + 60) & (image[..., 0] > image[..., 2].astype(int) + 60)
