"""What noise allows at best: the Cramér-Rao bound on a placement's error (Kay, Estimation Theory, 1993, §3.7)."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.bench.synthetic import map_of_copies, placed_atoms
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume

STEP = 0.2  # Å, and Å of arc: for differences


def smallest_rmsd(
    structure: Structure, truth: Float64[ndarray, "1 3 4"], grid: Volume, resolution: float, noise: float
) -> float:
    """Root mean square over atoms and repeats (Å) of the error that no unbiased estimator can go below.

    `noise` is the standard deviation in each voxel over the clean map's maximum. The map is a known template plus
    white noise, so the Fisher information is Jᵀ J / σ², J being the map's change with the six coordinates.
    """
    atoms = placed_atoms(structure, truth)
    about_centre = atoms - atoms.mean(axis=0)
    arm = float(np.sqrt((about_centre**2).sum(axis=1).mean()))
    clean = map_of_copies(structure, truth, grid, resolution).data

    def density(step: Float64[ndarray, "6"]) -> Float64[ndarray, " voxel"]:
        moved = turned_and_shifted(truth, step, atoms.mean(axis=0), arm)
        return map_of_copies(structure, moved, grid, resolution).data.ravel().astype(np.float64)

    change = np.stack([density(STEP * axis) - density(-STEP * axis) for axis in np.eye(6)], axis=1) / (2 * STEP)
    sigma = noise * float(clean.max())
    covariance = sigma**2 * np.linalg.inv(change.T @ change)
    return float(np.sqrt(np.trace(metric(about_centre / arm) @ covariance)))


def metric(relative: Float64[ndarray, "atom 3"]) -> Float64[ndarray, "6 6"]:
    """Mean square shift of atoms at these places (in units of the arm, about their centre) as a form in a step."""
    inertia = np.eye(3) * (relative**2).sum(axis=1).mean() - relative.T @ relative / len(relative)
    return np.block([[np.eye(3), np.zeros((3, 3))], [np.zeros((3, 3)), inertia]])


def turned_and_shifted(
    placement: Float64[ndarray, "1 3 4"], step: Float64[ndarray, "6"], centre: Float64[ndarray, "3"], arm: float
) -> Float64[ndarray, "1 3 4"]:
    """The placement moved by three Å and turned by three Å of arc about a centre (Å)."""
    turn = Rotation.from_rotvec(step[3:] / arm).as_matrix()
    rotation, shift = placement[0][:, :3], placement[0][:, 3]
    return np.column_stack([turn @ rotation, turn @ (shift - centre) + centre + step[:3]])[None]
