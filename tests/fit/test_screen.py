import numpy as np
import pytest

from difffit_core.data.poses import angles_between
from difffit_core.events import StageAdvanced, StageStarted, run
from difffit_core.fit.screen import ScreenPlan, make_search_map, make_template, screen
from difffit_core.fit.target import prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

GRID = empty_grid((70, 64, 60), (1.5, 1.6, 1.4), (-20.0, 30.0, 5.0))
PLAN = ScreenPlan(8.0, 400, per_rotation=8, keep=300)
STRUCTURE = blob()


@pytest.mark.parametrize("place", [(0.5, 0.5, 0.5), (0.3, 0.35, 0.7), (0.72, 0.65, 0.3)])
def test_screen_finds_a_planted_copy_anywhere_in_the_box(place):
    low, high = GRID.corners_xyz
    truth = random_pose(low + np.array(place) * (high - low), 11)
    # a second, different molecule: density that must not attract
    other = random_pose(low + (1 - np.array(place)) * (high - low), 5)
    crowd = map_with(blob(seed=8), [other], GRID, 6.0)
    volume = map_with(STRUCTURE, [truth], GRID, 6.0, noise=0.02)
    volume = volume.with_data(volume.data + crowd.data)
    target = prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)
    poses, scores = run(screen(STRUCTURE, target, PLAN, seed=0))
    assert (np.diff(scores) <= 0).all()
    shift = np.linalg.norm(poses.position_xyz - truth.position_xyz, axis=1)
    angle = angles_between(poses.orientation_xyzw, truth.orientation_xyzw)
    assert ((shift < 4) & (angle < 35))[:20].any()


def test_screen_reports_its_progress_and_is_reproducible():
    volume = map_with(STRUCTURE, [random_pose(GRID.corners_xyz.mean(axis=0), 1)], GRID, 6.0)
    target = prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)
    heard = []
    first, _ = run(screen(STRUCTURE, target, PLAN, seed=3), heard.append)
    again, _ = run(screen(STRUCTURE, target, PLAN, seed=3))
    assert heard[0] == StageStarted("screen", 400)
    assert heard[-1] == StageAdvanced(400)
    np.testing.assert_array_equal(first.position_xyz, again.position_xyz)


def test_no_centroid_is_looked_for_in_empty_space():
    low, high = GRID.corners_xyz
    volume = map_with(STRUCTURE, [random_pose(low + 0.35 * (high - low), 1)], GRID, 6.0)
    target = prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)
    search = make_search_map(target, make_template(STRUCTURE, 8.0), 8.0)
    z, y, x = np.nonzero(search.scale)
    where = search.volume.map_from_index(np.stack([x, y, z], axis=1).astype(float))
    assert np.linalg.norm(where - (low + 0.35 * (high - low)), axis=1).max() < 40
