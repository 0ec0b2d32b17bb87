"""A search around a pose finds the nearest fit and stays in its neighbourhood."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.region import Near, Region, Sphere
from difffit_core.errors import FitError
from difffit_core.events import run
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.fit.region import starts_near
from difffit_core.fit.starts import even_points, poses_near
from difffit_core.settings import FitSettings
from tests.fit.making import best_rmsd, blob, empty_grid, map_with, random_pose

STRUCTURE = blob()
GRID = empty_grid((70, 44, 46), (1.6, 1.7, 1.5), (-40.0, 25.0, 12.0))
LOW, HIGH = GRID.corners_xyz
LEFT = random_pose(LOW + [0.3, 0.5, 0.5] * (HIGH - LOW), 1)
RIGHT = random_pose(LOW + [0.7, 0.5, 0.45] * (HIGH - LOW), 2)
VOLUME = map_with(STRUCTURE, [LEFT, RIGHT], GRID, 6.0, noise=0.02)
FAST = FitSettings(resolution=6.0, preset="fast")


def perturbed(pose: Poses, shift: float, angle: float, seed: int) -> Poses:
    """A pose that is off by exactly so many Å and degrees."""
    axis, direction = (v / np.linalg.norm(v) for v in np.random.default_rng(seed).normal(size=(2, 3)))
    turned = Rotation.from_rotvec(np.radians(angle) * axis) * pose.rotation
    return Poses(turned.as_quat(), pose.position_xyz + shift * direction)


@pytest.mark.parametrize(("truth", "seed"), [(LEFT, 5), (RIGHT, 6), (LEFT, 7)])
def test_a_pose_that_is_off_is_set_right(truth, seed):
    near = Near(perturbed(truth, 9.0, 28.0, seed), 10.0, 30.0)
    result = run(fit_structure(STRUCTURE, VOLUME, FAST, near=near))
    assert best_rmsd(result, STRUCTURE, truth) < 0.15
    for cluster in result.clusters:
        pose = cluster.representative
        assert np.linalg.norm(pose.position_xyz - near.pose.position_xyz) <= 10.0 + FAST.cluster_shift
        assert angles_between(pose.orientation_xyzw, near.pose.orientation_xyzw)[0] <= 30.0 + FAST.cluster_angle


def test_the_other_copy_is_out_of_reach():
    near = Near(perturbed(LEFT, 4.0, 10.0, 1), 6.0, 20.0)
    result = run(fit_structure(STRUCTURE, VOLUME, FAST, near=near))
    assert best_rmsd(result, STRUCTURE, RIGHT, within=len(result.clusters)) > 10


def test_nothing_nearby_is_said_so():
    with pytest.raises(FitError, match="larger region"):
        run(fit_structure(STRUCTURE, VOLUME, FAST, near=Near(random_pose(LOW, 3), 1.0, 5.0)))


def test_a_region_confines_a_search_nearby_as_well():
    near = Near(perturbed(LEFT, 4.0, 10.0, 1), 6.0, 20.0)
    elsewhere = Region((Sphere(RIGHT.position_xyz[0], 5.0),))
    with pytest.raises(FitError, match="region"):
        run(fit_structure(STRUCTURE, VOLUME, FAST, near=near, region=elsewhere))


def test_a_neighbourhood_that_is_all_excluded_is_refused():
    near = Near(perturbed(LEFT, 4.0, 10.0, 1), 6.0, 20.0)
    taken = Region(excluded=(Sphere(LEFT.position_xyz[0], 25.0),))
    with pytest.raises(FitError, match="not in the region"):
        run(fit_structure(STRUCTURE, VOLUME, FAST, near=near, region=taken))


def test_poses_near_fill_the_neighbourhood_evenly():
    poses = poses_near(LEFT, 10.0, 40.0, 4000, 0)
    moved = np.linalg.norm(poses.position_xyz - LEFT.position_xyz, axis=1)
    turned = np.radians(angles_between(poses.orientation_xyzw, LEFT.orientation_xyzw))
    assert (moved[0], turned[0]) == pytest.approx((0, 0), abs=1e-6)
    assert moved.max() <= 10.0
    assert turned.max() <= np.radians(40.0) + 1e-6
    # equal volumes hold equal numbers: r³ and a − sin a are uniform
    for share in (0.1, 0.5, 0.9):
        assert np.mean((moved / 10.0) ** 3 < share) == pytest.approx(share, abs=0.01)
        volume = (turned - np.sin(turned)) / (np.radians(40) - np.sin(np.radians(40)))
        assert np.mean(volume < share) == pytest.approx(share, abs=0.01)
    directions = (poses.position_xyz - LEFT.position_xyz)[1:] / moved[1:, None]
    assert np.abs(directions.mean(axis=0)).max() < 0.02


def test_even_points_are_more_even_than_random_ones():
    points = even_points(1000, 6, 3)
    counts = np.histogram(points[:, 4], bins=50, range=(0, 1))[0]
    assert counts.min() >= 15
    assert counts.max() <= 25  # of 20; random ones scatter by 4.5
    np.testing.assert_array_equal(points, even_points(1000, 6, 3))
    assert not np.allclose(points, even_points(1000, 6, 4))


def test_a_larger_neighbourhood_gets_more_starts():
    counts = [
        starts_near(Near(LEFT, shift, angle), 15.0, 8.0) for shift, angle in ((0, 0), (5, 20), (10, 30), (30, 180))
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[2] < counts[3]
