"""Point groups: laid onto axes that were found with small errors, they are the groups that they should be."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.point_group import Axis, group_rotations, ideal_axes, lay_onto, rotations_about
from difffit_core.errors import SettingsError

FRAME = Rotation.from_euler("xyz", [25, 70, -40], degrees=True)


def found_axes(group: str, error: float = 0.5) -> list[Axis]:
    """The group's axes in another frame, each off by about so many degrees, some pointing the other way."""
    rng = np.random.default_rng(1)
    axes = []
    for axis in ideal_axes(group):
        off = Rotation.from_rotvec(rng.normal(0, np.radians(error), 3))
        axes.append(Axis(axis.order, (off * FRAME).apply(axis.direction_xyz) * rng.choice([-1, 1]), 0.9))
    return axes


@pytest.mark.parametrize("group", ["C1", "C2", "C4", "C7", "D2", "D3", "D7", "T", "O", "I"])
def test_the_group_is_recovered_from_axes_with_errors(group):
    axes = lay_onto(group, found_axes(group))
    assert axes is not None
    turns = rotations_about(group, axes)
    assert len(turns) == len(group_rotations(group))
    assert turns[0].magnitude() == pytest.approx(0, abs=1e-6)
    truth = FRAME * group_rotations(group) * FRAME.inv()
    assert furthest(turns, truth) < 1.5
    for first in turns:  # closed: products are in the group
        assert furthest(first * turns, turns) < 1e-3


def furthest(turns: Rotation, group: Rotation) -> float:
    """Degrees by which one of these turns is at most off the nearest of a group."""
    nearest = np.abs(turns.as_quat() @ group.as_quat().T).max(axis=1)
    return float(np.degrees(2 * np.arccos(np.clip(nearest, 0, 1))).max())


@pytest.mark.parametrize(("smaller", "larger"), [("C2", "C4"), ("D4", "O"), ("T", "O"), ("T", "I"), ("C7", "D7")])
def test_subgroups_are_found_in_larger_groups(smaller, larger):
    assert lay_onto(smaller, found_axes(larger)) is not None


@pytest.mark.parametrize(("asked", "there"), [("D7", "C7"), ("I", "O"), ("C4", "D2"), ("C3", "C4")])
def test_groups_that_are_not_there_are_not_found(asked, there):
    assert lay_onto(asked, found_axes(there)) is None


@pytest.mark.parametrize("name", ["C0", "D", "X", "C100", "7", "", "c4"])
def test_names_that_are_no_group_are_one_sentence(name):
    with pytest.raises(SettingsError, match="write a point group like C4"):
        group_rotations(name)
