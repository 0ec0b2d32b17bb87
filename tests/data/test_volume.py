import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from difffit_core.data.volume import Volume

SIZES = st.tuples(*[st.floats(0.3, 12)] * 3)
PLACES = st.tuples(*[st.floats(-500, 500)] * 3)


def volume(voxel=(1.0, 1.5, 2.0), origin=(10.0, -20.0, 5.0)) -> Volume:
    data = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    return Volume(data, np.array(voxel), np.array(origin))


def test_corner_voxels_lie_where_their_index_says():
    corners = volume().corners_xyz
    np.testing.assert_allclose(corners, [[10, -20, 5], [13, -17, 7]])


@given(SIZES, PLACES, PLACES)
def test_index_and_map_coordinates_are_inverse(voxel, origin, xyz):
    grid = volume(voxel, origin)
    there = grid.map_from_index(grid.index_from_map(np.array(xyz)))
    np.testing.assert_allclose(there, xyz, atol=1e-9 * (1 + np.abs(xyz).max() + np.abs(origin).max()))


def test_a_crop_stays_where_it_was():
    whole = volume()
    part = whole.crop((1, 1, 0), (3, 3, 2))
    np.testing.assert_array_equal(part.data, whole.data[0:2, 1:3, 1:3])
    np.testing.assert_allclose(part.origin_xyz, whole.map_from_index(np.array([1.0, 1.0, 0.0])))


def test_other_density_must_fit_the_grid():
    with pytest.raises(ValueError, match="does not fit"):
        volume().with_data(np.zeros((1, 1, 1), np.float32))
