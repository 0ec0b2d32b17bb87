"""Fields, probes and poses with which backends are compared, points outside the box included."""

import numpy as np
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.evaluate import Backend
from difffit_core.fit.probe import Probe, atom_probe, density_probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import Field, prepare_target
from tests.fit.making import blob, empty_grid, map_with, random_pose

STRUCTURE = blob(300)
GRID = empty_grid((34, 40, 29), (1.4, 1.3, 1.7), (12.0, -40.0, 7.0))


def field() -> Field:
    """A noisy map with one copy, on an anisotropic, offset grid."""
    volume = map_with(STRUCTURE, [random_pose(GRID.corners_xyz.mean(axis=0), 1)], GRID, 6.0, noise=0.02)
    return prepare_target(volume, 0.2 * float(volume.data.max()), 6.0).native


def probes() -> dict[str, Probe]:
    """Both objectives; the number of points is no multiple of any block."""
    return {
        "correlation": density_probe(STRUCTURE, 6.0, above=0.1).subset(337, 0),
        "density": atom_probe(STRUCTURE),
    }


def poses_in_and_out(count: int = 13) -> Poses:
    """Poses all over the box and beyond its walls, one of them far outside."""
    low, high = GRID.corners_xyz
    positions = np.random.default_rng(2).uniform(low - 10, high + 10, (count, 3))
    positions[0] = high + 500
    return Poses(even_rotations(count, 4), positions)


def largest_difference(mine: Backend, reference: Backend, probe: Probe, gradient: bool) -> float:
    """Between the 21 sums of two backends, over the largest magnitude of each sum."""
    case = field(), probe, poses_in_and_out(), gradient
    found, expected = mine(*case), reference(*case)
    scale: ndarray = np.abs(expected).max(axis=0)
    assert found.shape == expected.shape == (13, 21)
    return float((np.abs(found - expected) / np.where(scale > 0, scale, 1)).max())
