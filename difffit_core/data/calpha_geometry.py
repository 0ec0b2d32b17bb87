"""Helices and strands from the shape of the Cα trace alone.

The criteria of P-SEA (Labesse et al. 1997, CABIOS 13, 291): distances, angle and dihedral along the trace. Two things
are ours, because they bring it closer to what DSSP finds when it sees all atoms (83 % of residues instead of 79 %): a
stretch that passes the test of distances counts with the residues inside it, and strands need a neighbour.
"""

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.structure import COIL, HELIX, STRAND

_SHORTEST_HELIX, _SHORTEST_STRAND = 5, 3  # residues
_NEIGHBOUR_STRAND = 5.5  # Å between Cα of strands side by side


def assign_from_calphas(
    xyz: Float64[ndarray, "residue 3"], joined: Bool[ndarray, " residue"]
) -> UInt8[ndarray, " residue"]:
    """COIL, HELIX or STRAND per residue of a trace (Å); `joined` says which residues follow the one before."""
    segment = np.cumsum(~joined)
    to_2, to_3, to_4 = (_distance(xyz, segment, steps) for steps in (2, 3, 4))
    angle, dihedral = _angle(xyz, segment), _dihedral(xyz, segment)
    coiled = _near(to_3, 5.3, 0.5) & _near(to_4, 6.4, 0.6)
    stretched = _near(to_2, 6.7, 0.6) & _near(to_3, 9.9, 0.9) & _near(to_4, 12.4, 1.1)
    helix = _and_following(coiled, segment, 2) | (_near(angle, 89, 12) & _near(dihedral, 50, 20))
    strand = _and_following(stretched, segment, 1) | (_near(angle, 124, 14) & _near(np.mod(dihedral, 360), 190, 45))
    strand &= _has_neighbour(xyz)
    assigned = np.full(len(xyz), COIL, dtype=np.uint8)
    assigned[_long_runs(strand, segment, _SHORTEST_STRAND)] = STRAND
    assigned[_long_runs(helix, segment, _SHORTEST_HELIX)] = HELIX
    return assigned


def _near(values: Float64[ndarray, " residue"], centre: float, tolerance: float) -> Bool[ndarray, " residue"]:
    return np.abs(values - centre) <= tolerance  # NaN, where the trace ends, is near nothing


def _and_following(
    marked: Bool[ndarray, " residue"], segment: Int64[ndarray, " residue"], n_following: int
) -> Bool[ndarray, " residue"]:
    """The marked residues and so many after each of them in the same stretch."""
    grown = marked.copy()
    for offset in range(1, n_following + 1):
        grown[offset:] |= marked[:-offset] & (segment[offset:] == segment[:-offset])
    return grown


def _has_neighbour(xyz: Float64[ndarray, "residue 3"]) -> Bool[ndarray, " residue"]:
    """Whether a residue further along lies as close as the neighbouring strand of a sheet."""
    pairs = cKDTree(xyz).query_pairs(_NEIGHBOUR_STRAND, output_type="ndarray")
    has = np.zeros(len(xyz), dtype=bool)
    has[pairs[np.abs(pairs[:, 0] - pairs[:, 1]) > 3].ravel()] = True
    return has


def _windows(
    xyz: Float64[ndarray, "residue 3"], segment: Int64[ndarray, " residue"], before: int, after: int
) -> tuple[Float64[ndarray, "window step 3"], slice]:
    """Stretches from `before` residues ahead to `after` behind, NaN across breaks, and the residues they belong to."""
    n_windows = max(len(xyz) - before - after, 0)
    rows = np.arange(n_windows)[:, None] + np.arange(before + after + 1)
    broken = segment[rows[:, 0]] != segment[rows[:, -1]]
    stretches = xyz[rows]
    stretches[broken] = np.nan
    return stretches, slice(before, before + n_windows)


def _distance(
    xyz: Float64[ndarray, "residue 3"], segment: Int64[ndarray, " residue"], steps: int
) -> Float64[ndarray, " residue"]:
    """Å from the residue before to the one `steps` further on."""
    values = np.full(len(xyz), np.nan)
    stretches, where = _windows(xyz, segment, 1, steps - 1)
    values[where] = np.linalg.norm(stretches[:, -1] - stretches[:, 0], axis=1)
    return values


def _angle(xyz: Float64[ndarray, "residue 3"], segment: Int64[ndarray, " residue"]) -> Float64[ndarray, " residue"]:
    """Degrees between the steps to the neighbours."""
    values = np.full(len(xyz), np.nan)
    stretches, where = _windows(xyz, segment, 1, 1)
    back, forth = stretches[:, 0] - stretches[:, 1], stretches[:, 2] - stretches[:, 1]
    cosine = (back * forth).sum(axis=1) / (np.linalg.norm(back, axis=1) * np.linalg.norm(forth, axis=1))
    values[where] = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return values


def _dihedral(xyz: Float64[ndarray, "residue 3"], segment: Int64[ndarray, " residue"]) -> Float64[ndarray, " residue"]:
    """Degrees, −180 to 180, over the residue before to two behind."""
    values = np.full(len(xyz), np.nan)
    stretches, where = _windows(xyz, segment, 1, 2)
    first, second, third = (stretches[:, i + 1] - stretches[:, i] for i in range(3))
    normal, next_normal = np.cross(first, second), np.cross(second, third)
    sine = (np.cross(normal, next_normal) * second).sum(axis=1) / np.linalg.norm(second, axis=1)
    values[where] = np.degrees(np.arctan2(sine, (normal * next_normal).sum(axis=1)))
    return values


def _long_runs(
    candidate: Bool[ndarray, " residue"], segment: Int64[ndarray, " residue"], shortest: int
) -> Bool[ndarray, " residue"]:
    """Candidates that stand in unbroken runs of at least `shortest`."""
    begins = np.ones(len(candidate), dtype=bool)
    begins[1:] = (candidate[1:] != candidate[:-1]) | (segment[1:] != segment[:-1])
    run = np.cumsum(begins) - 1
    return candidate & (np.bincount(run, minlength=1)[run] >= shortest)
