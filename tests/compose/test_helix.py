"""Helical symmetry: rise and twist of simulated filaments, about an axis that nobody gave."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.compose.helix import Helix, detect_helix, is_filament
from difffit_core.compose.symmetry import find_symmetry
from difffit_core.data.poses import Poses
from difffit_core.errors import FitError
from difffit_core.events import run
from difffit_core.fit.target import Target, prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

SUBUNIT = blob(200, size=6.0)
UPRIGHT = Rotation.identity()
TILTED = Rotation.from_euler("x", 6, degrees=True)


def filament(rise: float, twist: float, *, tilt: Rotation = UPRIGHT, strands: int = 1) -> Target:
    """Subunits 18 Å from an axis that leaves the map at both ends, with noise."""
    start = random_pose(np.array([18.0, 4.0, 0.0]), 3)
    poses = []
    for k in range(-int(70 / rise), int(70 / rise) + 1):
        for strand in range(strands):
            turn = Rotation.from_euler("z", k * twist + strand * 360 / strands, degrees=True)
            position = tilt.apply(turn.apply(start.position_xyz) + [0, 0, k * rise]) + [5.0, -3.0, 0.0]
            poses.append(Poses((tilt * turn * start.rotation).as_quat(), position))
    grid = empty_grid((44, 44, 60), (2.1, 2.0, 2.0), (-41.0, -47.0, -60.0))
    volume = map_with(SUBUNIT, poses, grid, 6.0, noise=0.03)
    return prepare_target(volume, 0.25 * float(volume.data.max()), 6.0)


@pytest.mark.parametrize(
    ("rise", "twist", "tilt", "strands"),
    [
        (9.0, 50.0, UPRIGHT, 1),
        (27.3, -166.6, UPRIGHT, 1),  # actin
        (6.0, 22.0, UPRIGHT, 1),
        (14.0, 60.0, TILTED, 2),
    ],
)
def test_rise_twist_and_axis_of_a_filament_are_found(rise, twist, tilt, strands):
    helix = run(detect_helix(filament(rise, twist, tilt=tilt, strands=strands)))
    assert helix is not None
    assert helix.rise == pytest.approx(rise, abs=0.1)
    assert helix.twist == pytest.approx(twist, abs=0.5)
    axis = tilt.apply([0.0, 0.0, 1.0])
    assert helix.direction_xyz @ axis > np.cos(np.radians(0.5))
    off = helix.point_xyz - [5.0, -3.0, 0.0]
    assert np.linalg.norm(off - (off @ axis) * axis) < 0.5


def test_a_filament_is_told_from_a_particle_without_being_asked():
    target = filament(9.0, 50.0)
    assert is_filament(target)
    symmetry = run(find_symmetry(target, "auto"))
    assert symmetry is not None
    assert symmetry.group == "helical"
    assert symmetry.as_dict()["helix"]["rise"] == pytest.approx(9.0, abs=0.1)


def test_a_particle_has_no_helical_symmetry():
    poses = [random_pose(np.array([x, 0.0, z]), seed) for seed, (x, z) in enumerate([(9, 20), (-9, -8), (0, -30)])]
    volume = map_with(SUBUNIT, poses, empty_grid((36, 36, 60), (2.0, 2.0, 2.0), (-36.0, -36.0, -60.0)), 6.0, noise=0.02)
    target = prepare_target(volume, 0.25 * float(volume.data.max()), 6.0)
    assert not is_filament(target)
    with pytest.raises(FitError, match="no helical symmetry"):
        run(find_symmetry(target, "helical"))


def test_operators_go_both_ways_as_far_as_the_map_does():
    axis, point = np.array([0.0, 0.6, 0.8]), np.array([3.0, 4.0, 5.0])
    helix = Helix(10.0, 36.0, axis, point, 1.0)
    operators = helix.operators(35.0)
    np.testing.assert_allclose(operators[0], np.eye(3, 4), atol=1e-12)
    assert len(operators) == 7
    for operator in operators:  # the axis glides along itself
        moved = operator[:, :3] @ point + operator[:, 3] - point
        np.testing.assert_allclose(moved, (moved @ axis) * axis, atol=1e-9)
    rises = sorted(round(float((operator[:, :3] @ point + operator[:, 3] - point) @ axis)) for operator in operators)
    assert rises == [-30, -20, -10, 0, 10, 20, 30]
