import numpy as np
import pytest

from difffit_core.errors import FitError
from difffit_core.scan.excess import excess_above


def correlations(count: int, scale: float, seed: int) -> np.ndarray:
    """Of wrong placements, with an exponential fall-off."""
    return np.tanh(0.05 + np.random.default_rng(seed).exponential(scale, count))


def test_the_excess_does_not_depend_on_how_high_wrong_placements_score():
    of_large = [excess_above(np.tanh(0.05 + 0.01 * 10), correlations(200, 0.01, k), "large").excess for k in range(100)]
    of_small = [excess_above(np.tanh(0.05 + 0.04 * 10), correlations(200, 0.04, k), "small").excess for k in range(100)]
    assert np.mean(of_large) == pytest.approx(np.mean(of_small), abs=0.3)
    assert np.mean(of_large) == pytest.approx(10 - np.log(200), abs=0.8)  # equal scores count once


def test_searching_harder_is_no_advantage():
    def best_of(count: int, seed: int) -> float:
        values = np.sort(correlations(count, 0.02, seed))
        return excess_above(values[-1], values[:-1], "any").excess

    few, many = ([best_of(count, k) for k in range(200)] for count in (150, 1500))
    assert np.mean(few) == pytest.approx(np.mean(many), abs=0.7)  # of a spread of 1.2


def test_other_copies_do_not_spoil_the_yardstick():
    wrong = correlations(200, 0.02, 1)
    alone = excess_above(0.6, wrong, "any")
    among_copies = excess_above(0.6, np.concatenate([wrong, np.linspace(0.58, 0.6, 12)]), "any")
    assert among_copies.excess > 0.6 * alone.excess
    assert among_copies.gap < 0.1 * alone.gap  # while the gap says that there is another place as good


@pytest.mark.parametrize(("wrong", "says"), [(np.linspace(0.1, 0.2, 5), "too few"), (np.full(60, 0.2), "too few")])
def test_too_few_places_are_a_sentence(wrong, says):
    with pytest.raises(FitError, match=says):
        excess_above(0.5, wrong, "A.pdb")
