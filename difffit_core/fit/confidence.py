"""How far a placement stands out from the wrong ones."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

LARGEST_SHARE_RIGHT = 0.5  # at most this share of the distinct placements may be right ones


def confidence(value: Float64[ndarray, " cluster"]) -> Float64[ndarray, " cluster"]:
    """Probability that none of the wrong placements would have reached each value (0 to 1).

    `value` are the scores of distinct placements, best first. Those of wrong placements fall off exponentially
    above their median (peaks over a threshold, Pickands 1975); the fall-off is measured on the lower half of the
    peaks, which the right placements cannot disturb as long as they are the minority. With N wrong placements the
    best of them stays below x with probability (1 − e^{−(x−u)/β})^N.
    """
    count = len(value)
    if count < 8:
        return np.zeros(count)  # too few alternatives to tell
    low, middle = np.quantile(value, [0.25, 0.5])
    scale = (middle - low) / np.log(1.5)  # two thirds of the peaks above the first quartile lie above the median
    if scale <= 0:
        return np.zeros(count)
    tail = np.exp(-np.maximum(value - low, 0.0) / scale)
    return np.asarray((1 - np.minimum(tail, 1.0)) ** (0.75 * count), np.float64)
