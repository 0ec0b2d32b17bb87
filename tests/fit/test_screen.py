import numpy as np
import pytest

from difffit_core.data.poses import angles_between
from difffit_core.events import StageAdvanced, StageStarted, run
from difffit_core.fit.screen import ScreenPlan, screen
from difffit_core.fit.search_map import make_search_map
from difffit_core.fit.starts import HALF_TURNS
from difffit_core.fit.target import prepare_target
from difffit_core.fit.template import make_template
from tests.fit.making import blob, empty_grid, map_with, random_pose

GRID = empty_grid((70, 64, 60), (1.5, 1.6, 1.4), (-20.0, 30.0, 5.0))
PLAN = ScreenPlan(8.0, 800, per_rotation=8, keep=300)
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
    (started,) = [event for event in heard if isinstance(event, StageStarted)]
    assert started.steps == pytest.approx(PLAN.rotations, rel=0.05)
    assert heard[-1] == StageAdvanced(started.steps)
    np.testing.assert_array_equal(first.position_xyz, again.position_xyz)


@pytest.mark.parametrize("flips", HALF_TURNS)
def test_a_half_turned_search_map_is_that_of_the_half_turned_map(flips):
    volume = map_with(STRUCTURE, [random_pose(GRID.corners_xyz.mean(axis=0) + 9.0, 1)], GRID, 6.0, noise=0.02)
    target = prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)
    search = make_search_map(target, make_template(STRUCTURE, 8.0), 8.0)
    turned = search.half_turned(flips)
    axes = tuple(axis for axis, flip in enumerate(flips[::-1]) if flip)
    np.testing.assert_array_equal(turned.scale, np.flip(search.scale, axes))
    middle = tuple(slice(half, half + n) for half, n in zip(search.half_xyz[::-1], search.scale.shape, strict=True))
    np.testing.assert_array_equal(turned.around[middle], np.flip(search.around[middle], axes))


def test_no_centroid_is_looked_for_in_empty_space():
    low, high = GRID.corners_xyz
    volume = map_with(STRUCTURE, [random_pose(low + 0.35 * (high - low), 1)], GRID, 6.0)
    target = prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)
    search = make_search_map(target, make_template(STRUCTURE, 8.0), 8.0)
    z, y, x = np.nonzero(search.scale)
    where = search.volume.map_from_index(np.stack([x, y, z], axis=1).astype(float))
    assert np.linalg.norm(where - (low + 0.35 * (high - low)), axis=1).max() < 40
