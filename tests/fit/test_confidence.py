import numpy as np

from difffit_core.fit.confidence import confidence

RNG = np.random.default_rng(0)


def wrong_scores(count: int) -> np.ndarray:
    return np.sort(0.2 + RNG.exponential(0.03, count))[::-1]


def test_a_score_far_above_all_others_is_trusted():
    trust = confidence(np.concatenate([[0.7, 0.69], wrong_scores(58)]))
    assert trust[0] > 0.99
    assert trust[1] > 0.99


def test_the_best_of_wrong_placements_is_not_trusted():
    best = [confidence(wrong_scores(60))[0] for _ in range(300)]
    assert np.mean(best) < 0.65  # uniform would be one half
    assert np.mean(np.array(best) > 0.99) < 0.1


def test_confidence_never_rises_down_the_list():
    trust = confidence(np.concatenate([[0.5], wrong_scores(40)]))
    assert (np.diff(trust) <= 0).all()


def test_too_few_alternatives_give_no_confidence():
    assert not confidence(np.array([0.9, 0.1])).any()
    assert not confidence(np.full(20, 0.3)).any()
