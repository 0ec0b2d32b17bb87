"""A search that is told where to look looks there and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from difffit_core.data.region import Box, Near, Region, Sphere, mask_of
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError, SettingsError
from difffit_core.events import run
from difffit_core.fit.fit_structure import fit_structure, prepare
from difffit_core.fit.region import Limits, hide, narrow
from difffit_core.settings import FitSettings
from tests.fit.making import best_rmsd, blob, empty_grid, map_with, random_pose

STRUCTURE = blob()
GRID = empty_grid((70, 44, 46), (1.6, 1.7, 1.5), (-40.0, 25.0, 12.0))
LOW, HIGH = GRID.corners_xyz
LEFT = random_pose(LOW + [0.3, 0.5, 0.5] * (HIGH - LOW), 1)
RIGHT = random_pose(LOW + [0.7, 0.5, 0.45] * (HIGH - LOW), 2)
VOLUME = map_with(STRUCTURE, [LEFT, RIGHT], GRID, 6.0, noise=0.02)
FAST = FitSettings(resolution=6.0, preset="fast")


def fitted(region: Region):
    return run(fit_structure(STRUCTURE, VOLUME, FAST, region=region))


def ball_mask(centre: np.ndarray, radius: float, voxel: float = 2.3) -> Volume:
    """A mask on a grid of its own."""
    grid = empty_grid((60, 40, 40), (voxel,) * 3, tuple(LOW - 7.1))
    z, y, x = np.indices(grid.data.shape)
    xyz = grid.map_from_index(np.stack([x, y, z], axis=-1).astype(float))
    return grid.with_data((np.linalg.norm(xyz - centre, axis=-1) <= radius).astype(np.float32))


def around(pose) -> list[Region]:
    """One region of every kind around a place."""
    centre = pose.position_xyz[0]
    return [
        Region((Sphere(centre + 3.0, 9.0),)),
        Region((Box(np.stack([centre - [9, 12, 11], centre + [10, 11, 12]])),)),
        Region((mask_of(ball_mask(centre, 26.0)),)),
    ]


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("truth", [LEFT, RIGHT])
def test_the_copy_in_the_region_is_found_and_nothing_outside(truth, kind):
    region = around(truth)[kind]
    result = fitted(region)
    assert best_rmsd(result, STRUCTURE, truth) < 0.15
    positions = np.concatenate([c.representative.position_xyz for c in result.clusters])
    assert region.contains(positions).all()


def test_a_sphere_smaller_than_a_voxel_of_the_screen_is_searched_all_the_same():
    result = fitted(Region((Sphere(LEFT.position_xyz[0] + 0.2, 0.6),)))
    assert best_rmsd(result, STRUCTURE, LEFT) < 0.15


@pytest.mark.parametrize("kind", range(3))
def test_an_excluded_copy_is_not_found(kind):
    region = Region(excluded=around(LEFT)[kind].shapes)
    result = fitted(region)
    assert best_rmsd(result, STRUCTURE, RIGHT) < 0.15
    assert best_rmsd(result, STRUCTURE, LEFT, within=len(result.clusters)) > 5


def test_a_region_of_two_spheres_holds_both_copies():
    region = Region(tuple(Sphere(truth.position_xyz[0], 6.0) for truth in (LEFT, RIGHT)))
    result = fitted(region)
    assert all(best_rmsd(result, STRUCTURE, truth, within=2) < 0.15 for truth in (LEFT, RIGHT))


def test_scores_of_a_masked_search_are_those_of_the_whole_map():
    everywhere = run(fit_structure(STRUCTURE, VOLUME, FAST))
    masked = fitted(Region((mask_of(ball_mask(LEFT.position_xyz[0], 26.0)),)))
    best = float(masked.clusters[0].scores.correlation_about_mean)
    both = [float(cluster.scores.correlation_about_mean) for cluster in everywhere.clusters[:2]]
    assert min(abs(best - value) for value in both) < 1e-3


def test_a_mask_hides_the_density_outside_and_a_sphere_does_not():
    target = run(prepare(VOLUME, FAST))
    region = Region((mask_of(ball_mask(LEFT.position_xyz[0], 26.0)),))
    hidden = hide(target, region)
    index = np.argwhere(hidden.volume.data > target.level)[:, ::-1]
    assert region.contains(hidden.volume.map_from_index(index.astype(float))).all()
    assert hide(target, around(LEFT)[0]) is target
    outside = hide(target, Region(excluded=region.shapes))
    index = np.argwhere(outside.volume.data > target.level)[:, ::-1]
    assert not region.contains(outside.volume.map_from_index(index.astype(float))).any()


def test_a_small_region_needs_only_the_map_around_it():
    target = run(prepare(VOLUME, FAST))
    part = narrow(target, STRUCTURE, Limits(Region((Sphere(LEFT.position_xyz[0], 3.0),))))
    assert part.volume.data.size < 0.8 * target.volume.data.size
    corner = part.volume.origin_xyz
    index = np.rint(target.volume.index_from_map(corner)).astype(int)
    assert part.volume.data[0, 0, 0] == target.volume.data[tuple(index[::-1])]


@pytest.mark.parametrize(
    ("region", "says"),
    [
        (Region((Sphere(HIGH + 200.0, 10.0),)), "outside of the map"),
        (Region((Sphere(LOW, 2.0),)), "larger region"),
        (Region(excluded=(Box(np.stack([LOW - 10, HIGH + 10])),)), "larger region"),
    ],
)
def test_a_region_without_density_is_refused(region, says):
    with pytest.raises(FitError, match=says):
        fitted(region)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Sphere(np.zeros(3), 0.0), "radius above 0"),
        (lambda: Sphere(np.array([0.0, np.nan, 0.0]), 1.0), "radius above 0"),
        (lambda: Box(np.array([[0.0, 0, 0], [5.0, -5, 5]])), "two corners"),
        (lambda: mask_of(ball_mask(LOW, 10.0), 2.0), "nothing above 2"),
        (lambda: Near(LEFT, -1.0, 5.0), "0 or more"),
        (lambda: Near(LEFT, 1.0, 190.0), "180 degrees"),
    ],
)
def test_an_empty_shape_is_refused(make, says):
    with pytest.raises(SettingsError, match=says):
        make()


def test_the_published_method_has_no_regions():
    with pytest.raises(SettingsError, match="another preset"):
        run(fit_structure(STRUCTURE, VOLUME, replace(FAST, preset="paper"), region=around(LEFT)[0]))


@pytest.mark.parametrize("by", [2.3, 4.6])
def test_a_grown_mask_holds_all_within_reach_and_an_eroded_one_nothing_near_the_edge(by):
    centre = np.array([10.0, 60.0, 45.0])
    mask = mask_of(ball_mask(centre, 14.0))
    points = centre + np.random.default_rng(0).uniform(-25, 25, (4000, 3))
    radius = np.linalg.norm(points - centre, axis=1)
    voxel_diagonal = 2.3 * np.sqrt(3)
    assert mask.contains(points, within=by)[radius < 14 - voxel_diagonal + by].all()
    assert not mask.contains(points, within=by)[radius > 14 + voxel_diagonal + np.sqrt(3) * by].any()
    assert not mask.contains(points, within=-by)[radius > 14 + voxel_diagonal - by].any()


def test_what_is_excluded_wins():
    ball = Sphere(np.zeros(3), 10.0)
    region = Region((ball,), (Sphere(np.zeros(3), 4.0),))
    points = np.array([[0.0, 0, 0], [3.9, 0, 0], [4.1, 0, 0], [9.9, 0, 0], [10.1, 0, 0]])
    assert region.contains(points).tolist() == [False, False, True, True, False]
    assert region.contains(points, within=0.5).tolist() == [False, True, True, True, True]
    assert Region().contains(points).all()
