"""Metrics residue by residue: where a placed structure fits, and where it does not."""

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.poses import Poses
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.atom_inclusion import atoms_inside
from difffit_core.fit.model import MASK_ABOVE
from difffit_core.fit.q_score import SIGMA, q_scores
from difffit_core.fit.sampling import sample
from difffit_core.fit.simulate import simulate_map, typical_peak


def score_residues(
    structure: Structure, volume: Volume, level: float, resolution: float, pose: Poses, *, q_sigma: float = SIGMA
) -> ResidueScores:
    """Every residue's mean density at its atoms, share of atoms inside, mean Q-score, and correlation (one pose).

    The correlation about the mean is taken between simulated and experimental density over the voxels of the
    structure's simulated map (the same as for the whole) that are nearest to an atom of the residue. `level` is the
    contour level in map units, `resolution` in Å, `q_sigma` the Q-score's Gaussian (Å).
    """
    matrix = pose.map_from_model(structure.centroid_xyz)[0]
    placed = structure.xyz @ matrix[:, :3].T + matrix[:, 3]
    residue = structure.residue_index
    first = np.flatnonzero(np.diff(residue, prepend=-1))
    return ResidueScores(
        chain=structure.chain[first],
        number=structure.residue_number[first],
        insertion_code=structure.insertion_code[first],
        name=structure.residue_name[first],
        atoms=np.bincount(residue),
        mean_density=_means(sample(volume, placed).astype(np.float64), residue),
        inclusion=_means(atoms_inside(placed, volume, level).astype(np.float64), residue),
        q_score=_means(q_scores(placed, volume, sigma=q_sigma), residue),
        correlation=_correlations(structure, volume, resolution, matrix),
    )


def _correlations(
    structure: Structure, volume: Volume, resolution: float, map_from_model: Float64[ndarray, "3 4"]
) -> Float64[ndarray, " residue"]:
    """Pearson's correlation over the voxels nearest to each residue; 0 where map or simulated map is flat."""
    simulated = simulate_map(structure, resolution)
    index = np.argwhere(simulated.data > MASK_ABOVE * typical_peak(simulated, structure))
    points = simulated.map_from_index(index[:, ::-1].astype(np.float64))
    _, atom = cKDTree(structure.xyz).query(points, workers=-1)
    places = points @ map_from_model[:, :3].T + map_from_model[:, 3]
    return _pearson(
        simulated.data[tuple(index.T)].astype(np.float64),
        sample(volume, places).astype(np.float64),
        structure.residue_index[atom],
        int(structure.residue_index[-1]) + 1,
    )


def _pearson(
    a: Float64[ndarray, " value"], b: Float64[ndarray, " value"], group: Int64[ndarray, " value"], count: int
) -> Float64[ndarray, " group"]:
    """Correlation about the mean of two columns within each of `count` groups."""
    number = np.maximum(np.bincount(group, minlength=count), 1)

    def centred(values: Float64[ndarray, " value"]) -> Float64[ndarray, " value"]:
        return np.asarray(values - (np.bincount(group, values, count) / number)[group])

    x, y = centred(a), centred(b)
    together, xx, yy = (np.bincount(group, product, count) for product in (x * y, x * x, y * y))
    spread = np.sqrt(xx * yy)
    return np.where(spread > 0, together / np.where(spread > 0, spread, 1.0), 0.0)


def _means(values: Float64[ndarray, " atom"], residue: Int64[ndarray, " atom"]) -> Float64[ndarray, " residue"]:
    return np.bincount(residue, values) / np.bincount(residue)
