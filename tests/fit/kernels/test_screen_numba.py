import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.screen_numba import best_peaks, turn_template
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.template import Template, make_template, mask_cells
from tests.fit.making import blob

TEMPLATE = make_template(blob(), 8.0)
VOXEL = np.array([2.9, 3.2, 3.5])


def turned(template: Template, matrix: np.ndarray, half_xyz: tuple[int, int, int]) -> np.ndarray:
    out = np.full(tuple(2 * h + 1 for h in half_xyz[::-1]), np.nan, np.float32)
    turn_template(
        template.density,
        template.inside,
        template.cells,
        template.box_xyz,
        template.spacing,
        template.centroid_index_xyz,
        matrix,
        VOXEL,
        np.array(half_xyz),
        out,
    )
    return out


def turned_the_long_way(template: Template, matrix: np.ndarray, half_xyz: tuple[int, int, int]) -> np.ndarray:
    """Every voxel of the turned grid looked up in the template, then normalised over the mask."""
    axes = [np.arange(-h, h + 1) * v for h, v in zip(half_xyz, VOXEL, strict=True)]
    xyz = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).transpose(2, 1, 0, 3)
    index = (xyz @ matrix) / template.spacing + template.centroid_index_xyz
    places = index.reshape(-1, 3).T[::-1]
    mask, value = (
        ndimage.map_coordinates(grid.astype(float), places, order=1).reshape(xyz.shape[:3])
        for grid in (template.inside, template.density)
    )
    out = np.where(mask >= 0.5, value - value[mask >= 0.5].mean(), 0)
    return out / np.linalg.norm(out)


@pytest.mark.parametrize("half_xyz", [(9, 8, 8), (4, 12, 3)], ids=["roomy", "cut short"])
def test_a_turned_template_is_the_template_looked_up_voxel_by_voxel(half_xyz):
    matrices = [*Poses(even_rotations(4, 1), np.zeros((4, 3))).matrices(), np.eye(3)]
    matrices.append(Rotation.from_euler("z", 90, degrees=True).as_matrix())
    for matrix in matrices:
        expected = turned_the_long_way(TEMPLATE, matrix, half_xyz)
        found = turned(TEMPLATE, matrix, half_xyz)
        # a voxel on the very edge of the mask may fall on either side
        differ = np.abs(found - expected) > 1e-4 * np.abs(expected).max()
        assert differ.sum() <= 2
        assert found.std() > 0


def test_cells_say_which_corners_are_in_the_mask():
    inside = np.zeros((6, 7, 8), bool)
    inside[2:4, 2:5, 2:6] = True
    cells, box = mask_cells(inside)
    assert cells[2, 2, 2] == 2
    assert cells[1, 1, 1] == cells[3, 4, 5] == 1
    assert cells[0, 0, 0] == cells[4, 5, 6] == 0
    np.testing.assert_array_equal(box, [[1, 1, 1], [5.999, 4.999, 3.999]])


@pytest.mark.parametrize("shape", [(3, 3, 3), (9, 11, 7), (30, 21, 40)])
@pytest.mark.parametrize("kept", [1, 8])
def test_best_peaks_are_the_highest_local_maxima_off_the_faces(shape, kept):
    score = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=shape), 0.8).astype(np.float32)
    values, indices = np.empty(kept, np.float32), np.empty(kept, np.int64)
    best_peaks(score, values, indices)
    peak = (score == ndimage.maximum_filter(score, size=3)) & (score > 0)
    inner = np.zeros(shape, bool)
    inner[1:-1, 1:-1, 1:-1] = True
    expected = np.sort(score[peak & inner])[::-1][:kept]
    np.testing.assert_array_equal(values[: len(expected)], expected)
    np.testing.assert_array_equal(score.ravel()[indices[: len(expected)]], expected)
    assert (indices[len(expected) :] == -1).all()
