"""Equal placements, gathered around the best of them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.clusters_numba import gather


@dataclass(frozen=True)
class Grouping:
    """Which poses are equal: for every pose the index of the pose that represents it."""

    representative_of: Int64[ndarray, " pose"]
    representatives: Int64[ndarray, " cluster"]  # best first

    def members(self, representative: int) -> Int64[ndarray, " member"]:
        """Indices of the poses that this one represents, itself included."""
        return np.flatnonzero(self.representative_of == representative)


def group(poses: Poses, value: Float64[ndarray, " pose"], shift: float, angle: float) -> Grouping:
    """Gather poses within `shift` Å and `angle` degrees of a better one.

    The best pose takes all that equal it, then the best of the rest, and so on: the outcome does not depend on the
    order in which the poses come.
    """
    order = np.argsort(-value, kind="stable")
    owner = np.full(len(poses), -1, np.int64)
    least_dot = float(np.cos(np.radians(min(angle, 180.0)) / 2))
    gather(poses.position_xyz[order], poses.orientation_xyzw[order], float(shift), least_dot, owner)
    representative_of = np.empty_like(owner)
    representative_of[order] = order[owner]
    return Grouping(representative_of, order[owner == np.arange(len(owner))])
