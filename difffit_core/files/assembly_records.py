"""Symmetry that a structure file states: its assembly records (BIOMT, pdbx_struct_assembly)."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.structure import Structure
from difffit_core.errors import StructureFileError
from difffit_core.files.structure_files import parse_source

LISTED = 500  # operators of a file that are looked at: each is compared with each
MOST = 2000  # operators: a filament's records name some hundred
RIGID = 0.01  # how far from a rotation an operator may be, whose numbers have five decimals or so
SAME = 3  # decimals to which two operators are compared


def assembly_operators(structure: Structure) -> Float64[ndarray, "operator 3 4"]:
    """From any copy in the file's first assembly to all others, in the file's frame; the identity first.

    Only the identity where the file has no such records, or none for the structure's chains.
    """
    parsed, _ = parse_source(structure.source)
    parsed.setup_entities()
    chains = set(structure.chain.tolist())
    labels = {residue.subchain for chain in parsed[0] if chain.name in chains for residue in chain}
    given = [
        np.column_stack([operator.transform.mat.tolist(), operator.transform.vec.tolist()])
        for assembly in list(parsed.assemblies)[:1]
        for generator in assembly.generators
        if (set(generator.chains) & chains) or (set(generator.subchains) & labels)
        for operator in generator.operators
    ]
    if not given:
        return np.eye(3, 4)[None]
    operators = np.array(given[:LISTED], np.float64)
    rotations = operators[:, :, :3]
    with np.errstate(invalid="ignore", over="ignore"):
        rigid = np.allclose(rotations @ rotations.transpose(0, 2, 1), np.eye(3), atol=RIGID)  # not with NaN
    if not rigid or not np.isfinite(operators).all():
        raise StructureFileError(
            f"{structure.name} names assembly operators that are no rotations and shifts; repair its assembly records, "
            "or name the symmetry yourself."
        )
    return _between(operators)


def _between(operators: Float64[ndarray, "operator 3 4"]) -> Float64[ndarray, "relative 3 4"]:
    """From each operator's copy to each other's: the group itself where the operators are one."""
    full = np.tile(np.eye(4), (len(operators), 1, 1))
    full[:, :3] = operators
    relative = (np.linalg.inv(full)[:, None] @ full[None])[:, :, :3].reshape(-1, 3, 4)
    _, first = np.unique(np.round(relative.reshape(-1, 12), SAME) + 0.0, axis=0, return_index=True)
    distinct = relative[np.sort(first)]
    moved = np.abs(distinct - np.eye(3, 4)).sum(axis=(1, 2))
    return distinct[np.argsort(moved, kind="stable")][:MOST]
