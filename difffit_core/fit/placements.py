"""Poses with a value each, on their way to becoming clusters."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.clusters import group


@dataclass(frozen=True)
class Placements:
    """Distinct poses, the value of each, and how many starts arrived there."""

    poses: Poses
    value: Float64[ndarray, " pose"]
    hits: Float64[ndarray, " pose"]

    def best(self, count: int) -> "Placements":
        """The highest values, in falling order."""
        return self[np.argsort(-self.value, kind="stable")[:count]]

    def __getitem__(self, chosen: ndarray) -> "Placements":
        return Placements(self.poses[chosen], self.value[chosen], self.hits[chosen])


def merge(placed: Placements, shift: float, angle: float) -> Placements:
    """One placement for all within `shift` Å and `angle` degrees of a better one; hits add up. Best first."""
    groups = group(placed.poses, placed.value, shift, angle)
    hits = np.bincount(groups.representative_of, placed.hits, minlength=len(placed.poses))
    kept = groups.representatives
    return Placements(placed.poses[kept], placed.value[kept], hits[kept])
