"""Moves a structure far away before the fit, so that the answer is never where the file already stands."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.structure_files import read_structure

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
    """Write the moved file (its `chains`, or all) to `target`; return the atoms (Å) as they were filed."""
    structure = read_structure(source, chains=chains or None)
    write_placed_structure(target, structure, move)
    return structure.xyz
