import numpy as np
import pytest

from difffit_core.fit.confidence import confidence, independent_values

RNG = np.random.default_rng(0)
PLENTY = 1000.0  # independent density values: the map can tell small differences


NONE = np.zeros(0)


def wrong_scores(count: int) -> np.ndarray:
    return np.sort(0.2 + RNG.exponential(0.03, count))[::-1]


def polished_and_others(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best sixty of all scores, and the rest."""
    falling = np.sort(scores)[::-1]
    return falling[:60], falling[60:]


def test_scores_far_above_all_others_are_trusted():
    trust = confidence(*polished_and_others(np.concatenate([[0.7, 0.65], wrong_scores(158)])), PLENTY)
    assert trust[0] > 0.99
    assert trust[1] > 0.99


def test_the_best_of_wrong_placements_is_not_trusted():
    best = [confidence(*polished_and_others(wrong_scores(160)), PLENTY)[0] for _ in range(300)]
    assert 0.4 < np.mean(best) < 0.6  # uniform would be one half
    assert np.mean(np.array(best) > 0.99) <= 0.02


def test_a_difference_that_the_map_cannot_tell_is_not_trusted():
    scores = np.concatenate([[0.75], 0.6 + 0.01 * RNG.exponential(1, 60)])
    more = 0.6 + 0.01 * RNG.exponential(1, 100)
    assert confidence(scores, more, PLENTY)[0] > 0.9
    assert confidence(scores, more, 12.0)[0] < 0.8


def test_symmetry_copies_of_a_wrong_placement_count_once():
    """In a symmetric map every placement comes many times: that makes no better background."""
    places = np.sort(0.5 + 0.02 * RNG.exponential(1, 10))[::-1]
    once = confidence(places, NONE, PLENTY)
    fourteen = confidence(np.repeat(places, 14) + RNG.normal(0, 1e-6, 140), NONE, PLENTY)
    assert fourteen[0] == pytest.approx(once[0], abs=0.02)


def test_copies_of_a_right_placement_do_not_hide_each_other():
    """Fourteen right ones among few clusters: what was not polished still tells what a wrong one scores."""
    scores = np.concatenate([0.757 + 0.0001 * np.arange(14) / 14, wrong_scores(900)])
    assert confidence(*polished_and_others(scores), PLENTY)[0] > 0.95


def test_what_climbed_to_a_right_place_is_no_wrong_one_to_be_compared_with():
    """In a noisy symmetric map each right cluster has a member or two that were not polished and score a bit less."""
    right, wrong = 0.7 + 0.002 * RNG.random(24), wrong_scores(600)
    trust = confidence(np.concatenate([right, wrong[:36]]), np.concatenate([right - 0.003, wrong[36:]]), 60.0)
    assert trust[:24].min() > 0.95
    assert trust[24:].max() < 0.9


@pytest.mark.parametrize("right", [40, 160, 400])
def test_copies_are_trusted_however_many_they_are(right):
    """A shell or a lattice: more right placements than are polished, up to two thirds of all."""
    scores = np.concatenate([RNG.normal(0.75, 0.02, right), wrong_scores(200)])
    polished, others = polished_and_others(scores)
    trust = confidence(polished, others, PLENTY)
    assert trust[:40].min() > 0.99
    assert trust[right + 1 :].max(initial=0.0) < 0.95


def test_a_gap_above_a_few_stragglers_makes_nothing_right():
    for _ in range(100):
        polished, others = polished_and_others(np.concatenate([wrong_scores(160), RNG.normal(0.0, 0.003, 20)]))
        assert np.count_nonzero(confidence(polished, others, PLENTY) > 0.99) <= 1


def test_placements_that_get_better_step_by_step_are_not_two_populations():
    steady = np.linspace(0.2, 0.8, 300)
    assert not (confidence(*polished_and_others(steady), PLENTY) > 0.5).any()


def test_order_does_not_matter_and_confidence_never_rises_down_the_list():
    scores = np.concatenate([[0.5], wrong_scores(40)])
    shuffle = RNG.permutation(len(scores))
    trust = confidence(scores, NONE, PLENTY)
    assert (np.diff(trust) <= 0).all()
    np.testing.assert_allclose(confidence(scores[shuffle], NONE, PLENTY), trust[shuffle])


def test_too_few_alternatives_give_no_confidence():
    assert not confidence(np.array([0.9, 0.1]), NONE, PLENTY).any()
    assert not confidence(np.full(20, 0.3), NONE, PLENTY).any()
    assert not len(confidence(NONE, NONE, PLENTY))


def test_a_large_molecule_at_high_resolution_has_more_independent_values():
    assert independent_values(20_000.0, 4.0) == pytest.approx(2500.0)
    assert independent_values(20_000.0, 20.0) == pytest.approx(20.0)
