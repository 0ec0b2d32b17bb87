"""The accelerator's screen, run by torch on the processor, against the compiled one."""

import numpy as np
import pytest
import torch

from difffit_core.data.poses import Poses
from difffit_core.events import StageAdvanced, run
from difffit_core.fit import screen as screening
from difffit_core.fit.kernels import torch_screen
from difffit_core.fit.kernels.screen_numba import best_peaks
from difffit_core.fit.kernels.torch_screen import TorchSweep, highest_peaks
from difffit_core.fit.screen import ScreenPlan, make_sweep, screen
from difffit_core.fit.search_map import make_search_map
from difffit_core.fit.starts import even_rotations_by_half_turns
from difffit_core.fit.target import Target, prepare_target
from difffit_core.fit.template import make_template
from tests.fit.making import blob, empty_grid, map_with, random_pose

GRID = empty_grid((60, 52, 50), (1.5, 1.6, 1.4), (-20.0, 30.0, 5.0))
STRUCTURE = blob(300)
N_ROTATIONS = 30


def target() -> Target:
    """A noisy map with one copy on an anisotropic, offset grid."""
    volume = map_with(STRUCTURE, [random_pose(GRID.corners_xyz.mean(axis=0), 11)], GRID, 6.0, noise=0.02)
    return prepare_target(volume, 0.2 * float(volume.data.max()), 6.0)


def both_sweeps() -> list[tuple[np.ndarray, np.ndarray]]:
    """Scores and indices [rotation, peak] from the compiled sweep, which turns the map by 180°, and from torch's."""
    template = make_template(STRUCTURE, 8.0)
    search_map = make_search_map(target(), template, 8.0)
    orientations = even_rotations_by_half_turns(N_ROTATIONS, 0)
    count = len(orientations)
    matrices = Poses(orientations, np.zeros((count, 3))).matrices()
    found = []
    for sweep in (make_sweep(template, search_map, "cpu"), TorchSweep(template, search_map, "cpu")):
        values, indices = np.zeros((count, 8), np.float32), np.full((count, 8), -1)
        assert list(sweep(matrices, values, indices))[-1] == count
        found.append((values, indices))
    return found


def test_torch_finds_the_peaks_of_the_compiled_screen():
    (values, indices), (torch_values, torch_indices) = both_sweeps()
    np.testing.assert_allclose(torch_values, values, atol=1e-3 * values.max())
    # a voxel on the very edge of the mask may fall on either side, and then close peaks change places
    assert (indices == torch_indices).mean() > 0.98
    np.testing.assert_array_equal(indices[:, 0], torch_indices[:, 0])


def test_a_screen_on_an_accelerator_gives_the_same_poses_again_and_again(monkeypatch):
    def on_torch_cpu(template, search_map, device):
        assert device == "cuda"
        return TorchSweep(template, search_map, "cpu")

    plan = ScreenPlan(8.0, 200, per_rotation=8, keep=50)
    expected, scores = run(screen(STRUCTURE, target(), plan, seed=0))
    monkeypatch.setattr(torch_screen, "VOXELS_AT_ONCE", 300_000)
    monkeypatch.setattr(screening, "make_sweep", on_torch_cpu)
    heard: list[object] = []
    first, torch_scores = run(screen(STRUCTURE, target(), plan, seed=0, device="cuda"), heard.append)
    again, _ = run(screen(STRUCTURE, target(), plan, seed=0, device="cuda"))
    np.testing.assert_array_equal(first.position_xyz, again.position_xyz)
    np.testing.assert_allclose(torch_scores, scores, atol=1e-3)
    np.testing.assert_allclose(first.position_xyz[:10], expected.position_xyz[:10])
    assert sum(isinstance(event, StageAdvanced) for event in heard) > 3
    assert heard[-1] == StageAdvanced(len(even_rotations_by_half_turns(200, 0)))


@pytest.mark.parametrize("shape", [(3, 3, 3), (9, 11, 7), (2, 9, 9)])
def test_peaks_are_those_of_the_compiled_code(shape):
    score = np.random.default_rng(5).normal(size=shape).astype(np.float32)
    values, indices = np.zeros(5, np.float32), np.full(5, -1, np.int64)
    best_peaks(score, values, indices)
    found, place = highest_peaks(torch.from_numpy(score)[None], 5)
    count = found.shape[1]
    np.testing.assert_array_equal(found[0].numpy(), values[:count])
    np.testing.assert_array_equal(place[0].numpy(), indices[:count])
    assert (indices[count:] == -1).all()
