"""A contour level worth starting from."""

import numpy as np
from jaxtyping import Float, Float32
from numpy import ndarray

from difffit_core.data.volume import Volume

CUBIC_ANGSTROM_PER_DALTON = 1.2
MOST_VALUES = 2_000_000  # levels are quantiles: a regular subset of a large map gives them as well


def suggested_level(volume: Volume, mass_dalton: float | None = None) -> float:
    """Contour level in map units: encloses the molecule's volume when its mass is known, else leaves the noise.

    With a mass, the level encloses 1.2 Å³ per dalton. Without one it is chosen above the solvent: the noise is the
    part of the distribution below its mode, mirrored; masked maps, whose solvent is exactly zero, are judged by
    what is left.
    """
    values = _subset(volume.data)
    if mass_dalton is not None:
        share = mass_dalton * CUBIC_ANGSTROM_PER_DALTON / (volume.voxel_volume * volume.data.size)
        return float(np.quantile(values, 1 - min(share, 0.5)))
    return _level_above_noise(values)


def _subset(data: Float32[ndarray, "z y x"]) -> Float[ndarray, " value"]:
    """At most about two million of the values, taken on a regular coarser grid."""
    step = max(1, round((data.size / MOST_VALUES) ** (1 / 3)))
    return data[::step, ::step, ::step].ravel()


def _level_above_noise(values: Float[ndarray, " value"]) -> float:
    mode, spread = background(values)
    signal = values[values > mode + 3 * spread]
    if len(signal) < 10:
        return float(np.quantile(values, 0.98))
    # halfway between the noise and the bulk of what stands out of it
    return float(0.5 * (mode + 3 * spread) + 0.5 * np.median(signal))


def background(values: Float[ndarray, "*any"]) -> tuple[float, float]:
    """Mode and standard deviation (map units) of the solvent, from the part of the distribution below the mode."""
    flat = np.asarray(values).ravel()
    low, high = np.quantile(flat, [0.001, 0.98])
    if high <= low:
        return float(low), float(flat.std())
    counts, edges = np.histogram(flat, bins=256, range=(float(low), float(high)))
    top = int(counts.argmax())
    mode = float(0.5 * (edges[top] + edges[top + 1]))
    below = flat[flat < mode]
    spread = float(np.sqrt(((below - mode) ** 2).mean())) if len(below) else 0.0
    return mode, spread
