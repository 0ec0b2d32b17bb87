"""Equal placements, gathered around the best of them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from scipy.spatial import cKDTree

from difffit_core.data.poses import Poses, angles_between


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
    tree = cKDTree(poses.position_xyz)
    owner = np.full(len(poses), -1, np.int64)
    representatives = []
    for best in order:
        if owner[best] >= 0:
            continue
        near = np.asarray(tree.query_ball_point(poses.position_xyz[best], shift), np.int64)
        free = near[owner[near] < 0]
        turned = angles_between(poses.orientation_xyzw[free], poses.orientation_xyzw[best][None])
        owner[free[turned <= angle]] = best
        owner[best] = best
        representatives.append(best)
    return Grouping(owner, np.asarray(representatives, np.int64))
