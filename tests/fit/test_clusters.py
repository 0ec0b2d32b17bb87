import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses, angles_between
from difffit_core.fit.clusters import group

RNG = np.random.default_rng(0)


def scattered(count: int = 60) -> tuple[Poses, np.ndarray]:
    """Poses about five places, and a score for each."""
    place = RNG.integers(0, 5, count)
    centres, turns = RNG.uniform(0, 60, (5, 3)), Rotation.random(5, rng=RNG)
    jitter = Rotation.from_rotvec(RNG.normal(0, 0.02, (count, 3)))
    poses = Poses((jitter * turns[place]).as_quat(), centres[place] + RNG.normal(0, 0.6, (count, 3)))
    return poses, RNG.random(count)


def test_members_lie_within_the_tolerances_of_a_better_representative():
    poses, value = scattered()
    groups = group(poses, value, 3.0, 6.0)
    for representative in groups.representatives:
        members = groups.members(int(representative))
        shift = np.linalg.norm(poses.position_xyz[members] - poses.position_xyz[representative], axis=1)
        angle = angles_between(poses.orientation_xyzw[members], poses.orientation_xyzw[representative][None])
        assert shift.max() <= 3.0
        assert angle.max() <= 6.0
        assert value[members].max() == value[representative]


def test_every_pose_belongs_to_exactly_one_cluster():
    poses, value = scattered()
    groups = group(poses, value, 3.0, 6.0)
    assert sum(len(groups.members(int(r))) for r in groups.representatives) == len(poses)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_poses_does_not_matter(random):
    poses, value = scattered(40)
    order = np.array(random.sample(range(40), 40))
    groups, shuffled = group(poses, value, 3.0, 6.0), group(poses[order], value[order], 3.0, 6.0)
    assert set(groups.representatives) == set(order[shuffled.representatives])


def test_a_rotation_and_its_negative_quaternion_are_one_place():
    quaternion = Rotation.random(rng=RNG).as_quat()
    poses = Poses(np.stack([quaternion, -quaternion]), np.zeros((2, 3)))
    assert len(group(poses, np.array([1.0, 0.5]), 1.0, 1.0).representatives) == 1
