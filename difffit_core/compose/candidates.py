"""Placements that may become copies, and which of them cannot stand together."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.placed import Placed
from difffit_core.data.results import Cluster, FitResult
from difffit_core.data.structure import Structure
from difffit_core.fit.confidence import independent_values

TOUCH = 2.0  # Å: atoms of different molecules are never nearer, not even in a hydrogen bond
MOST_PROBED = 400  # atoms of a molecule that are looked at
OVERLAP = 0.1  # share of a molecule's atoms inside another one, from which on they cannot both be there


@dataclass(frozen=True, eq=False)
class Candidate:
    """One cluster of one structure."""

    structure: int  # index among the structures that are composed
    placed: Placed
    cluster: Cluster
    round: int  # from 1
    by_symmetry: bool = False  # not found by a fit, but where symmetry puts it

    @property
    def score(self) -> float:
        """Correlation about the mean."""
        return float(self.cluster.scores.correlation_about_mean)

    @property
    def confidence(self) -> float:
        """Of the cluster, in the map in which it was found."""
        return self.cluster.confidence

    @cached_property
    def _probed_xyz(self) -> Float64[ndarray, "atom 3"]:
        """Some of the atoms where they stand (Å)."""
        xyz = self.placed.xyz
        return xyz[:: max(1, len(xyz) // MOST_PROBED)]

    def gain(self, resolution: float) -> float:
        """How much it explains: half the squared significance of its correlation (log-likelihood ratio, Fisher)."""
        independent = independent_values(self.placed.structure.approximate_volume, resolution)
        return 0.5 * max(independent - 3, 1.0) * float(np.arctanh(np.clip(self.score, 0, 0.999))) ** 2


@dataclass(frozen=True, eq=False)
class Shapes:
    """Search trees of the structures in their own frames, shared by all their candidates."""

    trees: tuple[cKDTree, ...]
    radii: tuple[float, ...]  # Å, of the spheres around the centroids that hold all atoms

    @classmethod
    def of(cls, structures: tuple[Structure, ...]) -> "Shapes":
        """One tree per structure."""
        reach = [np.linalg.norm(structure.xyz - structure.centroid_xyz, axis=1).max() for structure in structures]
        return cls(tuple(cKDTree(structure.xyz) for structure in structures), tuple(map(float, reach)))

    def overlap(self, a: Candidate, b: Candidate) -> float:
        """The larger share of one molecule's atoms that lie on atoms of the other."""
        apart = a.cluster.representative.position_xyz[0] - b.cluster.representative.position_xyz[0]
        if np.linalg.norm(apart) > self.radii[a.structure] + self.radii[b.structure] + TOUCH:
            return 0.0
        return max(self._share_inside(a, b), self._share_inside(b, a))

    def _share_inside(self, a: Candidate, b: Candidate) -> float:
        matrix = b.placed.map_from_model
        in_b = (a._probed_xyz - matrix[:, 3]) @ matrix[:, :3]  # the inverse of a rotation is its transpose
        distance, _ = self.trees[b.structure].query(in_b, distance_upper_bound=TOUCH)
        return float(np.isfinite(distance).mean())

    def conflicts(self, candidates: list[Candidate]) -> Bool[ndarray, "candidate candidate"]:
        """Which pairs cannot both be there."""
        count = len(candidates)
        table = np.zeros((count, count), bool)
        for i in range(count):
            for j in range(i):
                table[i, j] = table[j, i] = self.overlap(candidates[i], candidates[j]) > OVERLAP
        return table


def candidates_of(structure_index: int, structure: Structure, result: FitResult, round_number: int) -> list[Candidate]:
    """All clusters of a fit as candidates."""
    return [
        Candidate(structure_index, Placed(structure, result.map_from_model(k)), cluster, round_number)
        for k, cluster in enumerate(result.clusters)
    ]
