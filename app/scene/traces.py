"""The backbones of a structure: runs of residues that follow each other without a gap."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int, UInt8
from numpy import ndarray

from difffit_core.data.structure import Structure

LONGEST_CA_STEP = 4.6  # Å between neighbouring Cα; 3.8 in a trans, 2.9 in a cis peptide
LONGEST_NUCLEIC_STEP = 9.5  # Å between neighbouring C4' (or P): 5 to 7.5 in a chain


@dataclass(frozen=True)
class Residues:
    """Where residues begin, and the residue of every atom."""

    first_atom: Int[ndarray, " residue"]
    of_atom: Int[ndarray, " atom"]

    def __len__(self) -> int:
        return len(self.first_atom)


@dataclass(frozen=True)
class Trace:
    """One unbroken run: a point per residue (Å), the atom it stands at, and which residues they are."""

    kind: Literal["protein", "nucleic"]
    xyz: Float64[ndarray, "residue 3"]
    atom: Int[ndarray, " residue"]
    residue: Int[ndarray, " residue"]


def residues_of(structure: Structure) -> Residues:
    """Residues in file order: a new one begins where chain, number, insertion code or name changes."""
    starts = np.zeros(len(structure), dtype=bool)
    starts[:1] = True
    for column in (structure.chain, structure.residue_number, structure.insertion_code, structure.residue_name):
        starts[1:] |= column[1:] != column[:-1]
    return Residues(np.flatnonzero(starts), np.cumsum(starts) - 1)


def atoms_named(
    structure: Structure, residues: Residues, name: str, element: int, alternative: str = ""
) -> Int[ndarray, " residue"]:
    """The atom of that name in every residue, −1 where there is none."""
    found = np.full(len(residues), -1, dtype=np.int64)
    matches = structure.atom_name == name
    if alternative:
        matches |= structure.atom_name == alternative
    atoms = np.flatnonzero(matches & (structure.element == element))[::-1]
    found[residues.of_atom[atoms]] = atoms
    return found


def backbone_traces(structure: Structure, residues: Residues) -> list[Trace]:
    """All runs of at least two residues, proteins first."""
    ca = atoms_named(structure, residues, "CA", 6)
    sugar = atoms_named(structure, residues, "C4'", 6, "C4*")
    phosphorus = atoms_named(structure, residues, "P", 15)
    anchor = sugar if (sugar >= 0).sum() * 2 >= (phosphorus >= 0).sum() else phosphorus
    protein = _runs(structure, ca, LONGEST_CA_STEP)
    nucleic = _runs(structure, np.where(ca >= 0, -1, anchor), LONGEST_NUCLEIC_STEP)
    return [Trace("protein", structure.xyz[ca[run]], ca[run], run) for run in protein] + [
        Trace("nucleic", structure.xyz[anchor[run]], anchor[run], run) for run in nucleic
    ]


def helix_strand_of(trace: Trace, assignment: UInt8[ndarray, " atom"]) -> UInt8[ndarray, " residue"]:
    """Secondary structure at each residue of the trace."""
    return assignment[trace.atom]


def atoms_outside(structure: Structure, residues: Residues, traces: list[Trace]) -> Bool[ndarray, " atom"]:
    """Atoms of residues that no trace passes through: ligands, ions, lone residues."""
    drawn = np.zeros(len(residues), dtype=bool)
    for trace in traces:
        drawn[trace.residue] = True
    return ~drawn[residues.of_atom]


def _runs(structure: Structure, anchor: Int[ndarray, " residue"], longest_step: float) -> list[ndarray]:
    """Residue numbers (positions in the table) of every unbroken run."""
    present = np.flatnonzero(anchor >= 0)
    if len(present) < 2:
        return []
    atom = anchor[present]
    step = np.linalg.norm(np.diff(structure.xyz[atom], axis=0), axis=1)
    broken = (step > longest_step) | (structure.chain[atom][1:] != structure.chain[atom][:-1])
    runs = np.split(present, np.flatnonzero(broken) + 1)
    return [run for run in runs if len(run) >= 2]
