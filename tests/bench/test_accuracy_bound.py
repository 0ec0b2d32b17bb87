"""The bound that the accuracy figures are printed beside."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.bench.accuracy.bound import metric, smallest_rmsd, turned_and_shifted
from tests.fit.making import blob, empty_grid

STRUCTURE = blob()
TRUTH = np.column_stack([np.eye(3), -STRUCTURE.centroid_xyz])[None]
GRID = empty_grid((30, 30, 30), (2.0,) * 3, (-30.0,) * 3)


def test_metric_is_the_mean_square_shift_of_the_atoms() -> None:
    atoms = STRUCTURE.xyz - STRUCTURE.centroid_xyz
    arm = np.sqrt((atoms**2).sum(axis=1).mean())
    step = np.array([0.01, -0.02, 0.015, 0.02, 0.01, -0.03])
    moved = atoms @ Rotation.from_rotvec(step[3:] / arm).as_matrix().T + step[:3]
    assert step @ metric(atoms / arm) @ step == pytest.approx(((moved - atoms) ** 2).sum(axis=1).mean(), rel=1e-3)


def test_bound_grows_with_the_noise_and_with_the_blur() -> None:
    at_noise = [smallest_rmsd(STRUCTURE, TRUTH, GRID, 6.0, noise) for noise in (0.02, 0.04)]
    assert at_noise[1] == pytest.approx(2 * at_noise[0])
    assert smallest_rmsd(STRUCTURE, TRUTH, GRID, 9.0, 0.02) > at_noise[0]


def test_step_of_nothing_moves_nothing() -> None:
    assert turned_and_shifted(TRUTH, np.zeros(6), np.ones(3), 10.0) == pytest.approx(TRUTH)
