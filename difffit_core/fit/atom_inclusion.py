"""Which atoms lie inside the contour, as EMDB's validation reports count them."""

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from difffit_core.data.volume import Volume
from difffit_core.fit.sampling import sample


def atoms_inside(xyz: Float64[ndarray, "atom 3"], volume: Volume, level: float) -> Bool[ndarray, " atom"]:
    """Whether the map, interpolated between its voxels, is above the contour level at each atom (Å).

    EMDB's *atom inclusion* is the share of a model's non-hydrogen atoms of which this is true, and its *residue
    inclusion* the share of a residue's (Wang et al., "Validation analysis of EMDB entries", Acta Cryst. D 78, 542,
    2022). Structures are read without hydrogens, so it is the same number as `fraction_inside` of `score_poses`; the
    one difference is an atom outside of the map, which is never included here, even when the level is negative.
    """
    index = volume.index_from_map(xyz)
    on_grid = ((index >= 0) & (index <= np.array(volume.shape_xyz) - 1)).all(axis=1)
    return np.asarray((sample(volume, xyz) > level) & on_grid)
