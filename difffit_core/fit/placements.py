"""Merging placements that went to the same place."""

import numpy as np

from difffit_core.data.results import Placements
from difffit_core.fit.clusters import group


def merge(placed: Placements, shift: float, angle: float) -> Placements:
    """One placement for all within `shift` Å and `angle` degrees of a better one; hits add up. Best first."""
    groups = group(placed.poses, placed.value, shift, angle)
    hits = np.bincount(groups.representative_of, placed.hits, minlength=len(placed))
    kept = groups.representatives
    return Placements(placed.poses[kept], placed.value[kept], hits[kept], placed.origin[kept])
