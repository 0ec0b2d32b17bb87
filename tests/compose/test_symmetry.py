import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.symmetry import Symmetry, check_symmetry, detect_symmetry, find_symmetry
from difffit_core.data.poses import Poses
from difffit_core.errors import FitError, SettingsError
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.fit.fit_structure import prepare
from difffit_core.fit.target import Target, prepare_target
from difffit_core.settings import FitSettings
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob(200, size=6.0)
TILT = Rotation.from_euler("xyz", [20, 35, 10], degrees=True)
CENTRE = np.array([7.0, -4.0, 3.0])


def symmetry_of(rotations: Rotation, noise: float = 0.0) -> Symmetry | None:
    """What is detected in a map of one molecule repeated by these rotations about a tilted axis."""
    return run(detect_symmetry(target_of(rotations, noise)))


def target_of(rotations: Rotation, noise: float = 0.0, *, out: float = 1.0) -> Target:
    """A map of one molecule repeated by these rotations about a tilted axis, `out` times as far from it."""
    start = random_pose(np.array([17.0, 4.0, 9.0]) * out, 3)
    poses = []
    for turn in rotations:
        whole = TILT * turn
        poses.append(Poses((whole * start.rotation).as_quat(), whole.apply(start.position_xyz) + CENTRE))
    size = round(56 * out)
    grid = empty_grid((size, size + 2, size - 2), (1.8, 1.7, 1.9), tuple(CENTRE - 50.0 * out))
    volume = map_with(STRUCTURE, poses, grid, 6.0, noise=noise)
    return prepare_target(volume, 0.25 * float(volume.data.max()), 6.0)


@pytest.mark.parametrize("group", ["C2", "C4", "C5", "D2", "D3", "T"])
def test_point_groups_are_recognised_with_their_axis_and_centre(group):
    found = symmetry_of(Rotation.create_group(group), noise=0.02)
    assert found is not None
    assert found.group == group
    off = found.centre_xyz - CENTRE
    if group[0] == "C":
        axis = TILT.apply([0.0, 0.0, 1.0])
        assert abs(found.main_axis.direction_xyz @ axis) > np.cos(np.radians(0.5))
        off -= (off @ axis) * axis  # any point of a single axis is as good a centre
    assert np.linalg.norm(off) < 0.3


def test_a_single_molecule_has_none():
    assert symmetry_of(Rotation.identity(1)) is None


def test_two_molecules_at_different_turns_have_none():
    assert symmetry_of(Rotation.from_rotvec([[0, 0, 0], [0, 0, 100.0]], degrees=True)) is None


@pytest.mark.parametrize(("group", "axes"), [("O", 13), ("I", 31)])
def test_cubic_groups_are_recognised_with_all_axes_and_operators(group, axes):
    rotations = Rotation.create_group(group)
    found = run(detect_symmetry(target_of(rotations, out=1.5 if group == "O" else 2.3)))
    assert found is not None
    assert found.group == group
    assert len(found.axes) == axes
    operators = found.operators(0.0)
    assert len(operators) == len(rotations)
    truth = TILT * rotations * TILT.inv()
    nearest = np.abs(Rotation.from_matrix(operators[:, :, :3]).as_quat() @ truth.as_quat().T).max(axis=1)
    assert np.degrees(2 * np.arccos(np.clip(nearest, 0, 1))).max() < 0.5
    np.testing.assert_allclose(
        operators[:, :, :3] @ CENTRE + operators[:, :, 3], np.tile(CENTRE, (len(operators), 1)), atol=0.5
    )


def test_a_group_that_is_asked_for_is_laid_onto_the_map():
    target = target_of(Rotation.create_group("D3"), noise=0.02)
    found = run(find_symmetry(target, "C3"))
    assert found is not None
    assert len(found.operators(0.0)) == 3
    assert abs(found.main_axis.direction_xyz @ TILT.apply([0.0, 0.0, 1.0])) > np.cos(np.radians(0.5))


def test_a_group_that_the_map_does_not_have_is_one_sentence():
    with pytest.raises(FitError, match="does not show the symmetry D3"):
        run(find_symmetry(target_of(Rotation.create_group("C3"), noise=0.02), "D3"))


def test_nothing_is_looked_for_when_none_is_asked_for():
    assert run(find_symmetry(target_of(Rotation.create_group("C3")), "none")) is None


def test_words_that_are_no_symmetry_are_refused_before_anything_is_read():
    for good in ("auto", "none", "file", "helical", "C4", "D7", "T", "O", "I"):
        check_symmetry(good)
    with pytest.raises(SettingsError, match="no symmetry that DiffFit knows"):
        check_symmetry("D")


def test_groel_has_d7_within_half_a_degree_of_where_its_subunits_say(shared_data):
    case = next(c for c in json.loads((shared_data / "cases.json").read_text())["compose"] if c["name"] == "groel")
    truth = Rotation.from_matrix(np.array(case["structures"][0]["truth"])[:, :, :3])
    between = (truth * truth[0].inv()).as_rotvec()
    turns = np.degrees(np.linalg.norm(between, axis=1))
    seventh = between[np.argmin(np.abs(turns - 360 / 7))]
    volume = read_volume(shared_data / case["map"])
    target = run(prepare(volume, FitSettings(resolution=case["resolution"])))
    found = run(find_symmetry(target, "auto"))
    assert found is not None
    assert found.group == "D7"
    assert abs(found.main_axis.direction_xyz @ seventh) / np.linalg.norm(seventh) > np.cos(np.radians(0.5))
    operators = Rotation.from_matrix(found.operators(0.0)[:, :, :3])
    nearest = np.abs((truth * truth[0].inv()).as_quat() @ operators.as_quat().T).max(axis=1)
    assert np.degrees(2 * np.arccos(np.clip(nearest, 0, 1))).max() < 2.0  # the deposited subunits differ by that much
