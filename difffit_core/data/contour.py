"""A contour level worth starting from."""

import numpy as np
from jaxtyping import Float, Float32
from numpy import ndarray

from difffit_core.data.structure import CUBIC_ANGSTROM_PER_DALTON
from difffit_core.data.volume import Volume

MOST_VALUES = 2_000_000  # levels are quantiles: a regular subset of a large map gives them as well


def suggested_level(volume: Volume, mass_dalton: float | None = None) -> float:
    """Contour level in map units: encloses the molecule's volume when its mass is known, else leaves the noise.

    With a mass, the level encloses 1.2 Å³ per dalton. Without one it is half the typical density of what stands
    out of the solvent, and at least three standard deviations of the solvent's noise above it. On five EMDB maps
    that is 0.6 to 1.4 times the level their authors recommend.
    """
    values = subset(volume.data)
    if mass_dalton is not None:
        share = mass_dalton * CUBIC_ANGSTROM_PER_DALTON / (volume.voxel_volume * volume.data.size)
        return float(np.quantile(values, 1 - min(share, 0.5)))
    return _level_above_noise(values)


def subset(data: Float32[ndarray, "z y x"]) -> Float[ndarray, " value"]:
    """At most about two million of the values, taken on a regular coarser grid."""
    step = max(1, round((data.size / MOST_VALUES) ** (1 / 3)))
    return data[::step, ::step, ::step].ravel()


def _level_above_noise(values: Float[ndarray, " value"]) -> float:
    mode, noise = background(values)
    above = values[values > mode].astype(np.float64) - mode
    if not len(above):
        return mode
    # the mean density of what stands out, each voxel weighted by its density: empty box does not count
    typical = float((above**2).sum() / above.sum())
    return mode + max(0.5 * typical, 3 * noise)


def background(values: Float[ndarray, "*any"]) -> tuple[float, float]:
    """Mode and standard deviation (map units) of the solvent, from the part of the distribution up to the mode.

    The solvent of a masked map is a constant: it counts as solvent without noise.
    """
    flat = np.asarray(values, np.float64).ravel()
    low, high = np.quantile(flat, [0.001, 0.98])
    if high - low <= 1e-7 * max(abs(low), abs(high)):
        return float(np.median(flat)), 0.0
    counts, edges = np.histogram(flat, bins=256, range=(float(low), float(high)))
    top = int(counts.argmax())
    within = flat[(flat >= edges[top]) & (flat <= edges[top + 1])]
    mode = float(np.median(within))
    below = flat[flat <= mode]
    return mode, float(np.sqrt(((below - mode) ** 2).mean()))
