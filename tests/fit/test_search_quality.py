"""Situations that search programs are known to fail in, each small enough to run in a second or two."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import FitResult
from difffit_core.events import run
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.fit.starts import even_rotations
from difffit_core.settings import FitSettings
from tests.fit.making import best_rmsd, blob, empty_grid, map_with, random_pose, structure_of

STRUCTURE = blob(300, size=7.0)


def copies_found(result: FitResult, truths: list[Poses]) -> list[int]:
    """For each true pose the rank (from 0) of the first cluster that equals it, −1 when there is none."""
    found = Poses.concatenate([cluster.representative for cluster in result.clusters])
    ranks = []
    for truth in truths:
        near = np.linalg.norm(found.position_xyz - truth.position_xyz, axis=1) <= 3.0
        near &= angles_between(found.orientation_xyzw, truth.orientation_xyzw) <= 6.0
        ranks.append(int(np.flatnonzero(near)[0]) if near.any() else -1)
    return ranks


def ring(count: int, radius: float, rise: float = 0.0) -> list[Poses]:
    """Copies about the z axis; with a rise (Å) they form a helix."""
    start = random_pose(np.array([radius, 0.0, 0.0]), 5)
    poses = []
    for k in range(count):
        turn = Rotation.from_euler("z", 360.0 * k / (count if not rise else 6), degrees=True)
        position = turn.apply(start.position_xyz) + [0.0, 0.0, rise * k]
        poses.append(Poses((turn * start.rotation).as_quat(), position))
    return poses


def test_every_copy_of_a_symmetric_ring_comes_before_anything_else():
    truths = ring(7, 26.0)
    volume = map_with(STRUCTURE, truths, empty_grid((52, 52, 34), (2.0,) * 3, (-52.0, -52.0, -34.0)), 7.0, noise=0.03)
    result = run(fit_structure(STRUCTURE, volume, FitSettings(resolution=7.0)))
    assert sorted(copies_found(result, truths)) == list(range(7))


def test_every_subunit_of_a_filament_is_found_the_ends_included():
    truths = ring(8, 15.0, rise=13.0)
    volume = map_with(STRUCTURE, truths, empty_grid((34, 34, 76), (2.0,) * 3, (-34.0, -34.0, -30.0)), 7.0, noise=0.03)
    result = run(fit_structure(STRUCTURE, volume, FitSettings(resolution=7.0)))
    assert sorted(copies_found(result, truths)) == list(range(8))


def test_copies_of_a_shell_are_certain_and_everything_else_is_not():
    """Sixty copies are a sixth of all that climbs: they must not pass for what a wrong placement scores."""
    small, start = blob(250, size=6.5), random_pose(np.array([40.5, 14.0, 56.0]), 5)
    truths = [Poses((g * start.rotation).as_quat(), g.apply(start.position_xyz)) for g in Rotation.create_group("I")]
    volume = map_with(small, truths, empty_grid((95, 95, 95), (2.0,) * 3, (-95.0,) * 3), 6.0, noise=0.05)
    result = run(fit_structure(small, volume, FitSettings(resolution=6.0)))
    right = np.isin(np.arange(len(result.clusters)), copies_found(result, truths))
    confidence = np.array([cluster.confidence for cluster in result.clusters])
    assert right.sum() >= 30
    assert confidence[right].min() > 0.95
    assert confidence[~right].max() < 0.5


def test_a_place_between_dense_copies_does_not_win():
    """Two overlapping copies give twice the density between them: mean density would choose that."""
    left, right = random_pose(np.array([-6.0, 0, 0]), 5), random_pose(np.array([6.0, 0, 0]), 8)
    alone = random_pose(np.array([48.0, 0, 0]), 11)
    grid = empty_grid((60, 34, 34), (2.0,) * 3, (-40.0, -34.0, -34.0))
    volume = map_with(STRUCTURE, [left, right, alone], grid, 6.0)
    best = {
        objective: run(fit_structure(STRUCTURE, volume, FitSettings(resolution=6.0, objective=objective))).clusters[0]
        for objective in ("correlation", "density")
    }
    assert np.linalg.norm(best["density"].representative.position_xyz - alone.position_xyz) > 20
    assert np.linalg.norm(best["correlation"].representative.position_xyz - alone.position_xyz) < 0.5


def test_a_model_half_of_which_is_a_floppy_tail_is_placed_by_its_fold():
    rng = np.random.default_rng(2)
    tail = STRUCTURE.xyz[-1] + np.cumsum(rng.normal(0.6, 0.8, (150, 3)), axis=0)
    model = structure_of(np.concatenate([STRUCTURE.xyz, tail]))
    truth = random_pose(np.zeros(3), 4)
    fold = structure_of(STRUCTURE.xyz)
    volume = map_with(fold, [truth], empty_grid((56, 56, 56), (1.8,) * 3, (-50.0,) * 3), 6.0, noise=0.03)
    result = run(fit_structure(model, volume, FitSettings(resolution=6.0)))
    matrix = result.map_from_model(0)
    placed = fold.xyz @ matrix[:, :3].T + matrix[:, 3]
    want = (fold.xyz - fold.centroid_xyz) @ truth.matrices()[0].T + truth.position_xyz[0]
    assert np.sqrt(((placed - want) ** 2).sum(axis=1).mean()) < 0.5


@pytest.mark.parametrize("resolution", [2.0, 4.0, 12.0, 20.0])
def test_maps_from_two_to_twenty_angstroms(resolution):
    truth = random_pose(np.array([3.0, -2.0, 4.0]), 6)
    big = replace(STRUCTURE, xyz=STRUCTURE.xyz * [1.0, 1.6, 2.6] * (2.5 if resolution > 10 else 1.0))
    reach = float(np.abs(big.xyz).max()) + 1.5 * resolution + 6.0
    voxel = resolution / 3.0
    cells = int(2 * reach / voxel)
    grid = empty_grid((cells,) * 3, (voxel,) * 3, (-reach,) * 3)
    volume = map_with(big, [truth], grid, resolution, noise=0.02)
    result = run(fit_structure(big, volume, FitSettings(resolution=resolution, preset="fast")))
    assert best_rmsd(result, big, truth) < 0.1 * resolution


def test_a_structure_that_fills_its_tight_box_is_found():
    truth = random_pose(np.zeros(3), 9)
    reach = np.abs((STRUCTURE.xyz - STRUCTURE.centroid_xyz) @ truth.matrices()[0].T).max(axis=0)
    cells = tuple(int(n) for n in np.ceil(2 * reach / 1.5) + 1)
    volume = map_with(STRUCTURE, [truth], empty_grid(cells, (1.5,) * 3, tuple(-reach)), 5.0)
    result = run(fit_structure(STRUCTURE, volume, FitSettings(resolution=5.0)))
    assert best_rmsd(result, STRUCTURE, truth) < 0.1


def test_a_mirror_image_is_not_called_certain():
    truth = random_pose(np.zeros(3), 9)
    volume = map_with(STRUCTURE, [truth], empty_grid((40, 40, 40), (1.5,) * 3, (-30.0,) * 3), 5.0, noise=0.05)
    mirrored = replace(STRUCTURE, xyz=STRUCTURE.xyz * [-1.0, 1.0, 1.0])
    assert run(fit_structure(mirrored, volume, FitSettings(resolution=5.0))).clusters[0].confidence < 0.9


@pytest.mark.parametrize("count", [300, 600, 1200, 4800])
def test_covering_radius_of_the_rotations_is_what_their_docstring_says(count):
    anywhere = Rotation.random(10_000, rng=np.random.default_rng(4)).as_quat()
    dots = np.abs(anywhere @ even_rotations(count, 0).T)
    farthest = np.degrees(2 * np.arccos(np.clip(dots.max(axis=1), 0, 1))).max()
    assert farthest <= 0.93 * np.degrees((8 * np.pi**2 / count) ** (1 / 3))
