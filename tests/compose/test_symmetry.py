import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.symmetry import Symmetry, detect_symmetry
from difffit_core.data.poses import Poses
from difffit_core.events import run
from difffit_core.fit.target import prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob(200, size=6.0)
TILT = Rotation.from_euler("xyz", [20, 35, 10], degrees=True)
CENTRE = np.array([7.0, -4.0, 3.0])


def symmetry_of(rotations: Rotation, noise: float = 0.0) -> Symmetry | None:
    """What is detected in a map of one molecule repeated by these rotations about a tilted axis."""
    start = random_pose(np.array([17.0, 4.0, 9.0]), 3)
    poses = []
    for turn in rotations:
        whole = TILT * turn
        poses.append(Poses((whole * start.rotation).as_quat(), whole.apply(start.position_xyz) + CENTRE))
    grid = empty_grid((56, 58, 54), (1.8, 1.7, 1.9), tuple(CENTRE - 50.0))
    volume = map_with(STRUCTURE, poses, grid, 6.0, noise=noise)
    return run(detect_symmetry(prepare_target(volume, 0.25 * float(volume.data.max()), 6.0)))


@pytest.mark.parametrize("group", ["C2", "C3", "C5", "D2", "D3", "T"])
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
