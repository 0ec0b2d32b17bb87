"""Symmetry mates in the window of a small map: found, verified, averaged."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.candidates import Candidate
from difffit_core.compose.mates import operators_of_file, settle_mates, unknown_places
from difffit_core.compose.orbits import average, orbits_of
from difffit_core.data.placed import Placed
from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import Cluster
from difffit_core.fit.device import choose_engine
from difffit_core.fit.model import Model
from difffit_core.fit.scores import score_poses
from difffit_core.fit.target import Target, prepare_target
from difffit_core.settings import FitSettings
from tests.fit.making import blob, empty_grid, map_with, random_pose

MOLECULE = blob(250, size=6.5)
MODEL = Model(MOLECULE)
SETTINGS = FitSettings()
TURNS = Rotation.create_group("C4")
OPERATORS = np.concatenate([TURNS.as_matrix(), np.zeros((4, 3, 1))], axis=2)
START = random_pose(np.array([19.0, 3.0, 1.0]), 3)
TRUE = Poses((TURNS * START.rotation).as_quat(), TURNS.apply(START.position_xyz[0]))


def target_with(count: int) -> Target:
    """A ring of four places of which so many are taken."""
    grid = empty_grid((52, 52, 34), (1.6, 1.6, 1.6), (-41.0, -41.0, -27.0))
    volume = map_with(MOLECULE, [TRUE[[k]] for k in range(count)], grid, 6.0, noise=0.01)
    return prepare_target(volume, 0.25 * float(volume.data.max()), 6.0)


def copy_at(pose: Poses, target: Target) -> Candidate:
    scores = score_poses(MOLECULE, target.whole, target.contour_level, 6.0, pose, model=MODEL)[0]
    placed = Placed(MOLECULE, pose.map_from_model(MOLECULE.centroid_xyz)[0])
    return Candidate(0, placed, Cluster(pose, pose[:0], 5, scores, 0.99, pose), 1)


def mates(target: Target, copy: Candidate, known: list[Candidate]) -> list[Candidate]:
    predicted = unknown_places(copy, OPERATORS, known, SETTINGS)
    return settle_mates(copy, predicted, target, MODEL, choose_engine("cpu", "numba"), SETTINGS)


def test_mates_are_found_where_they_are_although_the_first_copy_is_a_little_off():
    target = target_with(4)
    off = Poses(
        (Rotation.from_rotvec([0, 0, 2.0], degrees=True) * TRUE[[0]].rotation).as_quat(), TRUE.position_xyz[:1] + 0.4
    )
    found = mates(target, copy_at(off, target), [])
    assert len(found) == 3
    assert all(mate.by_symmetry and mate.confidence == 0.99 for mate in found)
    for mate in found:
        here = mate.cluster.representative
        near = np.linalg.norm(TRUE.position_xyz - here.position_xyz, axis=1)
        assert near.min() < 0.2
        assert angles_between(TRUE.orientation_xyzw[[near.argmin()]], here.orientation_xyzw)[0] < 1.0


def test_a_place_that_the_map_does_not_bear_out_has_no_mate():
    target = target_with(3)
    found = mates(target, copy_at(TRUE[[0]], target), [])
    assert len(found) == 2
    for mate in found:
        assert np.linalg.norm(mate.cluster.representative.position_xyz - TRUE.position_xyz[3]) > 10


def test_known_places_are_not_looked_at_again():
    target = target_with(4)
    first, second = copy_at(TRUE[[0]], target), copy_at(TRUE[[2]], target)
    assert len(unknown_places(first, OPERATORS, [first, second], SETTINGS)) == 2


def test_what_a_file_says_acts_where_the_copy_stands():
    matrix = random_pose(np.array([5.0, -7.0, 11.0]), 8).map_from_model(MOLECULE.centroid_xyz)[0]
    copy = replace(copy_at(TRUE[[0]], target_with(1)), placed=Placed(MOLECULE, matrix))
    for given, acting in zip(OPERATORS, operators_of_file(copy, OPERATORS), strict=True):
        in_file = MOLECULE.xyz @ given[:, :3].T + given[:, 3]
        np.testing.assert_allclose(
            copy.placed.xyz @ acting[:, :3].T + acting[:, 3], in_file @ matrix[:, :3].T + matrix[:, 3], atol=1e-9
        )


def test_copies_are_sorted_into_orbits_and_averaged():
    target, rng = target_with(4), np.random.default_rng(0)
    shaken = [
        Poses(
            (Rotation.from_rotvec(rng.normal(0, np.radians(1.0), 3)) * TRUE[[k]].rotation).as_quat(),
            TRUE.position_xyz[[k]] + rng.normal(0, 0.3, 3),
        )
        for k in (2, 0, 3, 1)
    ]
    copies = [copy_at(pose, target) for pose in shaken]
    orbits = orbits_of(copies, lambda copy: OPERATORS, SETTINGS)
    assert [orbit.copies for orbit in orbits] == [(0, 1, 2, 3)]
    averaged, moved = average(copies, orbits, target, {0: MODEL})
    assert moved > 0.1
    poses = Poses.concatenate([copy.cluster.representative for copy in averaged])
    for operator, pose in zip(orbits[0].operators, range(4), strict=True):
        np.testing.assert_allclose(operator[:, :3] @ poses.position_xyz[0], poses.position_xyz[pose], atol=1e-9)
    before, after = (
        np.mean(
            [np.linalg.norm(TRUE.position_xyz - c.cluster.representative.position_xyz, axis=1).min() for c in group]
        )
        for group in (copies, averaged)
    )
    assert after < before


def test_poses_that_fit_worse_when_averaged_stay():
    target = target_with(4)
    away = Poses(TRUE.orientation_xyzw[[1]], TRUE.position_xyz[[1]] + 1.6)
    copies = [copy_at(TRUE[[0]], target), copy_at(away, target)]
    orbits = orbits_of(copies, lambda copy: OPERATORS, SETTINGS)
    assert [orbit.copies for orbit in orbits] == [(0, 1)]
    assert average(copies, orbits, target, {0: MODEL}) == (copies, 0.0)


def test_a_copy_without_mates_is_an_orbit_by_itself():
    target = target_with(1)
    orbits = orbits_of([copy_at(TRUE[[0]], target)], lambda copy: OPERATORS, SETTINGS)
    assert [orbit.copies for orbit in orbits] == [(0,)]


@pytest.mark.parametrize("count", [2, 4])
def test_mates_outside_of_the_map_are_not_looked_at(count):
    target = target_with(count)
    far = OPERATORS.copy()
    far[1:, :, 3] = 500.0
    predicted = unknown_places(copy_at(TRUE[[0]], target), far, [], SETTINGS)
    engine = choose_engine("cpu", "numba")
    assert settle_mates(copy_at(TRUE[[0]], target), predicted, target, MODEL, engine, SETTINGS) == []
