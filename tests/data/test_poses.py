import numpy as np
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses, angles_between

RNG = np.random.default_rng(5)


def some_poses(count: int = 6) -> Poses:
    return Poses(Rotation.random(count, rng=RNG).as_quat(), RNG.uniform(-50, 50, (count, 3)))


def test_position_is_where_the_centroid_lands():
    poses, centroid = some_poses(), np.array([3.0, -7.0, 11.0])
    matrix = poses.map_from_model(centroid)
    landed = matrix[:, :, :3] @ centroid + matrix[:, :, 3]
    np.testing.assert_allclose(landed, poses.position_xyz, atol=1e-12)


def test_a_pose_applied_and_inverted_is_the_identity():
    poses, centroid = some_poses(), np.array([1.0, 2.0, 3.0])
    xyz = RNG.normal(size=(20, 3)) * 30
    for matrix in poses.map_from_model(centroid):
        there = xyz @ matrix[:, :3].T + matrix[:, 3]
        back = (there - matrix[:, 3]) @ matrix[:, :3]
        np.testing.assert_allclose(back, xyz, atol=1e-12)


def test_matrices_and_poses_are_two_ways_to_say_the_same():
    poses, centroid = some_poses(), np.array([-4.0, 0.5, 9.0])
    again = Poses.from_matrices(poses.map_from_model(centroid), centroid)
    np.testing.assert_allclose(again.position_xyz, poses.position_xyz, atol=1e-12)
    np.testing.assert_allclose(angles_between(again.orientation_xyzw, poses.orientation_xyzw), 0, atol=1e-5)


def test_angle_between_a_rotation_and_one_turned_further_is_that_turn():
    start = Rotation.random(rng=RNG)
    further = Rotation.from_rotvec(np.radians([0, 0, 25.0])) * start
    angle = angles_between(start.as_quat()[None], -further.as_quat()[None])  # −q is the same rotation
    np.testing.assert_allclose(angle, 25.0, atol=1e-9)
