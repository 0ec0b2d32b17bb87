"""How well each residue of a structure fits."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int32, Int64, Shaped
from numpy import ndarray


@dataclass(frozen=True)
class ResidueScores:
    """Metrics of every residue, in the structure's order; `fit.residue_scores.score_residues` defines them."""

    chain: Shaped[ndarray, " residue"]
    number: Int32[ndarray, " residue"]
    insertion_code: Shaped[ndarray, " residue"]  # "" when there is none
    name: Shaped[ndarray, " residue"]
    atoms: Int64[ndarray, " residue"]  # how many, hydrogens not counted
    mean_density: Float64[ndarray, " residue"]  # map units
    inclusion: Float64[ndarray, " residue"]  # share of atoms above the contour level
    q_score: Float64[ndarray, " residue"]
    correlation: Float64[ndarray, " residue"]  # about the mean, around the residue

    def __len__(self) -> int:
        return len(self.number)

    @property
    def atom_inclusion(self) -> float:
        """Share of all atoms above the contour level."""
        return self._over_atoms(self.inclusion)

    @property
    def mean_q_score(self) -> float:
        """Mean over all atoms."""
        return self._over_atoms(self.q_score)

    def as_rows(self) -> list[dict[str, str | int | float]]:
        """One record of plain values per residue."""
        columns = {
            name: getattr(self, name).tolist()
            for name in ("chain", "number", "insertion_code", "name", "atoms")
            + ("mean_density", "inclusion", "q_score", "correlation")
        }
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def _over_atoms(self, values: Float64[ndarray, " residue"]) -> float:
        return float(np.average(values, weights=self.atoms))
