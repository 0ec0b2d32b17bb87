"""A fit small enough to take no time, to load every kernel with the types it is used with."""

from pathlib import Path

import numpy as np

from difffit_core.data.structure import UNASSIGNED, Structure, StructureSource
from difffit_core.data.volume import Volume
from difffit_core.fit.simulate import simulate_map


def tiny_case() -> tuple[Structure, Volume]:
    """Twenty carbon atoms along a bent line, and their map at 8 Å."""
    t = np.linspace(0, 3, 20)
    xyz = np.stack([6 * np.cos(t), 8 * np.sin(t), 4 * t], axis=1)
    text = np.full(20, "C")
    structure = Structure(
        xyz=xyz,
        element=np.full(20, 6, np.uint8),
        chain=np.full(20, "A"),
        residue_number=np.arange(20, dtype=np.int32),
        insertion_code=np.full(20, ""),
        residue_name=np.full(20, "GLY"),
        atom_name=text,
        b_factor=np.zeros(20, np.float32),
        secondary_structure=np.full(20, UNASSIGNED, np.uint8),
        source=StructureSource(Path("rehearsal"), b""),
    )
    return structure, simulate_map(structure, 8.0)
