"""Atoms of a structure, as they take part in a fit."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, Shaped, UInt8
from numpy import ndarray

COIL, HELIX, STRAND, UNASSIGNED = 0, 1, 2, 255
CUBIC_ANGSTROM_PER_DALTON = 1.2


@dataclass(frozen=True)
class StructureSource:
    """The file a structure came from: its bytes are kept, so saving never depends on the file still being there."""

    path: Path
    content: bytes = field(repr=False)
    chains: tuple[str, ...] | None = None  # the only ones that were asked for; None when all were


@dataclass(frozen=True)
class Structure:
    """Heavy atoms of the first model, one alternate location each, without water; coordinates in Å.

    Strings are numpy `str` arrays with one entry per atom. `secondary_structure` is COIL, HELIX or STRAND per atom,
    UNASSIGNED throughout when the file does not say.
    """

    xyz: Float64[ndarray, "atom 3"]
    element: UInt8[ndarray, " atom"]  # atomic number
    chain: Shaped[ndarray, " atom"]  # author chain name
    residue_number: Int32[ndarray, " atom"]
    insertion_code: Shaped[ndarray, " atom"]  # "" when there is none
    residue_name: Shaped[ndarray, " atom"]
    atom_name: Shaped[ndarray, " atom"]
    b_factor: Float32[ndarray, " atom"]
    secondary_structure: UInt8[ndarray, " atom"]
    source: StructureSource

    def __len__(self) -> int:
        return len(self.xyz)

    @property
    def name(self) -> str:
        """The file's name without folder."""
        return self.source.path.name

    @cached_property
    def residue_index(self) -> Int64[ndarray, " atom"]:
        """Which residue (chain, number, insertion code) each atom belongs to, counted in file order from 0."""
        begins = np.zeros(len(self), dtype=bool)
        for column in (self.chain, self.residue_number, self.insertion_code):
            begins[1:] |= column[1:] != column[:-1]
        return np.cumsum(begins)

    @property
    def centroid_xyz(self) -> Float64[ndarray, "3"]:
        """Unweighted mean of the atom positions (Å), the point that a pose's position moves."""
        return self.xyz.mean(axis=0)

    @property
    def radius_of_gyration(self) -> float:
        """Root mean square distance (Å) of the atoms from the centroid."""
        return float(np.sqrt(((self.xyz - self.centroid_xyz) ** 2).sum(axis=1).mean()))

    @property
    def approximate_mass(self) -> float:
        """Daltons, hydrogen included: about 2.2 per proton of the heavy atoms in proteins and nucleic acids."""
        return 2.2 * float(self.element.sum(dtype=np.int64))

    @property
    def approximate_volume(self) -> float:
        """Å³, at 1.2 per dalton."""
        return CUBIC_ANGSTROM_PER_DALTON * self.approximate_mass
