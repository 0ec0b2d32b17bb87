"""Which candidates become copies: the set that explains most and in which nothing overlaps."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array


def choose(
    gain: Float64[ndarray, " candidate"],
    conflicts: Bool[ndarray, "candidate candidate"],
    structure: list[int],
    most: Mapping[int, int],
) -> list[int]:
    """Indices of the candidates with the largest summed gain, no two in conflict, at most `most` of a structure.

    A mixed-integer program, solved to optimality by HiGHS: the choice depends on no order, and pseudo-symmetric
    chains end up where both fit best.
    """
    count = len(gain)
    if count == 0:
        return []
    constraints = [rule for rule in (_no_conflict(conflicts), _limits(structure, most)) if rule is not None]
    found = milp(-gain, integrality=np.ones(count, np.int64), bounds=Bounds(0, 1), constraints=constraints)
    if found.x is None:  # all candidates may be left out, so there is always a solution; only time could run out
        raise RuntimeError(f"choosing among {count} candidates failed: {found.message}")
    return [int(k) for k in np.flatnonzero(found.x > 0.5)]


def _no_conflict(conflicts: Bool[ndarray, "candidate candidate"]) -> LinearConstraint | None:
    first, second = np.nonzero(np.triu(conflicts, 1))
    if len(first) == 0:
        return None
    row = np.arange(len(first))
    entries = coo_array(
        (np.ones(2 * len(first)), (np.r_[row, row], np.r_[first, second])), shape=(len(first), len(conflicts))
    )
    return LinearConstraint(entries, ub=1)


def _limits(structure: list[int], most: Mapping[int, int]) -> LinearConstraint | None:
    limited = sorted(most)
    if not limited:
        return None
    rows = np.array([[float(s == k) for s in structure] for k in limited])
    return LinearConstraint(rows, ub=np.array([most[k] for k in limited], float))
