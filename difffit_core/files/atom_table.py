"""The atoms of one gemmi model as columns."""

import gemmi
import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped
from numpy import ndarray

_SIMULATION_WATERS = {"TIP", "TIP3", "TIP4", "SOL"}  # names that molecular dynamics programs give to water
_HYDROGEN, _DEUTERIUM_IN_GEMMI = 1, 119


class AtomTable:
    """The atoms of a structure's first model as columns."""

    def __init__(self, parsed: gemmi.Structure) -> None:
        model, flat = parsed[0], flattened(parsed)
        n = model.count_atom_sites()  # gemmi's table runs on through all models
        self.xyz: Float64[ndarray, "atom 3"] = flat.pos[:n].copy()
        self.element = np.array(flat.elements)[:n]
        self.number = np.array(flat.resnums)[:n]
        self.occupancy = flat.occ[:n].copy()
        self.b_factor = flat.b_iso[:n].copy()
        self.alternate: Bool[ndarray, " atom"] = np.array(flat.altlocs)[:n] != 0
        self.insertion = strings_of(np.array(flat.icodes)[:n, None])
        self.residue = strings_of(np.asarray(flat.residue_names)[:n])
        self.name = strings_of(np.asarray(flat.atom_names)[:n])
        counts = [chain.count_atom_sites() for chain in model]
        self.chain = np.repeat(np.array([chain.name for chain in model], dtype=str), counts)

    @property
    def is_hydrogen(self) -> Bool[ndarray, " atom"]:
        return (self.element == _HYDROGEN) | (self.element == _DEUTERIUM_IN_GEMMI)

    @property
    def is_water(self) -> Bool[ndarray, " atom"]:
        waters = [name for name in np.unique(self.residue) if is_water(str(name))]
        return np.isin(self.residue, waters)

    @property
    def residue_index(self) -> Int64[ndarray, " atom"]:
        """Counts residues (chain, number, insertion code) in file order."""
        begins = np.ones(len(self.number), dtype=bool)
        begins[1:] = (
            (self.chain[1:] != self.chain[:-1])
            | (self.number[1:] != self.number[:-1])
            | (self.insertion[1:] != self.insertion[:-1])
        )
        return np.cumsum(begins) - 1


def flattened(parsed: gemmi.Structure) -> gemmi.FlatStructure:
    """The atoms of all models as gemmi's table, which has no room for names of eight characters and more."""
    try:
        return gemmi.FlatStructure(parsed)
    except RuntimeError:
        short = parsed.clone()
        for residue in (residue for model in short for chain in model for residue in chain):
            residue.subchain = residue.entity_id = ""
            residue.name = residue.name[:7]
            for atom in residue:
                atom.name = atom.name[:7]
        for chain in (chain for model in short for chain in model):
            chain.name = ""
        return gemmi.FlatStructure(short)


def is_water(residue_name: str) -> bool:
    """Whether a residue of this name is water."""
    return residue_name in _SIMULATION_WATERS or gemmi.find_tabulated_residue(residue_name).is_water()


def strings_of(characters: Shaped[ndarray, "atom length"]) -> Shaped[ndarray, " atom"]:
    """Fixed-width text of rows of Latin-1 character codes; zeros and spaces at the end are dropped."""
    codes = characters.astype(np.uint8)
    codes[codes == ord(" ")] = 0
    width = codes.shape[1]
    return np.ascontiguousarray(codes.astype(np.uint32)).view(f"U{width}")[:, 0]
