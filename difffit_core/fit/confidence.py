"""How far a placement stands out from the wrong ones.

Two questions are asked of every cluster, and the smaller answer counts:

1. Would the wrong placements of this very search have reached the score? Their scores fall off exponentially above
   a threshold (peaks over a threshold: Pickands, Annals of Statistics 3, 119, 1975). Wrong means here: the lower half
   of the distinct placements, which right ones cannot disturb as long as they are the minority.
2. Could the map tell the difference at all? Correlations become normal by Fisher's transformation (both questions are
   asked of transformed values), with a variance of 1 / (n − 3) for n independent density values, as in PowerFit (van
   Zundert & Bonvin, AIMS Biophysics 2, 73, 2015). A molecule has about as many as resolution elements: its volume
   over (resolution / 2)³.
"""

from statistics import NormalDist

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

FEWEST = 8  # distinct placements: fewer do not tell what a wrong one scores
EQUAL = 3e-4  # scores closer than this belong to symmetry copies of one placement, which count once ...
EQUAL_SHARE = 0.01  # ... unless all scores are so close that it is more than this share of their range
LEAST_INDEPENDENT = 4.0  # density values: Fisher's variance needs more than three


def confidence(value: Float64[ndarray, " cluster"], independent: float) -> Float64[ndarray, " cluster"]:
    """Probability (0 to 1) that each placement is not one of the wrong ones.

    `value` are correlations of distinct placements, in any order; `independent` is the number of independent density
    values that a correlation is taken over.
    """
    normal = np.arctanh(np.clip(value, -0.9999, 0.9999))
    background = _distinct(normal)
    if len(background) < FEWEST:
        return np.zeros(len(value))
    low, middle, high = np.quantile(background, [0.25, 0.5, 0.75])
    scale = (middle - low) / np.log(1.5)  # two thirds of the peaks above the first quartile lie above the median
    if scale <= 0:
        return np.zeros(len(value))
    never_reached = (1 - np.exp(-np.maximum(normal - low, 0.0) / scale)) ** (0.75 * len(background))
    return np.minimum(never_reached, _told_apart(normal, float(high), independent))


def independent_values(molecule_volume: float, resolution: float) -> float:
    """Independent density values in a molecule (Å³) at a resolution (Å): one per half a resolution along each axis."""
    return molecule_volume / (resolution / 2) ** 3


def _distinct(value: Float64[ndarray, " cluster"]) -> Float64[ndarray, " place"]:
    """Scores without those of symmetry copies, best first."""
    if not len(value):
        return value
    falling = -np.sort(-value)
    equal = min(EQUAL, EQUAL_SHARE * float(falling[0] - falling[-1]))
    return falling[np.r_[True, -np.diff(falling) > equal]]


def _told_apart(
    normal: Float64[ndarray, " cluster"], reference: float, independent: float
) -> Float64[ndarray, " cluster"]:
    """Probability that a (transformed) correlation is above that of a good wrong placement."""
    deviation = np.sqrt(2 / (max(independent, LEAST_INDEPENDENT) - 3))
    distribution = NormalDist()
    return np.array([distribution.cdf((z - reference) / deviation) for z in normal])
