import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import angles_between
from difffit_core.fit.starts import HALF_TURNS, even_rotations, even_rotations_by_half_turns


def test_rotations_are_units_and_depend_on_the_seed_only():
    a, again, other = even_rotations(100, 1), even_rotations(100, 1), even_rotations(100, 2)
    np.testing.assert_allclose(np.linalg.norm(a, axis=1), 1, atol=1e-12)
    np.testing.assert_array_equal(a, again)
    assert not np.allclose(a, other)


def test_quarters_are_half_turns_of_the_first():
    quarters = np.split(even_rotations_by_half_turns(400, 3), 4)
    for flips, quarter in zip(HALF_TURNS, quarters, strict=True):
        half_turn = np.diag(np.where(flips, -1.0, 1.0))
        expected = half_turn @ Rotation.from_quat(quarters[0]).as_matrix()
        np.testing.assert_allclose(Rotation.from_quat(quarter).as_matrix(), expected, atol=1e-12)


@pytest.mark.parametrize("even", [even_rotations, even_rotations_by_half_turns])
@pytest.mark.parametrize("count", [300, 1200])
def test_no_orientation_is_far_from_all_of_them(count, even):
    """The mean gap is what `plan.rotations_for` counts on: 0.55 of the side of a cube of volume 8π²/n."""
    rotations = even(count, 0)
    anywhere = Rotation.random(500, rng=np.random.default_rng(1)).as_quat()
    nearest = angles_between(anywhere[:, None], rotations[None]).min(axis=1)
    expected = np.degrees(0.55 * (8 * np.pi**2 / count) ** (1 / 3))
    assert nearest.mean() == pytest.approx(expected, rel=0.15)
    assert nearest.max() < 2.2 * expected
