"""Helices and strands from hydrogen bonds of the backbone.

After DSSP (Kabsch & Sander 1983, Biopolymers 22, 2577), with its electrostatic criterion and its definitions of turns,
helices and bridges; all helices count as HELIX, bridges only where at least two lie side by side.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.structure import COIL, HELIX, STRAND

_COUPLING = 0.42 * 0.20 * 332  # kcal Å/mol
_HIGHEST_ENERGY = -0.5  # kcal/mol, of what counts as a hydrogen bond
_FURTHEST_CALPHAS = 9.0  # Å; beyond it no backbone hydrogen bond is possible
_NH_BOND = 1.0  # Å


@dataclass(frozen=True)
class Backbone:
    """Backbone atoms (Å) of residues in chain order."""

    n: Float64[ndarray, "residue 3"]
    ca: Float64[ndarray, "residue 3"]
    c: Float64[ndarray, "residue 3"]
    o: Float64[ndarray, "residue 3"]
    joined: Bool[ndarray, " residue"]  # bonded to the residue before
    is_proline: Bool[ndarray, " residue"]  # has no hydrogen to give


class _Bonds:
    """Which C=O (acceptor) is bonded to which N−H (donor); answers for many pairs at once."""

    def __init__(self, acceptor: Int64[ndarray, " bond"], donor: Int64[ndarray, " bond"], n_residues: int) -> None:
        self.acceptor, self.donor = acceptor, donor
        self._n = n_residues
        self._keys = np.sort(acceptor * n_residues + donor)

    def __call__(self, acceptor: Int64[ndarray, " ask"], donor: Int64[ndarray, " ask"]) -> Bool[ndarray, " ask"]:
        inside = (acceptor >= 0) & (donor >= 0) & (acceptor < self._n) & (donor < self._n)
        if not len(self._keys):
            return np.zeros(len(inside), dtype=bool)
        keys = acceptor * self._n + donor
        nearest = self._keys[np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)]
        return inside & (nearest == keys)


def assign_from_hydrogen_bonds(backbone: Backbone) -> UInt8[ndarray, " residue"]:
    """COIL, HELIX or STRAND per residue."""
    n_residues = len(backbone.n)
    assigned = np.full(n_residues, COIL, dtype=np.uint8)
    if n_residues < 3:
        return assigned
    bonds = _hydrogen_bonds(backbone)
    segment = np.cumsum(~backbone.joined)  # residues of one unbroken stretch share a number
    for span in (5, 3):
        assigned[_helix(bonds, segment, span)] = HELIX
    assigned[_strands(bonds, segment)] = STRAND
    assigned[_helix(bonds, segment, 4)] = HELIX  # the α-helix wins, as in DSSP
    return assigned


def _hydrogen_bonds(backbone: Backbone) -> _Bonds:
    pairs = cKDTree(backbone.ca).query_pairs(_FURTHEST_CALPHAS, output_type="ndarray")
    donor, acceptor = np.concatenate([pairs, pairs[:, ::-1]]).T
    possible = backbone.joined[donor] & ~backbone.is_proline[donor] & (acceptor != donor - 1)
    donor, acceptor = donor[possible], acceptor[possible]
    bonded = _energies(backbone, acceptor, donor) < _HIGHEST_ENERGY
    return _Bonds(acceptor[bonded], donor[bonded], len(backbone.n))


def _energies(
    backbone: Backbone, acceptor: Int64[ndarray, " pair"], donor: Int64[ndarray, " pair"]
) -> Float64[ndarray, " pair"]:
    """Electrostatic energy (kcal/mol) of C=O and N−H; the hydrogen lies opposite the C=O of the residue before."""
    carbonyl = backbone.c[donor - 1] - backbone.o[donor - 1]
    hydrogen = backbone.n[donor] + _NH_BOND * carbonyl / np.linalg.norm(carbonyl, axis=1, keepdims=True)

    def inverse(a: Float64[ndarray, "pair 3"], b: Float64[ndarray, "pair 3"]) -> Float64[ndarray, " pair"]:
        return 1 / np.maximum(np.linalg.norm(a - b, axis=1), 0.5)

    o, c, n = backbone.o[acceptor], backbone.c[acceptor], backbone.n[donor]
    return _COUPLING * (inverse(o, n) + inverse(c, hydrogen) - inverse(o, hydrogen) - inverse(c, n))


def _helix(bonds: _Bonds, segment: Int64[ndarray, " residue"], span: int) -> Bool[ndarray, " residue"]:
    """Residues between two turns in a row, each closed by a bond from C=O to the N−H `span` residues on."""
    n = len(segment)
    first = np.arange(n)
    last = np.minimum(first + span, n - 1)
    turn = (segment[last] == segment) & (first + span < n) & bonds(first, first + span)
    begins = turn[1:] & turn[:-1]  # at residue index 1 and on
    inside = np.zeros(n, dtype=bool)
    for offset in range(span):
        inside[1 + offset :] |= begins[: max(n - 1 - offset, 0)]  # fewer residues than a turn spans: none
    return inside


def _strands(bonds: _Bonds, segment: Int64[ndarray, " residue"]) -> Bool[ndarray, " residue"]:
    """Residues in bridges that lie side by side; a single residue between two such is a bulge and counts too."""
    n = len(segment)
    bridged = np.zeros(n, dtype=bool)
    for i, j in _bridges(bonds):
        kept = _within_stretch(i, segment) & _within_stretch(j, segment) & (np.abs(i - j) > 2)
        bridged[i[kept]] = bridged[j[kept]] = True
    same = segment[1:] == segment[:-1]
    pair = bridged[1:] & bridged[:-1] & same
    strand = np.zeros(n, dtype=bool)
    strand[1:] |= pair
    strand[:-1] |= pair
    strand[1:-1] |= strand[:-2] & strand[2:] & same[1:] & same[:-1]
    return strand


def _within_stretch(
    residue: Int64[ndarray, " bridge"], segment: Int64[ndarray, " residue"]
) -> Bool[ndarray, " bridge"]:
    """Whether the residues before and after belong to the same unbroken stretch."""
    inner = (residue > 0) & (residue < len(segment) - 1)
    before, after = np.clip(residue - 1, 0, None), np.clip(residue + 1, None, len(segment) - 1)
    return inner & (segment[before] == segment[after])


def _bridges(bonds: _Bonds) -> list[tuple[Int64[ndarray, " bridge"], Int64[ndarray, " bridge"]]]:
    """Pairs of bridged residues, each found from one of its two hydrogen bonds."""
    acceptor, donor = bonds.acceptor, bonds.donor
    parallel = bonds(donor, acceptor + 2)
    narrow = bonds(donor, acceptor)  # antiparallel, both bonds between the two residues
    wide = bonds(donor - 2, acceptor + 2)  # antiparallel, bonds of the residues around them
    return [
        (acceptor[parallel] + 1, donor[parallel]),
        (acceptor[narrow], donor[narrow]),
        (acceptor[wide] + 1, donor[wide] - 1),
    ]
