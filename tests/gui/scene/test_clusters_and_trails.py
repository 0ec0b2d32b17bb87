"""Cluster balls are picked one by one, and trails are seen."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.scene.trails import lines_along
from app.scene.viewport import Viewport
from app.theme import DARK
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
)

LEFT_AND_RIGHT = CENTRE + np.array([[-10.0, 0, 0], [10.0, 0, 0]])


def click(view: Viewport, row: float, column: float) -> None:
    QTest.mouseClick(canvas_of(view), Qt.MouseButton.LeftButton, pos=QPoint(int(column), int(row)))


@pytest.fixture
def two_clusters(viewport: Viewport, qtbot: QtBot) -> Viewport:
    viewport.show_map("map", BALL, level=1.0, colour=GREY, opacity=0.2)
    wait_settled(qtbot, viewport)
    viewport.show_clusters([7, 9], LEFT_AND_RIGHT, np.array([1.0, 8.0]), np.array([RED, GREEN]))
    return viewport


def test_size_follows_the_hits(two_clusters: Viewport) -> None:
    image = two_clusters.image()
    assert share_of(image, "green") > 1.5 * share_of(image, "red") > 0


def test_click_tells_which_cluster_even_through_a_map(two_clusters: Viewport, qtbot: QtBot) -> None:
    image = two_clusters.image().astype(int)
    for mask, cluster in (
        (image[..., 0] > image[..., 1] + 40, 7),
        (image[..., 1] > image[..., 0] + 40, 9),
    ):
        with qtbot.waitSignal(two_clusters.cluster_picked, timeout=5000) as picked:
            click(two_clusters, *middle_of(mask))
        assert picked.args == [cluster]


def test_cluster_behind_a_structure_is_not_picked(two_clusters: Viewport, qtbot: QtBot) -> None:
    two_clusters.clear_clusters()
    two_clusters.show_structure("helix", SHORT_HELIX, colour=RED, map_from_model=at_centre())
    image = two_clusters.image().astype(int)
    rows, columns = np.nonzero(image[..., 0] > image[..., 1] + 60)
    middle = len(rows) // 2
    behind = two_clusters._scene.camera.ray_through((columns[middle], rows[middle]), SIZE)
    depth = two_clusters._scene.camera.eye_distance + 20.0
    two_clusters.show_clusters([1], (behind[0] + depth * behind[1])[None], np.ones(1), np.array([GREEN]))
    with qtbot.waitSignal(two_clusters.picked, timeout=5000) as picked:
        click(two_clusters, rows[middle], columns[middle])
    assert picked.args == ["helix"]


def test_selected_cluster_is_larger_and_has_a_bright_rim(two_clusters: Viewport) -> None:
    two_clusters.set_visible("map", False)
    two_clusters.set_theme(DARK)
    before = two_clusters.image().astype(int)
    two_clusters.select_clusters([9])
    after = two_clusters.image().astype(int)
    drawn = [(image[..., :3].max(axis=2) > 80).sum() for image in (before, after)]
    assert drawn[1] > drawn[0]
    yellow = [((image[..., :2].min(axis=2) > 150) & (image[..., 2] < 100)).sum() for image in (before, after)]
    assert yellow[1] > yellow[0] + 20
    two_clusters.select_clusters([])
    np.testing.assert_array_equal(two_clusters.image(), before)


def test_clusters_go_when_told(two_clusters: Viewport) -> None:
    two_clusters.clear_clusters()
    image = two_clusters.image()
    assert share_of(image, "green") == share_of(image, "red") == 0


def test_trails_are_lines_from_first_to_last_point(viewport: Viewport) -> None:
    lines = lines_along([np.zeros((3, 3)), np.ones((2, 3))])
    assert lines.ends.tolist() == [[0, 1], [1, 2], [3, 4]]  # none leads from one trail to the next
    assert lines.colour_rgba[0, 3] < lines.colour_rgba[2, 3] == 255
    viewport.show_structure("helix", SHORT_HELIX)
    viewport.frame_all()
    viewport.set_visible("helix", False)
    middle = SHORT_HELIX.centroid_xyz
    viewport.show_trails([middle + np.linspace([-10, 0, 0], [10, 0, 0], 20), np.zeros((1, 3))])
    drawn = np.argwhere((viewport.image()[..., :3] < 250).any(axis=2))
    assert np.ptp(drawn[:, 1]) > 60
    assert np.ptp(drawn[:, 0]) <= 4
    viewport.show_trails([])
    assert share_of(viewport.image(), "drawn") == 0
