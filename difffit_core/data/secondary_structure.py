"""Secondary structure from coordinates, for files that do not list it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped, UInt8
from numpy import ndarray

from difffit_core.data.calpha_geometry import assign_from_calphas
from difffit_core.data.hydrogen_bonds import Backbone, assign_from_hydrogen_bonds
from difffit_core.data.structure import COIL, UNASSIGNED, Structure

_CARBON = 6
_LONGEST_PEPTIDE_BOND = 2.5  # Å, C to N; generous, as in DSSP: poor models have long ones
_LONGEST_CALPHA_STEP = 4.5  # Å


def assign_secondary_structure(structure: Structure) -> UInt8[ndarray, " atom"]:
    """COIL, HELIX or STRAND per atom: what the file lists, else from the backbone's hydrogen bonds.

    Residues of which only the Cα is there are judged by the shape of the Cα trace.
    """
    if len(structure) and not (structure.secondary_structure == UNASSIGNED).all():
        return structure.secondary_structure
    residue_of_atom = structure.residue_index
    per_residue = np.full(residue_of_atom.max(initial=-1) + 1, COIL, dtype=np.uint8)
    trace = _trace(structure, residue_of_atom)
    if len(trace.residue):
        per_residue[trace.residue] = assign_from_calphas(trace.calpha_xyz, trace.follows_calpha)
        complete = np.flatnonzero(trace.is_complete)
        per_residue[trace.residue[complete]] = assign_from_hydrogen_bonds(_backbone(structure, trace, complete))
    return per_residue[residue_of_atom]


@dataclass(frozen=True)
class _Trace:
    """The residues that have a Cα: their number, and rows of their backbone atoms, −1 where one is missing."""

    residue: Int64[ndarray, " step"]
    rows: Int64[ndarray, "step 4"]  # N, CA, C, O
    calpha_xyz: Float64[ndarray, "step 3"]  # Å
    follows_calpha: Bool[ndarray, " step"]  # the residue is joined to the one before

    @property
    def is_complete(self) -> Bool[ndarray, " step"]:
        return np.all(self.rows >= 0, axis=1)


def _trace(structure: Structure, residue_of_atom: Int64[ndarray, " atom"]) -> _Trace:
    n_residues = residue_of_atom.max(initial=-1) + 1
    rows = np.full((n_residues, 4), -1)
    for column, name in enumerate(("N", "CA", "C", "O")):
        is_it = structure.atom_name == name
        if name == "CA":
            is_it &= structure.element == _CARBON  # not calcium
        found = np.flatnonzero(is_it)[::-1]  # reversed: the first of equals stays
        rows[residue_of_atom[found], column] = found
    residue = np.flatnonzero(rows[:, 1] >= 0)
    calphas = rows[residue, 1]
    xyz = structure.xyz[calphas]
    return _Trace(residue, rows[residue], xyz, _joined(structure.chain[calphas], xyz, xyz, _LONGEST_CALPHA_STEP))


def _backbone(structure: Structure, trace: _Trace, complete: Int64[ndarray, " residue"]) -> Backbone:
    n, ca, c, o = (structure.xyz[trace.rows[complete, column]] for column in range(4))
    calphas = trace.rows[complete, 1]
    joined = _joined(structure.chain[calphas], c, n, _LONGEST_PEPTIDE_BOND)
    return Backbone(n, ca, c, o, joined, structure.residue_name[calphas] == "PRO")


def _joined(
    chain: Shaped[ndarray, " step"],
    leaving: Float64[ndarray, "step 3"],
    arriving: Float64[ndarray, "step 3"],
    longest: float,
) -> Bool[ndarray, " step"]:
    """Whether each residue is bonded to the one before: same chain, and the two atoms no further apart (Å)."""
    joined = np.zeros(len(chain), dtype=bool)
    joined[1:] = (chain[1:] == chain[:-1]) & (np.linalg.norm(arriving[1:] - leaving[:-1], axis=1) < longest)
    return joined
