import numpy as np
import pytest
from scipy.stats import false_discovery_control, kstest

from difffit_core.scan.significance import learn_null, q_values

LOCATION, SCALE = -1.6, 0.36  # what wrong candidates have in real libraries


def wrong(rng: np.random.Generator, count: int, slope: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Excesses of wrong candidates, and their atoms."""
    atoms = np.exp(rng.uniform(np.log(300), np.log(7000), count))
    return rng.gumbel(LOCATION, SCALE, count) + slope * np.log(atoms / 1500), atoms


@pytest.mark.parametrize("slope", [0.0, 0.4])
def test_p_values_of_wrong_candidates_are_uniform(slope):
    rng = np.random.default_rng(1)
    p = np.concatenate([learn_null(*lib).p_values(*lib) for lib in (wrong(rng, 150, slope) for _ in range(30))])
    assert kstest(p, "uniform").pvalue > 0.01
    assert 0.6 < np.mean(p < 0.01) / 0.01 < 1.5


@pytest.mark.parametrize("count", [1, 2, 5, 8, 20])
def test_p_values_are_not_too_small_in_a_small_library(count):
    rng = np.random.default_rng(2)
    p = np.concatenate(
        [learn_null(*lib).p_values(*lib) for lib in (wrong(rng, count) for _ in range(60 + 300 // count))]
    )
    for level in (0.1, 0.05, 0.01):
        assert np.mean(p < level) < level + 3 * np.sqrt(level / len(p))


def test_hardly_any_library_of_wrong_candidates_has_a_small_q():
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        library = wrong(rng, 80)
        alarms += bool((q_values(learn_null(*library).p_values(*library)) < 0.05).any())
    assert alarms < 0.09 * 200  # 5 %, and three standard deviations


@pytest.mark.parametrize("count", [12, 60, 400])
def test_planted_candidates_are_found_whatever_the_size_of_the_library(count):
    rng = np.random.default_rng(4)
    excess, atoms = wrong(rng, count)
    excess[[2, 5]] = 6.9, 5.0
    q = q_values(learn_null(excess, atoms).p_values(excess, atoms))
    assert (q[[2, 5]] < 0.01).all()
    assert (np.delete(q, [2, 5]) > 0.05).all()


def test_right_candidates_hardly_change_what_is_learnt_from_the_wrong_ones():
    rng = np.random.default_rng(5)
    excess, atoms = wrong(rng, 200)
    alone = learn_null(excess, atoms).p_values(np.array([1.0]), np.array([1500.0]))
    excess[:16] = 8.0
    disturbed = learn_null(excess, atoms).p_values(np.array([1.0]), np.array([1500.0]))
    assert alone[0] < disturbed[0] < 30 * alone[0]  # towards doubt, and of a p-value below 1e-3


def test_a_trend_with_size_is_no_advantage():
    rng = np.random.default_rng(6)
    excess, atoms = wrong(rng, 300, slope=0.5)
    null = learn_null(excess, atoms)
    assert null.slope == pytest.approx(0.5, abs=0.1)
    assert abs(np.corrcoef(null.score(excess, atoms), np.log(atoms))[0, 1]) < 0.15


def test_q_values_are_those_of_benjamini_and_hochberg():
    p = np.random.default_rng(8).beta(0.5, 2, 500)
    np.testing.assert_allclose(q_values(p), false_discovery_control(p))


def test_nothing_is_learnt_from_nothing_and_the_theory_stays():
    null = learn_null(np.zeros(0), np.zeros(0))
    assert null.middle[0] == pytest.approx(0, abs=1e-6)
    assert 1e-4 < null.p_values(np.array([7.0]), np.array([1000.0]))[0] < 0.05
    assert len(q_values(np.zeros(0))) == 0


def test_far_tails_neither_overflow_nor_vanish_too_soon():
    excess, atoms = wrong(np.random.default_rng(7), 300)
    p = learn_null(excess, atoms).p_values(np.array([-500.0, 20.0, 40.0]), np.full(3, 1500.0))
    assert p[0] == pytest.approx(1)
    assert 0 < p[2] < p[1] < 1e-15
