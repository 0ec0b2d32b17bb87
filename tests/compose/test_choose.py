from itertools import product

import numpy as np
import pytest

from difffit_core.compose.choose import choose


def by_trying_everything(gain, conflicts, structure, most):
    """The best allowed subset, the slow way."""
    best, value = [], 0.0
    for taken in product([False, True], repeat=len(gain)):
        chosen = np.flatnonzero(taken)
        counts = {k: sum(structure[c] == k for c in chosen) for k in most}
        if conflicts[np.ix_(chosen, chosen)].any() or any(counts[k] > most[k] for k in most):
            continue
        if gain[chosen].sum() > value:
            best, value = [int(k) for k in chosen], gain[chosen].sum()
    return best


@pytest.mark.parametrize("seed", range(20))
def test_choice_is_the_best_of_all_subsets(seed):
    rng = np.random.default_rng(seed)
    count = 10
    gain = rng.uniform(1, 10, count)
    conflicts = np.triu(rng.random((count, count)) < 0.25, 1)
    conflicts |= conflicts.T
    structure = [int(k) for k in rng.integers(0, 3, count)]
    most = {0: 2, 2: 1}
    assert choose(gain, conflicts, structure, most) == by_trying_everything(gain, conflicts, structure, most)


def test_two_good_copies_beat_one_excellent_that_overlaps_both():
    conflicts = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], bool)
    assert choose(np.array([10.0, 6.0, 6.0]), conflicts, [0, 1, 1], {}) == [1, 2]


def test_nothing_to_choose_from_gives_nothing():
    assert choose(np.zeros(0), np.zeros((0, 0), bool), [], {}) == []
