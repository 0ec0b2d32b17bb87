import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from difffit_core.errors import FitError
from difffit_core.fit.simulate import SIGMA_PER_RESOLUTION
from difffit_core.fit.target import low_pass, prepare_target, suggested_resolution
from tests.fit.making import blob, empty_grid, map_with, random_pose

GRID = empty_grid((60, 52, 56), (1.2, 1.5, 1.1), (-30.0, 15.0, 100.0))
CENTRE = GRID.corners_xyz.mean(axis=0)
VOLUME = map_with(blob(), [random_pose(CENTRE, 1)], GRID, 5.0)


def test_low_pass_equals_a_gaussian_filter_at_every_place():
    blurred = low_pass(VOLUME, 5.0, 9.0, 2.5)
    sigma = SIGMA_PER_RESOLUTION * np.sqrt(9.0**2 - 5.0**2)
    expected = gaussian_filter(VOLUME.data, sigma / VOLUME.voxel_size_xyz[::-1], mode="constant", truncate=6)
    inner = blurred.map_from_index(np.argwhere(blurred.data > 0.2 * blurred.data.max())[:, ::-1].astype(float))
    there = map_coordinates(expected, VOLUME.index_from_map(inner).T[::-1], order=3)
    here = map_coordinates(blurred.data, blurred.index_from_map(inner).T[::-1], order=1)
    np.testing.assert_allclose(here, there, atol=0.01 * expected.max())


def test_low_passed_grid_is_as_coarse_as_asked():
    blurred = low_pass(VOLUME, 5.0, 9.0, 3.0)
    assert (blurred.voxel_size_xyz <= 3.0 + 1e-9).all()
    assert (blurred.voxel_size_xyz > 2.3).all()


def test_cropping_loses_no_density_and_moves_nothing():
    level = 0.2 * float(VOLUME.data.max())
    target = prepare_target(VOLUME, level, 5.0)
    assert target.volume.data.size <= VOLUME.data.size
    assert np.count_nonzero(target.volume.data > target.level) == np.count_nonzero(VOLUME.data > level)
    peak = np.array(np.unravel_index(target.volume.data.argmax(), target.volume.data.shape))[::-1].astype(float)
    there = np.array(np.unravel_index(VOLUME.data.argmax(), VOLUME.data.shape))[::-1].astype(float)
    np.testing.assert_allclose(target.volume.map_from_index(peak), VOLUME.map_from_index(there), atol=1e-9)


def test_background_offset_is_removed():
    level = 0.2 * float(VOLUME.data.max())
    lifted = VOLUME.with_data(VOLUME.data + np.float32(5.0))
    plain, raised = prepare_target(VOLUME, level, 5.0), prepare_target(lifted, level + 5.0, 5.0)
    np.testing.assert_allclose(raised.volume.data, plain.volume.data, atol=1e-3 * float(VOLUME.data.max()))


def test_a_level_above_the_maximum_is_refused():
    with pytest.raises(FitError, match="above the map's maximum"):
        prepare_target(VOLUME, 2 * float(VOLUME.data.max()), 5.0)


def test_far_dust_does_not_widen_the_search():
    data = VOLUME.data.copy()
    data[1, 1, 1] = data.max()
    level = 0.3 * float(VOLUME.data.max())
    dusty = prepare_target(VOLUME.with_data(data), level, 3.0)
    assert dusty.volume.data.shape == prepare_target(VOLUME, level, 3.0).volume.data.shape


def test_resolution_is_guessed_from_the_voxels():
    assert suggested_resolution(VOLUME) == pytest.approx(3 * VOLUME.voxel_size_xyz.mean())
