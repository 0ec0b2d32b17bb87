"""How far a placement stands out from the wrong ones.

Two questions are asked of every cluster, and the smaller answer counts:

1. Would the wrong placements of this very search have reached the score? The scores of all distinct placements, not
   only of those that became clusters, fall off exponentially above a threshold (peaks over a threshold: Pickands,
   Annals of Statistics 3, 119, 1975). The fall-off is measured between two quantiles below the best tenth, which right
   placements do not disturb as long as they are fewer; that it is known from a few scores only makes the predicted
   tail a Lomax distribution (Geisser, Predictive Inference, 1993, §3.2). Where they are more, as in a large shell, they
   are a population of their own: what lies above the widest gap between scores is left out of the wrong ones when
   even the lowest of it stands out from the rest.
2. Could the map tell the difference at all? Correlations become normal by Fisher's transformation (both questions are
   asked of transformed values), with a variance of 1 / (n − 3) for n independent density values, as in PowerFit (van
   Zundert & Bonvin, AIMS Biophysics 2, 73, 2015). A molecule has about as many as resolution elements: its volume
   over (resolution / 2)³.
"""

from math import erf, sqrt

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

FEWEST = 8  # distinct placements: fewer do not tell what a wrong one scores
THRESHOLD, UPPER = 0.7, 0.9  # quantiles of the distinct placements between which the fall-off is measured
GOOD_WRONG = 0.75  # quantile of the distinct clusters: what a good wrong placement scores
FEW = 0.05  # of the distinct placements: right ones that do not disturb the fall-off
STANDS_APART = 0.99  # confidence in the lowest of those above the widest gap that makes them another population
GAPS = 3  # the widest ones, that are looked at
LEAST_WRONG = 0.25  # of the distinct placements that have to be below the gap: a few stragglers prove nothing
EQUAL = 3e-4  # scores closer than this belong to symmetry copies of one placement, which count once ...
EQUAL_SHARE = 0.005  # ... unless that is more than this share of the range of the middle half
LEAST_INDEPENDENT = 4.0  # density values: Fisher's variance needs more than three


def confidence(
    value: Float64[ndarray, " cluster"], others: Float64[ndarray, " placement"], independent: float
) -> Float64[ndarray, " cluster"]:
    """Probability (0 to 1) that each placement is not one of the wrong ones.

    `value` are the correlations of the clusters, in any order, `others` those of the distinct placements that climbed
    and were not polished; `independent` is the number of independent density values that a correlation is taken over.
    """
    normal = fisher(value)
    background = distinct(np.concatenate([normal, fisher(others)]))
    if len(background) < FEWEST:
        return np.zeros(len(value))
    apart = population_apart(background)
    clusters = distinct(normal[normal <= background[apart]])
    good_wrong = float(np.quantile(clusters if len(clusters) else background[[apart]], GOOD_WRONG))
    # nothing is left out without need: a single one may after all be the best of the wrong ones
    wrong = background[apart:] if apart > FEW * len(background) else background
    return np.minimum(_never_reached(normal, wrong), _told_apart(normal, good_wrong, independent))


def population_apart(background: Float64[ndarray, " place"]) -> int:
    """How many of the best lie above the widest gap of which even the lowest above is none of the rest; else none.

    A gap may be the widest because of a single placement in the middle, so the next ones are looked at, too.
    """
    most = len(background) - max(FEWEST, int(np.ceil(LEAST_WRONG * len(background))))
    if most < 1:
        return 0
    for gap in np.argsort(np.diff(background[: most + 1]))[:GAPS]:
        lowest, rest = background[gap : gap + 1], background[gap + 1 :]
        if _never_reached(lowest, rest)[0] >= STANDS_APART:
            return int(gap) + 1
    return 0


def independent_values(molecule_volume: float, resolution: float) -> float:
    """Independent density values in a molecule (Å³) at a resolution (Å): one per half a resolution along each axis."""
    return molecule_volume / (resolution / 2) ** 3


def fisher(correlation: Float64[ndarray, " placement"]) -> Float64[ndarray, " placement"]:
    """Fisher's transformation."""
    return np.arctanh(np.clip(correlation, -0.9999, 0.9999))


def _never_reached(
    normal: Float64[ndarray, " cluster"], background: Float64[ndarray, " place"]
) -> Float64[ndarray, " cluster"]:
    """Probability that none of as many wrong placements as there are would score so high."""
    low, high = np.quantile(background, [THRESHOLD, UPPER])
    scale = (high - low) / np.log((1 - THRESHOLD) / (1 - UPPER))
    if scale <= 0:
        return np.zeros(len(normal))
    known_from = (UPPER - THRESHOLD) * len(background)
    reached = (1 + np.maximum(normal - low, 0.0) / scale / known_from) ** -known_from
    return np.asarray((1 - reached) ** ((1 - THRESHOLD) * len(background)))


def distinct(value: Float64[ndarray, " cluster"]) -> Float64[ndarray, " place"]:
    """Scores without those of symmetry copies, best first."""
    if not len(value):
        return value
    falling = -np.sort(-value)
    equal = min(EQUAL, EQUAL_SHARE * float(np.subtract(*np.quantile(value, [0.75, 0.25]))))
    return falling[np.r_[True, -np.diff(falling) > equal]]


def _told_apart(
    normal: Float64[ndarray, " cluster"], reference: float, independent: float
) -> Float64[ndarray, " cluster"]:
    """Probability that a (transformed) correlation is above that of a good wrong placement."""
    deviation = sqrt(2 / (max(independent, LEAST_INDEPENDENT) - 3))
    return np.array([_normal_distribution((z - reference) / deviation) for z in normal])


def _normal_distribution(z: float) -> float:
    """Probability that a standard normal value is below z; `statistics` would take 20 ms to load for it."""
    return 0.5 * (1 + erf(z / sqrt(2)))
