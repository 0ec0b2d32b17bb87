"""Moves a structure far away before the fit, so that the answer is never where the file already stands."""

from collections.abc import Sequence
from pathlib import Path

import gemmi
import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

FAR = 300.0  # Å, along each axis at most


def random_move(rng: np.random.Generator) -> Float64[ndarray, "3 4"]:
    """A rotation, uniform over all orientations, and a long shift (Å)."""
    rotation = Rotation.from_quat(rng.standard_normal(4)).as_matrix()
    return np.column_stack([rotation, rng.uniform(-FAR, FAR, 3)])


def apply(move: Float64[ndarray, "3 4"], xyz: Float64[ndarray, "atom 3"]) -> Float64[ndarray, "atom 3"]:
    """Points (Å) after a move."""
    return xyz @ move[:, :3].T + move[:, 3]


def scramble(
    source: Path, chains: Sequence[str], target: Path, move: Float64[ndarray, "3 4"]
) -> Float64[ndarray, "atom 3"]:
    """Write the moved first model (its `chains`, or all) to `target`; return the atoms (Å) as they were filed."""
    structure = gemmi.read_structure(str(source))
    structure.setup_entities()
    del structure[1:]
    for name in [chain.name for chain in structure[0]]:
        if chains and name not in chains:
            structure[0].remove_chain(name)
    xyz = np.array([atom.pos.tolist() for chain in structure[0] for residue in chain for atom in residue])
    transform = gemmi.Transform(gemmi.Mat33(move[:, :3].tolist()), gemmi.Vec3(*move[:, 3]))
    structure[0].transform_pos_and_adp(transform)
    write(structure, target)
    return xyz


def write(structure: gemmi.Structure, target: Path) -> None:
    """Write a structure in the format of the target's suffix."""
    if target.suffix == ".cif":
        structure.make_mmcif_document().write_file(str(target))
    else:
        structure.write_pdb(str(target))
