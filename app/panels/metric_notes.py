"""What is usual for each metric, in words."""

from difffit_core.data.results import Cluster

Q_SLOPE, Q_START = -0.178, 1.119  # mean Q-score of deposited models against resolution (Pintilie et al. 2020)
EQUAL = 0.02  # difference of correlations that means nothing
FINE, COARSE = 5.0, 10.0  # Å


def usual_correlation(resolution: float) -> str:
    """Of right and wrong placements, correlation about the mean.

    Figures of `python -m tests.bench.confidence`: the least of 99 right first placements, and what 19 of 20 of the
    402 controls stay below. At 10 Å and worse controls reached 0.69.
    """
    if resolution < FINE:
        return "right from 0.41, wrong to 0.21"
    if resolution < COARSE:
        return "right from 0.5, wrong to 0.5"
    return "wrong ones, too, reach 0.7 here"


def usual_q_score(resolution: float) -> str:
    """Mean Q-score of deposited models at this resolution."""
    if resolution > 8.0:
        return "says nothing beyond 8 Å"
    return f"models at {resolution:.3g} Å: about {max(0.0, Q_SLOPE * resolution + Q_START):.2f}"


def usual(key: str, resolution: float) -> str:
    """What one may expect of a metric at this resolution (Å); empty where no rule holds."""
    match key:
        case "correlation_about_mean":
            return usual_correlation(resolution)
        case "correlation":
            return "high in any dense place"
        case "correlation_about_mean_at_atoms":
            return "compare with other clusters"
        case "mean_overlap" | "mean_density":
            return "compare with other clusters"
        case "fraction_inside":
            return "depends on the level: compare"
        case "hits":
            return "easy to find, not: right"
        case "q_score":
            return usual_q_score(resolution)
    return ""


def verdict(cluster: Cluster, following: Cluster | None) -> str:
    """One sentence on how far the placement can be trusted."""
    if cluster.confidence >= 0.9:
        trust = "Stands out: no wrong placement is expected to score as high."
    elif cluster.confidence >= 0.5:
        trust = "Likely, but look at it: a wrong placement could score as high."
    else:
        trust = "Not to be trusted by its score: other places are about as good."
    return f"{trust} {lead(cluster, following)}".strip()


def lead(cluster: Cluster, following: Cluster | None) -> str:
    """How far the placement is ahead of the next one."""
    if following is None:
        return ""
    gap = float(cluster.scores.correlation_about_mean - following.scores.correlation_about_mean)
    if abs(gap) < EQUAL:
        return "The next cluster correlates as well: in a symmetric map that is another copy."
    return f"Its correlation is {abs(gap):.3f} {'above' if gap > 0 else 'below'} that of the next cluster."
