"""From excesses to p-values and q-values: what wrong candidates reach is learnt from the library itself.

The excess of a wrong candidate (`excess.py`) is the largest of many wrong placements, so it follows an extreme value
distribution (Gumbel). Were the placements independent and their scores exactly exponential, its location would be 0 and
its scale 1. They are neither, so location and scale are fitted to the library's bulk, as homology searches do with
their scores (Pearson, J Mol Biol 276, 71, 1998): candidates above a quantile, where right ones may be, count only as
*above* it (type II censoring: Lawless, Statistical Models and Methods for Lifetime Data, 2003, §5). A p-value averages
over what location and scale may be (posterior predictive), which keeps it honest when the library is small; without
any candidate it is that of the theory with a generous doubt. A trend with the logarithm of the size is taken off first.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

BULK = 0.9  # share of the candidates, from the lowest, whose excess is looked at
FEWEST_FOR_BULK = 8  # candidates: fewer say nothing of their bulk
FEWEST_FOR_TREND = 60  # candidates: fewer do not show a trend with size
MOST_FOR_TREND = 400  # candidates that the trend is measured on: it needs all pairs of them
LOCATION_DOUBT, LOG_SCALE_DOUBT = 1.5, 0.5  # standard deviations about the theory's 0 and log 1
NODES = 25  # of the grid along location and along the logarithm of the scale
REFINEMENTS = 4
FURTHEST = 5.0  # posterior standard deviations that the grid reaches


@dataclass(frozen=True)
class Null:
    """What wrong candidates reach: a Gumbel distribution about a line in log size, known up to the nodes' weights."""

    slope: float  # of the excess with the natural logarithm of the number of atoms
    mean_log_size: float
    location: Float64[ndarray, " node"]
    scale: Float64[ndarray, " node"]
    weight: Float64[ndarray, " node"]  # posterior probability
    candidates: int  # that it was learnt from

    @property
    def middle(self) -> tuple[float, float]:
        """Posterior means of location and scale."""
        return float(self.weight @ self.location), float(self.weight @ self.scale)

    def score(
        self, excess: Float64[ndarray, " candidate"], atoms: Float64[ndarray, " candidate"]
    ) -> Float64[ndarray, " candidate"]:
        """Excess above the location for a candidate of this size, in units of the scale: comparable between sizes."""
        location, scale = self.middle
        return (self._without_trend(excess, atoms) - location) / scale

    def p_values(
        self, excess: Float64[ndarray, " candidate"], atoms: Float64[ndarray, " candidate"]
    ) -> Float64[ndarray, " candidate"]:
        """Probability that a wrong candidate reaches this excess."""
        level = self._without_trend(excess, atoms)[:, None]
        reduced = np.clip((level - self.location) / self.scale, -50, 700)
        return np.clip(-np.expm1(-np.exp(-reduced)) @ self.weight, 0.0, 1.0)

    def _without_trend(
        self, excess: Float64[ndarray, " candidate"], atoms: Float64[ndarray, " candidate"]
    ) -> Float64[ndarray, " candidate"]:
        return excess - self.slope * (np.log(atoms) - self.mean_log_size)


def learn_null(excess: Float64[ndarray, " candidate"], atoms: Float64[ndarray, " candidate"]) -> Null:
    """What wrong candidates reach, learnt from a library in which most candidates are wrong."""
    slope = _trend(excess, np.log(atoms))
    middle = float(np.log(atoms).mean()) if len(atoms) else 0.0
    level = np.sort(excess - slope * (np.log(atoms) - middle))
    seen = int(BULK * len(level)) if len(level) >= FEWEST_FOR_BULK else 0
    location, scale, weight = _posterior(level[:seen], len(level) - seen if seen else 0)
    return Null(slope, middle, location, scale, weight, len(level))


def q_values(p: Float64[ndarray, " candidate"]) -> Float64[ndarray, " candidate"]:
    """Expected share of wrong ones among all that have a p-value as small (Benjamini & Hochberg 1995)."""
    # scipy.stats has it too, and takes seconds to load
    order = np.argsort(p, kind="stable")
    shares = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(shares[::-1])[::-1], 1.0)
    return q


def _trend(excess: Float64[ndarray, " candidate"], log_size: Float64[ndarray, " candidate"]) -> float:
    """Median slope between pairs (Theil & Sen), which right candidates do not disturb; 0 for few or equal ones."""
    if len(excess) < FEWEST_FOR_TREND or np.ptp(log_size) < 0.1:
        return 0.0
    chosen = np.linspace(0, len(excess) - 1, min(len(excess), MOST_FOR_TREND)).astype(int)
    x, y = log_size[chosen], excess[chosen]
    first, second = np.triu_indices(len(chosen), 1)
    run = x[second] - x[first]
    apart = np.abs(run) > 1e-6
    return float(np.median((y[second] - y[first])[apart] / run[apart]))


def _posterior(seen: Float64[ndarray, " candidate"], above: int) -> tuple[ndarray, ndarray, ndarray]:
    """Locations, scales and their probabilities on a grid that closes in on where they can be."""
    centre, reach = np.array([0.0, 0.0]), np.array([4 * LOCATION_DOUBT, 4 * LOG_SCALE_DOUBT])
    if len(seen):
        centre[0] = float(np.median(seen))
        reach[0] = max(reach[0], 4 * float(np.std(seen)))
    for _ in range(REFINEMENTS):
        axes = (np.linspace(c - r, c + r, NODES) for c, r in zip(centre, reach, strict=True))
        location, log_scale = (values.ravel() for values in np.meshgrid(*axes, indexing="ij"))
        log_weight = _log_posterior(location, log_scale, seen, above)
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        centre = np.array([weight @ location, weight @ log_scale])
        spread = np.sqrt([weight @ (location - centre[0]) ** 2, weight @ (log_scale - centre[1]) ** 2])
        step = 2 * reach / (NODES - 1)
        reach = np.minimum(reach, FURTHEST * np.maximum(spread, step / 2))
    kept = weight > 1e-8
    return location[kept], np.exp(log_scale[kept]), weight[kept] / weight[kept].sum()


def _log_posterior(
    location: Float64[ndarray, " node"],
    log_scale: Float64[ndarray, " node"],
    seen: Float64[ndarray, " candidate"],
    above: int,
) -> Float64[ndarray, " node"]:
    """Gumbel log-likelihood of the candidates seen and the number above them, with the theory's prior."""
    prior = -0.5 * (location / LOCATION_DOUBT) ** 2 - 0.5 * (log_scale / LOG_SCALE_DOUBT) ** 2
    if not len(seen):
        return prior
    scale = np.exp(log_scale)
    scales, which = np.unique(scale, return_inverse=True)
    # Σ exp(−(x − location) / scale), factored so that it costs one sum per scale
    low = float(seen[0])
    sums = np.exp(-(seen[None, :] - low) / scales[:, None]).sum(axis=1)[which]
    powers = sums * np.exp(np.clip((location - low) / scale, -700, 600))
    density = -len(seen) * log_scale - (seen.sum() - len(seen) * location) / scale - powers
    reduced = np.clip((float(seen[-1]) - location) / scale, -6.5, 700)
    beyond = np.log(np.maximum(-np.expm1(-np.exp(-reduced)), 1e-300))
    return prior + density + above * beyond
