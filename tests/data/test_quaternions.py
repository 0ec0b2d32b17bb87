"""Against scipy's rotations."""

import numpy as np
from scipy.spatial.transform import Rotation

from difffit_core.data.quaternions import one_after_another, random_quaternion, rotation_matrices, turns

FIRST, LAST = Rotation.random(50, rng=np.random.default_rng(1)), Rotation.random(50, rng=np.random.default_rng(2))


def test_matrices_act_on_column_vectors():
    np.testing.assert_allclose(rotation_matrices(FIRST.as_quat()), FIRST.as_matrix(), atol=1e-14)


def test_the_last_rotation_stands_first():
    product = one_after_another(LAST.as_quat(), FIRST.as_quat())
    np.testing.assert_allclose(rotation_matrices(product), (LAST * FIRST).as_matrix(), atol=1e-14)


def test_turns_go_by_the_right_hand_rule_down_to_nothing():
    vectors = np.concatenate([FIRST.as_rotvec(), 1e-9 * FIRST.as_rotvec(), np.zeros((1, 3))])
    np.testing.assert_allclose(turns(vectors), Rotation.from_rotvec(vectors).as_quat(), atol=1e-14)


def test_a_seed_gives_one_rotation():
    assert np.linalg.norm(random_quaternion(3)) == 1
    np.testing.assert_array_equal(random_quaternion(3), random_quaternion(3))
    assert not np.allclose(random_quaternion(3), random_quaternion(4))
