"""Where two placed structures come too close: pairs of residues, and how much of one lies in the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.placed import Placed
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.occupancy import near_points

TOO_CLOSE = 3.0  # Å: heavy atoms that do not bind each other keep 3.4 Å; hydrogen bonds come down to 2.7 Å
ATOM_RADIUS = 1.7  # Å, van der Waals radius of carbon
GRID = 0.7  # Å per voxel of the estimate of shared volume
MOST_VOXELS = 60_000_000  # of that estimate: beyond, its voxels grow


@dataclass(frozen=True)
class ResidueName:
    """A residue as people write it."""

    chain: str
    number: int
    insertion_code: str
    name: str

    def __str__(self) -> str:
        return f"{self.chain}/{self.name} {self.number}{self.insertion_code}"


@dataclass(frozen=True)
class Clash:
    """Two residues that are too close."""

    first: ResidueName
    second: ResidueName
    distance: float  # Å, of their nearest atoms
    contacts: int  # pairs of atoms that are too close
    first_xyz: tuple[float, float, float]  # Å, the nearest atoms, to draw a line between
    second_xyz: tuple[float, float, float]


@dataclass(frozen=True)
class Clashes:
    """All clashes of two copies, the closest first."""

    first: int  # index of the copy
    second: int
    pairs: tuple[Clash, ...]
    buried_volume: float  # Å³ that lie within both molecules


def find_clashes(copies: Sequence[Placed], *, closer_than: float = TOO_CLOSE) -> tuple[Clashes, ...]:
    """The clashes of every two copies that have any, those with the largest shared volume first."""
    atoms = [copy.xyz for copy in copies]
    trees = [cKDTree(xyz) for xyz in atoms]
    found = []
    for a, b in combinations(range(len(copies)), 2):
        if not _boxes_meet(atoms[a], atoms[b], closer_than):
            continue
        pairs = _pairs(copies[a].structure, copies[b].structure, trees[a], trees[b], closer_than)
        if pairs:
            found.append(Clashes(a, b, pairs, _shared_volume(trees[a], trees[b])))
    return tuple(sorted(found, key=lambda clashes: -clashes.buried_volume))


def count_close_atoms(copies: Sequence[Placed], *, closer_than: float = TOO_CLOSE) -> int:
    """Atoms that are nearer than so many Å to an atom of another copy; those of all copies together."""
    atoms = [copy.xyz for copy in copies]
    trees = [cKDTree(xyz) for xyz in atoms]
    close = [np.zeros(len(xyz), bool) for xyz in atoms]
    for a, b in permutations(range(len(copies)), 2):
        if _boxes_meet(atoms[a], atoms[b], closer_than):
            close[a] |= np.isfinite(trees[b].query(atoms[a], distance_upper_bound=closer_than)[0])
    return sum(int(np.count_nonzero(flags)) for flags in close)


def shared_volume(first: Placed, second: Placed) -> float:
    """Å³ that lie within the van der Waals surfaces of both, hydrogen left out; exact to some percent."""
    return _shared_volume(cKDTree(first.xyz), cKDTree(second.xyz))


def _boxes_meet(a: Float64[ndarray, "n 3"], b: Float64[ndarray, "m 3"], within: float) -> bool:
    low = np.maximum(a.min(axis=0), b.min(axis=0))
    high = np.minimum(a.max(axis=0), b.max(axis=0))
    return bool((low <= high + within).all())


def _pairs(
    first: Structure, second: Structure, a: "cKDTree[None]", b: "cKDTree[None]", closer_than: float
) -> tuple[Clash, ...]:
    """Pairs of residues with atoms closer than so many Å, the closest first."""
    close = a.sparse_distance_matrix(b, closer_than, output_type="ndarray")
    close = close[close["v"] < closer_than]
    i, j, distance = close["i"], close["j"], close["v"]
    order = np.lexsort((j, i, distance))
    i, j, distance = i[order], j[order], distance[order]
    residues = first.residue_index[i] * (int(second.residue_index[-1]) + 1) + second.residue_index[j]
    _, nearest, contacts = np.unique(residues, return_index=True, return_counts=True)
    clashes = [
        Clash(
            _name(first, i[k]),
            _name(second, j[k]),
            float(distance[k]),
            int(count),
            _point(a.data[i[k]]),
            _point(b.data[j[k]]),
        )
        for k, count in sorted(zip(nearest.tolist(), contacts.tolist(), strict=True))
    ]
    return tuple(clashes)


def _name(structure: Structure, atom: int) -> ResidueName:
    return ResidueName(
        str(structure.chain[atom]),
        int(structure.residue_number[atom]),
        str(structure.insertion_code[atom]),
        str(structure.residue_name[atom]),
    )


def _point(xyz: Float64[ndarray, "3"]) -> tuple[float, float, float]:
    x, y, z = xyz.tolist()
    return x, y, z


def _shared_volume(a: "cKDTree[None]", b: "cKDTree[None]") -> float:
    """Å³ within an atom's radius of both sets of atoms, counted on a grid around the atoms that are near the other."""
    near_a, near_b = a.data[_near(a, b)], b.data[_near(b, a)]
    if not len(near_a) or not len(near_b):
        return 0.0
    low = np.minimum(near_a.min(axis=0), near_b.min(axis=0)) - ATOM_RADIUS
    extent = np.maximum(near_a.max(axis=0), near_b.max(axis=0)) + ATOM_RADIUS - low
    voxel = max(GRID, float(np.cbrt(np.prod(extent) / MOST_VOXELS)))
    nx, ny, nz = (np.ceil(extent / voxel).astype(int) + 1).tolist()
    grid = Volume(np.zeros((nz, ny, nx), np.float32), np.full(3, voxel), low)
    both = near_points(grid, near_a, ATOM_RADIUS) & near_points(grid, near_b, ATOM_RADIUS)
    return int(np.count_nonzero(both)) * grid.voxel_volume


def _near(one: "cKDTree[None]", other: "cKDTree[None]") -> Bool[ndarray, " atom"]:
    """Atoms of one set whose spheres can meet those of the other."""
    distance, _ = other.query(one.data, distance_upper_bound=2 * ATOM_RADIUS)  # infinite where there is none
    return np.isfinite(distance)
