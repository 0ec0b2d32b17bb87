"""The residues of a structure as columns."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Bool, Float32, Int64, Shaped
from numpy import ndarray

from difffit_core.data.structure import Structure

ResidueId = tuple[str, int, str]  # chain, number, insertion code ("" when there is none)


@dataclass(frozen=True, eq=False)
class ResidueTable:
    """The residues of a structure as columns."""

    chain: Shaped[ndarray, " residue"]
    number: Int64[ndarray, " residue"]
    insertion: Shaped[ndarray, " residue"]
    name: Shaped[ndarray, " residue"]
    plddt: Float32[ndarray, " residue"]  # 0 to 100
    is_polymer: Bool[ndarray, " residue"]

    @classmethod
    def of(cls, structure: Structure) -> Self:
        """One row per residue, in file order."""
        index = structure.residue_index
        first = np.flatnonzero(np.diff(index, prepend=-1))
        backbone = np.isin(structure.atom_name, ("CA", "C1'", "C1*"))
        mean = np.bincount(index, structure.b_factor) / np.bincount(index)
        scale = 100.0 if 0 < mean.max() <= 1.0 else 1.0  # some predictors write 0 to 1
        return cls(
            structure.chain[first],
            structure.residue_number[first].astype(np.int64),
            structure.insertion_code[first],
            structure.residue_name[first],
            (mean * scale).astype(np.float32),
            np.bincount(index, backbone) > 0,
        )

    def __len__(self) -> int:
        return len(self.chain)

    @property
    def chain_index(self) -> Int64[ndarray, " residue"]:
        """A number for each chain."""
        return np.unique(self.chain, return_inverse=True)[1].astype(np.int64)

    def ids(self, rows: Int64[ndarray, " row"]) -> set[ResidueId]:
        """Chain, number and insertion code of some residues."""
        return {(str(self.chain[k]), int(self.number[k]), str(self.insertion[k])) for k in rows}

    def as_text(self, rows: Int64[ndarray, " row"]) -> str:
        """Some residues as people write them: A:3-78,93-108 B:1-20."""
        texts = []
        for chain in dict.fromkeys(self.chain[rows].tolist()):
            numbers = self.number[rows][self.chain[rows] == chain]
            breaks = np.flatnonzero(np.diff(numbers) > 1)
            starts, ends = numbers[np.r_[0, breaks + 1]], numbers[np.r_[breaks, len(numbers) - 1]]
            spans = [f"{a}-{b}" if a != b else f"{a}" for a, b in zip(starts, ends, strict=True)]
            texts.append(f"{chain}:{','.join(spans)}")
        return " ".join(texts)
