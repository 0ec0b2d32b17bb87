"""Every metric of a placement, over all atoms, with correct sampling."""

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.results import Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.sampling_numba import sample_points
from difffit_core.fit.probe import Probe, probe_of_map
from difffit_core.fit.simulate import simulate_map

MASK_ABOVE = 0.10  # of the simulated maximum: the voxels around the molecule that a correlation is taken over


def sample(volume: Volume, xyz: Float64[ndarray, "point 3"]) -> Float32[ndarray, " point"]:
    """Trilinear map values at map coordinates (Å); zero outside the grid."""
    out = np.empty(len(xyz), np.float32)
    sample_points(volume.data, volume.index_from_map(xyz), out)
    return out


def score_poses(structure: Structure, volume: Volume, level: float, resolution: float, poses: Poses) -> Scores:
    """All metrics of each pose (Luo et al. 2025, §3.1.5).

    At the atoms, with D the map's density and W that of the structure's own simulated map: mean density = mean D,
    mean overlap = mean D·W, correlation = D·W / |D||W|, fraction inside = share with D above the contour level, and
    correlation about the mean at the atoms. The correlation about the mean itself is what papers call CC: over the
    voxels of the simulated map above 10 % of its maximum, between simulated and experimental density.
    """
    simulated = simulate_map(structure, resolution)
    probe = probe_of_map(simulated, structure.centroid_xyz, MASK_ABOVE)
    simulated_at_atoms = sample(simulated, structure.xyz).astype(np.float64)
    model = structure.xyz - structure.centroid_xyz
    rows = [
        _score(volume, level, rotation, position, model, simulated_at_atoms, probe)
        for rotation, position in zip(poses.matrices(), poses.position_xyz, strict=True)
    ]
    table = np.asarray(rows, np.float64).reshape(len(poses), 6)
    return Scores(*table.T)


def _score(
    volume: Volume,
    level: float,
    rotation: Float64[ndarray, "3 3"],
    position: Float64[ndarray, "3"],
    model: Float64[ndarray, "atom 3"],
    simulated: Float64[ndarray, " atom"],
    probe: Probe,
) -> tuple[float, ...]:
    """The metrics of one pose in the order of `Scores`."""
    density = sample(volume, model @ rotation.T + position).astype(np.float64)
    around = sample(volume, probe.points_xyz.astype(np.float64) @ rotation.T + position).astype(np.float64)
    return (
        correlation(around - around.mean(), probe.weights.astype(np.float64)),
        correlation(density, simulated),
        float((density * simulated).mean()),
        float(density.mean()),
        float((density > level).mean()),
        correlation(density - density.mean(), simulated - simulated.mean()),
    )


def correlation(a: Float64[ndarray, " value"], b: Float64[ndarray, " value"]) -> float:
    """Cosine of two vectors; zero when one of them vanishes."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths > 0 else 0.0
