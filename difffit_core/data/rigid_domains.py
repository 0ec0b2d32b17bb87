"""Rigid domains of a predicted model: residues whose positions are sure relative to each other.

Predicted aligned errors are distances between residues in the sense that matters for a rigid fit: how far one may
be off when the other is where it should be. Average linkage joins two groups as long as the mean error between
*all* their residues is small, so that a hinge, over which only few pairs are sure, does not join what it connects.
"""

from itertools import combinations, pairwise

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from numpy import ndarray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.distance import squareform

MOST_ERROR = 8.0  # Å: within well-predicted domains the mean is 3 to 6, between loose ones more than 10
FEWEST = 30  # residues: what is smaller fits a map nearly anywhere
LONGEST_GAP = 5  # residues between two of one domain that go with them, sure or not: a loop
CONTACT = 8.0  # Å between the centres of residues that touch ...
CONTACTS = 0.5  # ... per residue of the smaller of two stretches that are packed; domains that only meet have fewer
SHORTEST_RUN = 4  # residues: shorter pieces of a domain, alone in the sequence, are left out


def rigid_domains(
    error: Float32[ndarray, "residue residue"],
    sure: Bool[ndarray, " residue"],
    chain: Int64[ndarray, " residue"],
    *,
    most_error: float = MOST_ERROR,
    fewest: int = FEWEST,
) -> Int64[ndarray, " residue"]:
    """Domain of each residue, the largest 0; −1 for residues in none.

    `error` are predicted aligned errors (Å), `sure` the residues with enough pLDDT, `chain` an index per residue:
    domains may reach over chains, gaps that are closed do not.
    """
    domain = np.full(len(sure), -1)
    kept = np.flatnonzero(sure)
    if len(kept) < max(2, fewest):
        return domain
    mutual = error[np.ix_(kept, kept)]
    mutual = (mutual + mutual.T) / 2
    np.fill_diagonal(mutual, 0)
    domain[kept] = fcluster(linkage(squareform(mutual, checks=False), "average"), most_error, "distance")
    domain = close_gaps(_by_size(domain, fewest), chain)
    domain[short_runs(domain, chain)] = -1
    return _by_size(domain, fewest)


def domains_in_contact(
    sure: Bool[ndarray, " residue"],
    chain: Int64[ndarray, " residue"],
    piece: Int64[ndarray, " residue"],
    xyz: Float64[ndarray, "residue 3"],
    *,
    fewest: int = FEWEST,
) -> Int64[ndarray, " residue"]:
    """Domain of each residue where nothing but pLDDT is known, the largest 0; −1 for residues in none.

    Stretches of sure residues in one chain belong together when they pack against each other (`xyz` are the residues'
    centres, Å): what connects domains that move is seldom sure. `piece` is an index per unbroken piece of a chain.
    """
    if np.count_nonzero(sure) < fewest:
        return np.full(len(sure), -1)
    kept = sure_stretches(sure, piece)
    stretches = [(a, b) for a, b in _runs(kept.astype(np.int64), piece) if kept[a]]
    packed = np.zeros((len(stretches), len(stretches)), bool)
    trees = [cKDTree(xyz[a:b]) for a, b in stretches]
    for i, j in combinations(range(len(stretches)), 2):
        (a, b), (c, d) = stretches[i], stretches[j]
        contacts = trees[i].count_neighbors(trees[j], CONTACT) if chain[a] == chain[c] else 0
        packed[i, j] = contacts >= CONTACTS * min(b - a, d - c) and contacts > 0
    domain = np.full(len(sure), -1)
    for (a, b), number in zip(stretches, connected_components(packed, directed=False)[1], strict=True):
        domain[a:b] = number
    return _by_size(domain, fewest)


def sure_stretches(sure: Bool[ndarray, " residue"], chain: Int64[ndarray, " residue"]) -> Bool[ndarray, " residue"]:
    """The residues that are sure, with short loops between them and without pieces too short to be worth keeping."""
    stretches = close_gaps(np.where(sure, 0, -1), chain)
    return (stretches == 0) & ~short_runs(stretches, chain)


def close_gaps(domain: Int64[ndarray, " residue"], chain: Int64[ndarray, " residue"]) -> Int64[ndarray, " residue"]:
    """Short stretches outside of all domains join the one that they lie in."""
    closed = domain.copy()
    for start, stop in _runs(domain, chain):
        inside = start > 0 and stop < len(domain) and chain[start - 1] == chain[start] == chain[stop]
        if domain[start] == -1 and inside and stop - start <= LONGEST_GAP and domain[start - 1] == domain[stop]:
            closed[start:stop] = domain[stop]
    return closed


def short_runs(domain: Int64[ndarray, " residue"], chain: Int64[ndarray, " residue"]) -> Bool[ndarray, " residue"]:
    """Residues of pieces that are too short to be worth keeping."""
    short = np.zeros(len(domain), bool)
    for start, stop in _runs(domain, chain):
        short[start:stop] = stop - start < SHORTEST_RUN
    return short


def _runs(domain: Int64[ndarray, " residue"], chain: Int64[ndarray, " residue"]) -> list[tuple[int, int]]:
    """First and last (exclusive) residue of each stretch of one domain in one chain."""
    changes = np.flatnonzero((np.diff(domain) != 0) | (np.diff(chain) != 0)) + 1
    edges = [0, *changes.tolist(), len(domain)]
    return list(pairwise(edges))


def _by_size(domain: Int64[ndarray, " residue"], fewest: int) -> Int64[ndarray, " residue"]:
    """Domains of enough residues numbered by falling size, equal ones in the order of the sequence."""
    members = np.flatnonzero(domain >= 0)
    names, first, size = np.unique(domain[members], return_index=True, return_counts=True)
    numbered = np.full(len(domain), -1)
    for number, k in enumerate(k for k in np.lexsort((first, -size)) if size[k] >= fewest):
        numbered[domain == names[k]] = number
    return numbered
