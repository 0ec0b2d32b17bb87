"""Map values at arbitrary places."""

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.sampling_numba import sample_points


def sample(volume: Volume, xyz: Float64[ndarray, "point 3"]) -> Float32[ndarray, " point"]:
    """Trilinear map values at map coordinates (Å); zero outside the grid."""
    out = np.empty(len(xyz), np.float32)
    sample_points(volume.data, volume.index_from_map(xyz), out)
    return out
