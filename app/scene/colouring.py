"""A colour for every atom by one of the schemes, and the legend that says what the colours mean."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray

from app.scene.legends import Bins, Legend, Scale
from app.scene.palette import (
    B_FACTOR_STOPS,
    FIT_STOPS,
    PLDDT_CLASSES,
    UNKNOWN,
    bytes_rgba,
    chain_colours,
    element_colours,
    scale_colours,
)  # fmt: skip
from app.scene.styles import ColourScheme
from difffit_core.data.structure import Structure

B_FACTOR_ENDS = (
    5.0,
    95.0,
)  # percentiles of the residues', for the scale's ends: ligands are often far above all others


@dataclass(frozen=True, eq=False)
class Colouring:
    """By what a structure is coloured; `values` (one per residue) and their range for the scheme "residue"."""

    scheme: ColourScheme
    values: Float[ndarray, " residue"] | None = None
    title: str = ""
    ends: tuple[float, float] | None = None

    @property
    def tinted(self) -> bool:
        """Whether a colour given to the whole structure counts."""
        return self.scheme in ("uniform", "element")

    def needs_colours(self, other: "Colouring") -> bool:
        """Whether shapes made for the other one have the wrong colours; between uniform and chain only tints differ."""
        tints = ("uniform", "chain")
        return self is not other and not (self.scheme in tints and other.scheme in tints)

    def atom_rgba(self, structure: Structure) -> UInt8[ndarray, "atom 4"]:
        """A colour per atom; alpha as in `Triangles`."""
        match self.scheme:
            case "uniform" | "chain":
                return bytes_rgba(chain_colours(structure.chain), tintable=True)
            case "element":
                return hetero_rgba(structure)
            case "plddt":
                return bytes_rgba(_plddt_colours(structure.b_factor), tintable=False)
            case _:
                values, stops = self._atom_values(structure)
                return bytes_rgba(scale_colours(values, stops, *self._ends(structure)), tintable=False)

    def ligand_rgba(self, structure: Structure) -> UInt8[ndarray, "atom 4"]:
        """The same for atoms that stand beside a ribbon: there elements are told apart where that is possible."""
        return hetero_rgba(structure) if self.scheme in ("uniform", "chain") else self.atom_rgba(structure)

    def legend(self, structure: Structure) -> Legend | None:
        """What the colours mean; None where they need no words."""
        match self.scheme:
            case "plddt":
                return Bins("pLDDT", tuple((label, colour) for _, label, colour in PLDDT_CLASSES))
            case "b_factor":
                return Scale("B-factor (Å²)", B_FACTOR_STOPS, *self._ends(structure))
            case "residue":
                return Scale(self.title, FIT_STOPS, *self._ends(structure))
            case _:
                return None

    def _atom_values(self, structure: Structure) -> tuple[Float64[ndarray, " atom"], ndarray]:
        if self.scheme == "b_factor":
            return structure.b_factor.astype(np.float64), B_FACTOR_STOPS
        n_residues = int(structure.residue_index[-1]) + 1 if len(structure) else 0
        if self.values is None or len(self.values) != n_residues:
            return np.full(len(structure), np.nan), FIT_STOPS
        return np.asarray(self.values, dtype=np.float64)[structure.residue_index], FIT_STOPS

    def _ends(self, structure: Structure) -> tuple[float, float]:
        if self.ends is not None:
            return self.ends
        values, _ = self._atom_values(structure)
        if self.scheme == "b_factor" and len(structure):  # by residue: a few large ligands have many atoms
            count = np.bincount(structure.residue_index)
            values = np.bincount(structure.residue_index, weights=values) / np.maximum(count, 1)
        finite = values[np.isfinite(values)]
        if len(finite) == 0:
            return 0.0, 1.0
        low, high = np.percentile(finite, B_FACTOR_ENDS if self.scheme == "b_factor" else (0, 100))
        if low == high:  # nearly all are alike
            low, high = finite.min(), finite.max()
        return float(low), float(high)


def hetero_rgba(structure: Structure) -> UInt8[ndarray, "atom 4"]:
    """Elements in their colours, carbon in its chain's or in the structure's own."""
    colours, follows = element_colours(structure.element, chain_colours(structure.chain))
    return bytes_rgba(colours, tintable=follows)


def _plddt_colours(plddt: Float[ndarray, " atom"]) -> Float64[ndarray, "atom 3"]:
    """AlphaFold's four classes of confidence."""
    colours = np.tile(np.array(UNKNOWN), (len(plddt), 1))
    for least, _, colour in reversed(PLDDT_CLASSES):
        colours[plddt >= least] = colour
    return colours
