import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from difffit_core.data.poses import Poses
from difffit_core.fit.climb import move
from difffit_core.fit.kernels.evaluate import evaluate, numba_backend, torch_backend
from difffit_core.fit.kernels.torch_sampling import locate
from difffit_core.fit.kernels.torch_sampling import value as sampled_value
from difffit_core.fit.probe import atom_probe, density_probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob()
GRID = empty_grid((44, 50, 38), (1.4, 1.3, 1.7), (12.0, -40.0, 7.0))
CENTRE = GRID.corners_xyz.mean(axis=0)
VOLUME = map_with(STRUCTURE, [random_pose(CENTRE, 1)], GRID, 6.0, noise=0.02)
TARGET = prepare_target(VOLUME, 0.2 * float(VOLUME.data.max()), 6.0)
PROBES = {
    "correlation": density_probe(STRUCTURE, 6.0, above=0.1).subset(700, 0),
    "density": atom_probe(STRUCTURE),
}


def some_poses(count: int = 40) -> Poses:
    """Poses all over the box and beyond its walls."""
    rng = np.random.default_rng(2)
    low, high = GRID.corners_xyz
    return Poses(even_rotations(count, 4), rng.uniform(low - 10, high + 10, (count, 3)))


@pytest.mark.parametrize("objective", PROBES)
@pytest.mark.parametrize("gradient", [False, True])
def test_numba_and_torch_agree(objective, gradient):
    probe, poses = PROBES[objective], some_poses()
    a = evaluate(TARGET.native, probe, poses, numba_backend, gradient=gradient)
    b = evaluate(TARGET.native, probe, poses, torch_backend("cpu"), gradient=gradient)
    np.testing.assert_allclose(a.value, b.value, rtol=1e-4, atol=1e-4 * np.abs(a.value).max())
    if gradient:
        for mine, reference in ((a.force_xyz, b.force_xyz), (a.torque_xyz, b.torque_xyz)):
            np.testing.assert_allclose(mine, reference, rtol=1e-4, atol=1e-4 * np.abs(reference).max())


def test_value_is_pearson_correlation_computed_the_long_way():
    probe, poses, field = PROBES["correlation"], some_poses(10), TARGET.native
    found = evaluate(field, probe, poses, numba_backend, gradient=False).value
    for k, (matrix, position) in enumerate(zip(poses.matrices(), poses.position_xyz, strict=True)):
        index = (probe.points_xyz @ matrix.T + position - field.origin_xyz) / field.voxel_size_xyz
        density = map_coordinates(field.data.astype(float), index.T[::-1], order=1, mode="nearest")
        if density.var() > 2 * field.variance_floor:
            assert found[k] == pytest.approx(np.corrcoef(density, probe.weights)[0, 1], abs=1e-4)
        else:
            assert abs(found[k]) < 0.2


@pytest.mark.parametrize("objective", PROBES)
@pytest.mark.parametrize("backend", [numba_backend, torch_backend("cpu")], ids=["numba", "torch"])
def test_gradient_is_the_slope_of_the_value(objective, backend):
    probe, arm = PROBES[objective], 1.0
    pose = random_pose(CENTRE + [1.0, -0.6, 0.4], 9)
    here = evaluate(TARGET.native, probe, pose, backend, gradient=True)
    slope = np.concatenate([here.force_xyz[0], here.torque_xyz[0]])
    for axis in range(6):
        step = np.zeros((1, 6))
        step[0, axis] = 0.02 if axis < 3 else 0.002
        up = evaluate(TARGET.native, probe, move(pose, step, arm), backend, gradient=False).value
        down = evaluate(TARGET.native, probe, move(pose, -step, arm), backend, gradient=False).value
        numeric = float((up - down)[0]) / (2 * step[0, axis])
        assert numeric == pytest.approx(slope[axis], rel=0.05, abs=0.02 * np.abs(slope).max())


def test_torch_gradient_equals_autograd():
    field, pose = TARGET.native, random_pose(CENTRE, 1)
    probe = PROBES["correlation"]
    position = torch.tensor(pose.position_xyz[0], dtype=torch.float64, requires_grad=True)
    arm = torch.from_numpy(probe.points_xyz.astype(float) @ pose.matrices()[0].T)
    index = (arm + position - torch.from_numpy(field.origin_xyz)) / torch.from_numpy(field.voxel_size_xyz)
    data = torch.from_numpy(field.data.astype(float))
    density = sampled_value(locate(index.T, data), data)
    centred = density - density.mean()
    value = (centred * torch.from_numpy(probe.weights.astype(float))).sum() / centred.norm()
    value.backward()
    mine = evaluate(field, probe, pose, torch_backend("cpu"), gradient=True)
    np.testing.assert_allclose(mine.force_xyz[0], position.grad.numpy(), rtol=1e-3, atol=1e-6)


def test_a_pose_outside_the_box_feels_nothing():
    away = random_pose(GRID.corners_xyz[1] + 300.0, 1)
    found = evaluate(TARGET.native, PROBES["correlation"], away, numba_backend, gradient=True)
    assert found.value[0] == 0
    assert not found.force_xyz.any()
    assert not found.torque_xyz.any()


def test_mean_density_objective_is_the_mean_over_atoms():
    pose = random_pose(CENTRE, 1)
    value = evaluate(TARGET.native, PROBES["density"], pose, numba_backend, gradient=False).value[0]
    atoms = (STRUCTURE.xyz - STRUCTURE.centroid_xyz) @ pose.matrices()[0].T + pose.position_xyz[0]
    index = VOLUME.index_from_map(atoms)
    density = map_coordinates(VOLUME.data.astype(float), index.T[::-1], order=1)
    assert value == pytest.approx(density.mean() - TARGET.background, rel=1e-4)
