"""Every metric of a placement, over all atoms, with correct sampling."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.results import Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.sampling_numba import point_sums
from difffit_core.fit.kernels.threads import spread
from difffit_core.fit.model import Model
from difffit_core.fit.probe import Probe

Sums = Float64[ndarray, "pose 4"]  # Σd, Σd², Σwd, number above the level


def score_poses(
    structure: Structure, volume: Volume, level: float, resolution: float, poses: Poses, *, model: Model | None = None
) -> Scores:
    """All metrics of each pose (Luo et al. 2025, §3.1.5).

    At the atoms, with D the map's density and W that of the structure's own simulated map: mean density = mean D,
    mean overlap = mean D·W, correlation = D·W / |D||W|, fraction inside = share with D above the contour level, and
    correlation about the mean at the atoms. The correlation about the mean itself is what papers call CC: over the
    voxels of the simulated map above 13 % of its typical peak, between simulated and experimental density. A `model` of
    the structure that exists already saves simulating it again.
    """
    model = model or Model(structure)
    probe, simulated = model.density(resolution), model.at_atoms(resolution)
    atoms = structure.xyz - structure.centroid_xyz
    around = _sums(volume, level, poses, probe.points_xyz.astype(np.float64), probe.weights.astype(np.float64))
    at_atoms = _sums(volume, level, poses, atoms, simulated)
    count = len(atoms)
    density, squares, products, inside = at_atoms.T
    return Scores(
        correlation_about_mean=pearson(around, len(probe), probe.weights.astype(np.float64)),
        correlation=_ratio(products, np.sqrt(squares * (simulated @ simulated))),
        mean_overlap=products / count,
        mean_density=density / count,
        fraction_inside=inside / count,
        correlation_about_mean_at_atoms=pearson(at_atoms, count, simulated),
    )


def correlation_about_mean(volume: Volume, probe: Probe, poses: Poses) -> Float64[ndarray, " pose"]:
    """What papers call CC, of each pose, taken over the points of a density probe."""
    weights = probe.weights.astype(np.float64)
    sums = _sums(volume, np.inf, poses, probe.points_xyz.astype(np.float64), weights)
    return pearson(sums, len(probe), weights)


def pearson(sums: Sums, count: int, weights: Float64[ndarray, " point"]) -> Float64[ndarray, " pose"]:
    """Correlation about the mean between the weights and the density that the sums were taken of; 0 when flat."""
    density, squares, products, _ = sums.T
    spread_of_density = np.maximum(squares - density**2 / count, 0.0)
    flat = spread_of_density <= 1e-12 * np.maximum(squares, 1e-300)
    spread_of_weights = ((weights - weights.mean()) ** 2).sum()
    shared = products - density * weights.mean()
    return np.where(flat, 0.0, _ratio(shared, np.sqrt(spread_of_density * spread_of_weights)))


def _ratio(a: Float64[ndarray, " pose"], b: Float64[ndarray, " pose"]) -> Float64[ndarray, " pose"]:
    """a / b, and 0 where b is."""
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _sums(
    volume: Volume,
    level: float,
    poses: Poses,
    points: Float64[ndarray, "point 3"],
    weights: Float64[ndarray, " point"],
) -> Sums:
    """Sums over points about the centroid (Å) in every pose, on all cores."""
    out = np.zeros((len(poses), 4))
    matrices, positions = poses.matrices(), poses.position_xyz - volume.origin_xyz
    inverse = 1 / volume.voxel_size_xyz

    def work(part: slice) -> None:
        point_sums(volume.data, inverse, points, weights, matrices[part], positions[part], level, out[part])

    spread(work, len(poses))
    return out
