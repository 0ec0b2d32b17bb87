"""Where two placed structures come too close: pairs of residues, and how much of one lies in the other.

Two atoms clash when their van der Waals spheres overlap by more than 0.4 Å, as in MolProbity (Word et al., J. Mol.
Biol. 285, 1711, 1999). What may be a bond is none: hydrogen bonds, disulphides, metals and what binds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.placed import Placed
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.occupancy import near_points

OVERLAP = 0.4  # Å by which two spheres may overlap
HYDROGEN_BOND, BOND = 2.5, 1.8  # Å: nitrogen and oxygen come so near each other, what may share electrons so near
# Å, van der Waals radii of MolProbity by atomic number; anything else is a metal, or unknown and taken for carbon
RADII = {5: 1.7, 6: 1.7, 7: 1.55, 8: 1.4, 9: 1.3, 14: 2.1, 15: 1.8, 16: 1.8, 17: 1.77, 34: 1.9, 35: 1.95, 53: 2.1}
NITROGEN_OXYGEN, CHALCOGENS, ELEMENTS = (7, 8), (16, 34), 120
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
    distance: float  # Å, of the nearest atoms that clash
    contacts: int  # pairs of atoms that clash
    first_xyz: tuple[float, float, float]  # Å, these atoms, to draw a line between
    second_xyz: tuple[float, float, float]


@dataclass(frozen=True)
class Clashes:
    """All clashes of two copies, the closest first."""

    first: int  # index of the copy
    second: int
    pairs: tuple[Clash, ...]
    buried_volume: float  # Å³ that lie within both molecules


@dataclass(frozen=True, eq=False)
class Atoms:
    """Atoms where they stand, and a tree to look them up in."""

    xyz: Float64[ndarray, "atom 3"]  # Å
    element: UInt8[ndarray, " atom"]  # atomic number

    @classmethod
    def of(cls, copy: Placed) -> "Atoms":
        """All atoms of a copy."""
        return cls(copy.xyz, copy.structure.element)

    @cached_property
    def tree(self) -> "cKDTree[None]":
        """For looking up neighbours."""
        return cKDTree(self.xyz)


@dataclass(frozen=True, eq=False)
class Contacts:
    """Pairs of atoms that clash."""

    first: Int64[ndarray, " pair"]
    second: Int64[ndarray, " pair"]
    distance: Float64[ndarray, " pair"]  # Å
    depth: Float64[ndarray, " pair"]  # Å that are missing to the least distance


def least_distances() -> Float64[ndarray, "element element"]:
    """Å that two atoms keep at least when they do not clash, by their atomic numbers."""
    radius = np.full(ELEMENTS, ATOM_RADIUS)
    radius[list(RADII)] = list(RADII.values())
    least = radius[:, None] + radius - OVERLAP
    metals = [number for number in range(3, ELEMENTS) if number not in RADII]
    binding = [*NITROGEN_OXYGEN, *CHALCOGENS, *metals]
    least[np.ix_(NITROGEN_OXYGEN, NITROGEN_OXYGEN)] = HYDROGEN_BOND
    least[np.ix_(CHALCOGENS, CHALCOGENS)] = BOND
    least[np.ix_(metals, binding)] = least[np.ix_(binding, metals)] = BOND
    return least


LEAST_DISTANCES = least_distances()
NEAR = float(LEAST_DISTANCES.max())  # Å: no two atoms clash that are further apart


def contacts_of(first: Atoms, second: Atoms, *, margin: float = 0.0) -> Contacts:
    """The pairs of atoms of two molecules that clash, or would if they had to keep so many Å more."""
    close = first.tree.sparse_distance_matrix(second.tree, NEAR + margin, output_type="ndarray")
    least = LEAST_DISTANCES[first.element[close["i"]], second.element[close["j"]]] + margin
    close, least = close[close["v"] < least], least[close["v"] < least]
    return Contacts(close["i"], close["j"], close["v"], least - close["v"])


def find_clashes(copies: Sequence[Placed]) -> tuple[Clashes, ...]:
    """The clashes of every two copies that have any, those with the largest shared volume first."""
    atoms = [Atoms.of(copy) for copy in copies]
    found = []
    for a, b in _neighbours(atoms):
        contacts = contacts_of(atoms[a], atoms[b])
        if len(contacts.depth):
            pairs = _pairs(copies[a].structure, copies[b].structure, atoms[a], atoms[b], contacts)
            found.append(Clashes(a, b, pairs, _shared_volume(atoms[a].tree, atoms[b].tree)))
    return tuple(sorted(found, key=lambda clashes: -clashes.buried_volume))


def count_clashing_atoms(copies: Sequence[Placed]) -> int:
    """Atoms that clash with an atom of another copy; those of all copies together."""
    atoms = [Atoms.of(copy) for copy in copies]
    clashing = [np.zeros(len(one.xyz), bool) for one in atoms]
    for a, b in _neighbours(atoms):
        contacts = contacts_of(atoms[a], atoms[b])
        clashing[a][contacts.first] = True
        clashing[b][contacts.second] = True
    return sum(int(np.count_nonzero(flags)) for flags in clashing)


def shared_volume(first: Placed, second: Placed) -> float:
    """Å³ that lie within the van der Waals surfaces of both, hydrogen left out; exact to some percent."""
    return _shared_volume(cKDTree(first.xyz), cKDTree(second.xyz))


def _neighbours(atoms: Sequence[Atoms]) -> list[tuple[int, int]]:
    """The pairs of molecules that could touch."""
    boxes = [(one.xyz.min(axis=0), one.xyz.max(axis=0)) for one in atoms]
    pairs = combinations(range(len(atoms)), 2)
    return [
        (a, b)
        for a, b in pairs
        if (np.maximum(boxes[a][0], boxes[b][0]) <= np.minimum(boxes[a][1], boxes[b][1]) + NEAR).all()
    ]


def _pairs(first: Structure, second: Structure, a: Atoms, b: Atoms, contacts: Contacts) -> tuple[Clash, ...]:
    """The pairs of residues that clash, the closest first."""
    order = np.lexsort((contacts.second, contacts.first, contacts.distance))
    i, j, distance = contacts.first[order], contacts.second[order], contacts.distance[order]
    residues = first.residue_index[i] * (int(second.residue_index[-1]) + 1) + second.residue_index[j]
    _, nearest, count = np.unique(residues, return_index=True, return_counts=True)
    return tuple(
        Clash(
            _name(first, i[k]),
            _name(second, j[k]),
            float(distance[k]),
            int(number),
            _point(a.xyz[i[k]]),
            _point(b.xyz[j[k]]),
        )
        for k, number in sorted(zip(nearest.tolist(), count.tolist(), strict=True))
    )


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
