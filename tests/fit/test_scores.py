import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from difffit_core.data.poses import Poses
from difffit_core.fit.model import MASK_ABOVE
from difffit_core.fit.sampling import sample
from difffit_core.fit.scores import score_poses
from difffit_core.fit.simulate import simulate_map, typical_peak
from tests.fit.making import blob, empty_grid, map_with, moved, random_pose

STRUCTURE = blob()
GRID = empty_grid((52, 48, 50), (1.3, 1.5, 1.4), (5.0, -30.0, 60.0))
CENTRE = GRID.corners_xyz.mean(axis=0)
TRUTH = random_pose(CENTRE, 4)
VOLUME = map_with(STRUCTURE, [TRUTH], GRID, 6.0, noise=0.03)
LEVEL = 0.3 * float(VOLUME.data.max())


def by_brute_force(pose: Poses) -> dict[str, float]:
    """Every metric from its definition with scipy's interpolation."""

    def at(volume, xyz):
        return map_coordinates(volume.data.astype(float), volume.index_from_map(xyz).T[::-1], order=1)

    simulated = simulate_map(STRUCTURE, 6.0)
    density, weight = at(VOLUME, moved(STRUCTURE, pose)), at(simulated, STRUCTURE.xyz)
    index = np.argwhere(simulated.data > MASK_ABOVE * typical_peak(simulated, STRUCTURE))
    inside = simulated.map_from_index(index[:, ::-1].astype(float)) - STRUCTURE.centroid_xyz
    around = at(VOLUME, inside @ pose.matrices()[0].T + pose.position_xyz[0])
    return {
        "correlation_about_mean": np.corrcoef(around, simulated.data[tuple(index.T)])[0, 1],
        "correlation": density @ weight / np.linalg.norm(density) / np.linalg.norm(weight),
        "mean_overlap": (density * weight).mean(),
        "mean_density": density.mean(),
        "fraction_inside": (density > LEVEL).mean(),
        "correlation_about_mean_at_atoms": np.corrcoef(density, weight)[0, 1],
    }


@pytest.mark.parametrize("offset", [0.0, 2.5])
def test_metrics_equal_a_brute_force_computation(offset):
    pose = Poses(TRUTH.orientation_xyzw, TRUTH.position_xyz + offset)
    found = score_poses(STRUCTURE, VOLUME, LEVEL, 6.0, pose)[0].as_dict()
    for name, expected in by_brute_force(pose).items():
        assert found[name] == pytest.approx(expected, abs=2e-4 * max(1, abs(expected))), name


def test_the_true_place_scores_better_than_a_wrong_one():
    wrong = random_pose(CENTRE + [4.0, 3.0, -2.0], 17)
    scores = score_poses(STRUCTURE, VOLUME, LEVEL, 6.0, Poses.concatenate([TRUTH, wrong]))
    assert scores.correlation_about_mean[0] > scores.correlation_about_mean[1] + 0.2
    assert scores.fraction_inside[0] > scores.fraction_inside[1]


def test_a_place_outside_the_box_scores_nothing():
    scores = score_poses(STRUCTURE, VOLUME, LEVEL, 6.0, random_pose(CENTRE + 1000.0, 1))
    assert all(value == 0 for value in scores[0].as_dict().values())


def test_sampling_at_voxel_centres_gives_the_voxels_also_at_the_last_corner():
    corners = np.array([[0, 0, 0], [51, 47, 49], [51, 0, 49], [0, 47, 0], [20, 21, 22]])
    values = sample(VOLUME, VOLUME.map_from_index(corners.astype(float)))
    np.testing.assert_allclose(values, VOLUME.data[tuple(corners.T[::-1])], rtol=1e-5)
