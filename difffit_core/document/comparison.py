"""How two placements differ, and how far a placement is from a reference structure."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.structure import Structure
from difffit_core.errors import DiffFitError

ENOUGH = 0.5  # share of a chain's atoms that a reference chain must know to be compared with
FEWEST = 3  # atoms


@dataclass(frozen=True)
class Difference:
    """Between two placements of one structure."""

    shift: float  # Å, between the centroids
    angle: float  # degrees
    rmsd: float  # Å, over all atoms, without superposition


def difference(structure: Structure, first: Poses, second: Poses) -> Difference:
    """How far one pose of a structure is from another."""
    a, b = (_moved(structure, pose.map_from_model(structure.centroid_xyz)[0]) for pose in (first, second))
    return Difference(
        shift=float(np.linalg.norm(first.position_xyz[0] - second.position_xyz[0])),
        angle=float(angles_between(first.orientation_xyzw, second.orientation_xyzw)[0]),
        rmsd=_rmsd(a, b),
    )


def count_places(poses: Poses, shift: float, angle: float) -> int:
    """How many distinct places there are: poses within `shift` Å and `angle` degrees of each other share one."""
    pairs = cKDTree(poses.position_xyz).query_pairs(shift, output_type="ndarray")
    turned = angles_between(poses.orientation_xyzw[pairs[:, 0]], poses.orientation_xyzw[pairs[:, 1]])
    near = pairs[turned <= angle]
    links = coo_array((np.ones(len(near), bool), (near[:, 0], near[:, 1])), shape=(len(poses), len(poses)))
    count, _ = connected_components(links, directed=False)
    return int(count)


@dataclass(frozen=True)
class Reference:
    """What a comparison with a reference structure gave."""

    rmsd: float  # Å
    atoms: int  # that both structures have


def distance_from(
    structure: Structure,
    map_from_model: Float64[ndarray, "3 4"],
    reference: Structure,
    reference_in_map: Float64[ndarray, "3 4"],
) -> Reference:
    """RMSD (Å) of a placed structure to a reference that stands in the same map, without superposition.

    Atoms are the same when residue number, residue name and atom name are. Every chain is compared with the nearest
    reference chain that knows at least half of its atoms: the copies of a complex are equally right.
    """
    placed, standing = _moved(structure, map_from_model), _moved(reference, reference_in_map)
    there = {chain: _named_atoms(reference, chain) for chain in np.unique(reference.chain)}
    squares: list[Float64[ndarray, " atom"]] = []
    for chain in np.unique(structure.chain):
        nearest = _nearest_chain(_named_atoms(structure, chain), placed, there, standing)
        if nearest is not None:
            squares.append(nearest)
    if not squares:
        raise DiffFitError(
            f"{reference.name} and {structure.name} have too few atoms in common; choose the same protein."
        )
    together = np.concatenate(squares)
    return Reference(float(np.sqrt(together.mean())), len(together))


Named = dict[tuple[int, str, str, str], int]


def _named_atoms(structure: Structure, chain: str) -> Named:
    """Where each atom of a chain stands in the structure's arrays."""
    index = np.flatnonzero(structure.chain == chain)
    columns = (
        structure.residue_number[index].tolist(),
        structure.insertion_code[index].tolist(),
        structure.residue_name[index].tolist(),
        structure.atom_name[index].tolist(),
    )
    return dict(zip(zip(*columns, strict=True), index.tolist(), strict=True))


def _nearest_chain(
    atoms: Named, placed: Float64[ndarray, "atom 3"], there: dict[str, Named], standing: Float64[ndarray, "other 3"]
) -> Float64[ndarray, " atom"] | None:
    """Squared distances (Å²) to the nearest chain that is known well enough; None when none is."""
    found = []
    for other in there.values():
        common = [(index, other[name]) for name, index in atoms.items() if name in other]
        if len(common) >= max(FEWEST, ENOUGH * len(atoms)):
            mine, theirs = np.array(common).T
            found.append(((placed[mine] - standing[theirs]) ** 2).sum(axis=1))
    return min(found, key=lambda squares: float(squares.mean()), default=None)


def _moved(structure: Structure, map_from_model: Float64[ndarray, "3 4"]) -> Float64[ndarray, "atom 3"]:
    return structure.xyz @ map_from_model[:, :3].T + map_from_model[:, 3]


def _rmsd(a: Float64[ndarray, "atom 3"], b: Float64[ndarray, "atom 3"]) -> float:
    return float(np.sqrt(((a - b) ** 2).sum(axis=1).mean()))
