import numpy as np
import pytest

from difffit_core.fit.simulate import SIGMA_PER_RESOLUTION, gaussians_on, simulate_map
from tests.fit.making import blob, empty_grid, structure_of


def test_one_atom_is_a_gaussian_of_its_electrons():
    grid = empty_grid((41, 35, 29), (0.8, 1.0, 1.3), (-16.0, -17.0, -18.2))
    xyz, resolution = np.array([[0.3, -0.7, 1.1]]), 7.0
    volume = gaussians_on(grid, xyz, np.array([8.0]), resolution)
    z, y, x = np.indices(volume.data.shape)
    where = volume.map_from_index(np.stack([x, y, z], axis=-1).astype(float))
    sigma = SIGMA_PER_RESOLUTION * resolution
    distance2 = ((where - xyz[0]) ** 2).sum(axis=-1)
    expected = 8.0 * np.exp(-0.5 * distance2 / sigma**2) / (sigma * np.sqrt(2 * np.pi)) ** 3
    assert np.abs(volume.data - expected).max() < 5e-4 * expected.max()


def test_the_whole_map_holds_all_electrons():
    structure = blob()
    volume = simulate_map(structure, 6.0)
    assert volume.data.sum() * volume.voxel_volume == pytest.approx(structure.element.sum(), rel=2e-3)


def test_moving_the_atoms_by_whole_voxels_moves_the_map():
    structure = blob()
    here = simulate_map(structure, 6.0, voxel_size=2.0)
    there = simulate_map(structure_of(structure.xyz + [4.0, -6.0, 10.0], structure.element), 6.0, voxel_size=2.0)
    np.testing.assert_allclose(there.origin_xyz - here.origin_xyz, [4.0, -6.0, 10.0])
    np.testing.assert_allclose(there.data, here.data, atol=1e-5 * here.data.max())


def test_atoms_outside_the_grid_are_left_out():
    grid = empty_grid((10, 10, 10), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    assert not gaussians_on(grid, np.array([[100.0, 0.0, 0.0]]), np.array([6.0]), 3.0).data.any()
