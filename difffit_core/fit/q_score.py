"""Q-score: how much the density around each atom looks like that of a resolved atom (Pintilie et al. 2020).

G. Pintilie et al., "Measurement of atom resolvability in cryo-EM maps with Q-scores", Nature Methods 17, 328 (2020).
The map is read at the atom and at eight points on each of twenty spheres around it, 0.1 to 2 Å, that are not nearer to
another atom of the structure; the Q-score is the correlation about the mean of these values with a Gaussian of the
distance (its height and offset cancel in such a correlation). 1 is a well-resolved atom, 0 no likeness, and negative
values mean that the density grows with the distance.
"""

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.q_score_numba import choose_points
from difffit_core.fit.kernels.threads import pool
from difffit_core.fit.sampling import sample

SIGMA = 0.6  # Å, of the paper; the reports of EMDB and PDB use 0.4, which gives values about 0.1 lower at 3 Å
RADII = np.arange(1, 21) * 0.1  # Å
PER_SHELL = 8
# a point may be a little nearer to another atom, as in the authors' program: bonded atoms would lose whole shells
SLACK = 0.9
SPHERE_SETS = tuple(range(8, 108, 2))  # points on a sphere to choose from, until enough are the atom's own
AT_ONCE = 2000  # atoms whose points are held in memory


def q_scores(xyz: Float64[ndarray, "atom 3"], volume: Volume, *, sigma: float = SIGMA) -> Float64[ndarray, " atom"]:
    """The Q-score (−1 to 1) of every atom at these places (Å) in a map.

    `sigma` (Å) is the width of the Gaussian that a resolved atom is compared with. Density outside the map is zero;
    an atom around which the map is flat scores 0.
    """
    offsets, starts = _neighbours(xyz, 2 * float(RADII[-1]))
    reference = np.exp(-0.5 * (np.concatenate([[0.0], RADII]) / sigma) ** 2)
    out = np.empty(len(xyz))

    def work(first: int) -> None:
        part = slice(first, min(first + AT_ONCE, len(xyz)))
        bounds = starts[part.start : part.stop + 1]
        values, counts = _shell_values(xyz[part], offsets, bounds, volume)
        out[part] = _correlations(values, counts, reference)

    list(pool().map(work, range(0, len(xyz), AT_ONCE)))
    return out


def typical_q_score(resolution: float) -> float | None:
    """The mean Q-score of deposited proteins at this resolution (Å), for the paper's Gaussian of 0.6 Å.

    The authors' line through the proteins of their fig. 3; None where it does not reach, beyond 5 Å.
    """
    return min(1.1192 - 0.1775 * resolution, 1.0) if resolution <= 5 else None


def _neighbours(
    xyz: Float64[ndarray, "atom 3"], reach: float
) -> tuple[Float64[ndarray, "neighbour 3"], Int64[ndarray, " bound"]]:
    """Offsets (Å) to all atoms within `reach` of each atom, nearest first, and where each atom's begin."""
    pairs = cKDTree(xyz).query_pairs(reach, output_type="ndarray")
    atom, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    offsets = xyz[other] - xyz[atom]
    order = np.lexsort(((offsets**2).sum(axis=1), atom))
    starts = np.concatenate([[0], np.cumsum(np.bincount(atom, minlength=len(xyz)))])
    return np.ascontiguousarray(offsets[order]), starts.astype(np.int64)


def _shell_values(
    xyz: Float64[ndarray, "atom 3"],
    offsets: Float64[ndarray, "neighbour 3"],
    starts: Int64[ndarray, " bound"],
    volume: Volume,
) -> tuple[Float64[ndarray, "atom shell point"], Int64[ndarray, "atom shell"]]:
    """Map values around each atom, shell 0 being the atom itself, and how many of each shell count."""
    points = np.zeros((len(xyz), len(RADII) + 1, PER_SHELL, 3))
    counts = np.full((len(xyz), len(RADII) + 1), PER_SHELL)  # the centre counts as often as a whole shell
    sphere, set_starts = _sphere_sets()
    choose_points(offsets, starts, RADII, sphere, set_starts, SLACK, points[:, 1:], counts[:, 1:])
    places = (points + xyz[:, None, None]).reshape(-1, 3)
    return sample(volume, places).astype(np.float64).reshape(points.shape[:3]), counts


def _correlations(
    values: Float64[ndarray, "atom shell point"],
    counts: Int64[ndarray, "atom shell"],
    reference: Float64[ndarray, " shell"],
) -> Float64[ndarray, " atom"]:
    """Pearson's correlation of each atom's values with the reference of their shells."""
    used = np.arange(PER_SHELL) < counts[:, :, None]
    n = counts.sum(axis=1)
    mean = np.where(used, values, 0.0).sum(axis=(1, 2)) / n
    deviation = np.where(used, values - mean[:, None, None], 0.0)
    expected = reference - ((counts @ reference) / n)[:, None]
    together = (deviation.sum(axis=2) * expected).sum(axis=1)
    spread = (deviation**2).sum(axis=(1, 2)) * (counts * expected**2).sum(axis=1)
    # rounding of a flat map is not density
    flat = (deviation**2).sum(axis=(1, 2)) <= 1e-12 * n * mean**2
    return np.where(flat, 0.0, together / np.sqrt(np.where(spread > 0, spread, 1.0)))


def _sphere_sets() -> tuple[Float64[ndarray, "point 3"], Int64[ndarray, " bound"]]:
    """Ever larger sets of evenly spread unit vectors, one after the other, and where each begins."""
    sets = np.concatenate([spread_directions(count) for count in SPHERE_SETS])
    return sets, np.concatenate([[0], np.cumsum(SPHERE_SETS)]).astype(np.int64)


def spread_directions(count: int) -> Float64[ndarray, "count 3"]:
    """Evenly spread unit vectors from pole to pole, two and more.

    The spiral of Saff and Kuijlaars, "Distributing many points on a sphere", Math. Intelligencer 19 (1997), which the
    authors of the Q-score use: with eight points a sphere, another pattern would change single atoms by some 0.04.
    """
    height = np.linspace(-1.0, 1.0, count)
    width = np.sqrt(1 - height**2)
    step = np.zeros(count)
    step[1:-1] = 3.6 / (np.sqrt(count) * width[1:-1])
    turn = np.cumsum(step)
    return np.stack([width * np.cos(turn), width * np.sin(turn), height], axis=1)
