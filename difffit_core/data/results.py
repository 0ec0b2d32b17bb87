"""What a fit finds: scored placements, gathered in clusters."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses


@dataclass(frozen=True)
class Scores:
    """Every metric of one or many poses; `fit.scores.score_poses` defines them."""

    correlation_about_mean: Float64[ndarray, "*pose"]  # around the molecule: what papers call CC
    correlation: Float64[ndarray, "*pose"]
    mean_overlap: Float64[ndarray, "*pose"]
    mean_density: Float64[ndarray, "*pose"]  # map units
    fraction_inside: Float64[ndarray, "*pose"]  # share of atoms above the contour level
    correlation_about_mean_at_atoms: Float64[ndarray, "*pose"]

    def __getitem__(self, chosen: int | slice | ndarray) -> Self:
        return type(self)(*(np.asarray(getattr(self, f.name)[chosen]) for f in fields(self)))

    def judged_by(self, objective: str) -> float:
        """The metric that a fit with this objective ranks a single pose by."""
        return float(self.mean_density if objective == "density" else self.correlation_about_mean)

    def as_dict(self) -> dict[str, float]:
        """The metrics of a single pose as plain numbers, in the order of declaration."""
        return {f.name: float(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True)
class Placements:
    """Distinct poses, the value of each, how many starts arrived there, and which climber each of them is."""

    poses: Poses
    value: Float64[ndarray, " pose"]
    hits: Float64[ndarray, " pose"]
    origin: Int64[ndarray, " pose"]  # index among the poses of the leg of the climb that led here

    @classmethod
    def fresh(
        cls, poses: Poses, value: Float64[ndarray, " pose"], hits: Float64[ndarray, " pose"] | None = None
    ) -> Self:
        """Placements that have not been sorted out yet; one hit each unless told otherwise."""
        return cls(poses, value, np.ones(len(poses)) if hits is None else hits, np.arange(len(poses)))

    def __len__(self) -> int:
        return len(self.poses)

    def __getitem__(self, chosen: ndarray) -> Self:
        return type(self)(self.poses[chosen], self.value[chosen], self.hits[chosen], self.origin[chosen])

    def best(self, count: int) -> Self:
        """The highest values, in falling order."""
        return self[np.argsort(-self.value, kind="stable")[:count]]


@dataclass(frozen=True)
class Cluster:
    """Equal placements: the best one as representative, how many there were, and how sure we are."""

    representative: Poses  # one pose
    members: Poses  # as they were found, before the polish
    hits: int
    scores: Scores  # of the representative
    confidence: float  # 0 to 1
    path: Poses  # what the representative visited, from its start to the end of the polish


@dataclass(frozen=True)
class FitResult:
    """Clusters of one structure in one map, best first, and what was done to find them."""

    clusters: tuple[Cluster, ...]
    climbed: Placements  # everything distinct that the search ended with, for other clusterings
    centroid_xyz: Float64[ndarray, "3"]  # of the structure (Å): poses act about it
    contour_level: float  # map units
    resolution: float  # Å
    backend: str
    device: str
    seconds: dict[str, float]  # by stage; empty when the fit was stopped before its end
    limits: str = ""  # how the search was confined, e.g. `within 5 Å and 10° of a given place`; empty: not at all

    def map_from_model(self, index: int) -> Float64[ndarray, "3 4"]:
        """The matrix that takes the structure file's coordinates to the map's frame, for one cluster."""
        return self.clusters[index].representative.map_from_model(self.centroid_xyz)[0]
