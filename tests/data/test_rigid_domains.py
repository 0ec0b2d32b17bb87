"""Rigid domains: what is sure relative to each other stays together, hinges and tails do not join it."""

import numpy as np

from difffit_core.data.rigid_domains import LONGEST_GAP, SHORTEST_RUN, rigid_domains, sure_stretches

ONE_CHAIN = np.zeros(200, np.int64)
SURE = np.ones(200, bool)


def errors(groups: list[range], far: float = 25.0, near: float = 4.0, count: int = 200, seed: int = 0) -> np.ndarray:
    """Predicted aligned errors (Å): small within each group, large elsewhere, neither exact nor symmetric."""
    error = np.full((count, count), far)
    for group in groups:
        error[np.ix_(group, group)] = near
    return (error + np.random.default_rng(seed).uniform(0, 3, error.shape)).astype(np.float32)


def test_two_domains_and_the_linker_between_them():
    domain = rigid_domains(errors([range(10, 100), range(115, 190)]), SURE, ONE_CHAIN)
    assert set(domain[10:100]) == {0}
    assert set(domain[115:190]) == {1}
    assert set(domain[:10]) | set(domain[100:115]) | set(domain[190:]) == {-1}


def test_a_domain_may_be_interrupted_by_another_one():
    inserted = errors([[*range(60), *range(120, 200)], range(64, 116)])
    domain = rigid_domains(inserted, SURE, ONE_CHAIN)
    assert set(domain[:60]) == set(domain[120:]) == {0}
    assert set(domain[64:116]) == {1}


def test_a_hinge_over_which_few_residues_are_sure_does_not_join_what_it_connects():
    hinged = errors([range(100), range(100, 200)])
    hinged[90:110, 90:110] = 3.0
    domain = rigid_domains(hinged, SURE, ONE_CHAIN)
    assert set(domain[:90]) == {0} or set(domain[:90]) == {1}
    assert not set(domain[:90]) & set(domain[110:])


def test_unsure_residues_are_cut_but_for_short_loops():
    sure = SURE.copy()
    sure[:20] = False
    sure[60 : 60 + LONGEST_GAP] = False
    sure[120:140] = False
    domain = rigid_domains(errors([range(200)]), sure, ONE_CHAIN)
    assert set(domain[:20]) == set(domain[120:140]) == {-1}
    assert set(domain[20:120]) == set(domain[140:]) == {0}


def test_domains_reach_over_chains_and_closed_gaps_do_not():
    sure = SURE.copy()
    sure[98:102] = False
    chain = (np.arange(200) >= 100).astype(np.int64)
    domain = rigid_domains(errors([range(200)]), sure, chain)
    assert set(domain[:98]) == set(domain[102:]) == {0}
    assert set(domain[98:102]) == {-1}


def test_an_unsure_model_has_none():
    assert set(rigid_domains(errors([]), SURE, ONE_CHAIN)) == {-1}
    assert set(rigid_domains(errors([range(200)]), np.zeros(200, bool), ONE_CHAIN)) == {-1}


def test_stretches_of_sure_residues_keep_their_loops_and_lose_crumbs():
    sure = SURE.copy()
    sure[:30] = sure[50 : 50 + LONGEST_GAP] = sure[100:150] = False
    sure[120 : 120 + SHORTEST_RUN - 1] = True
    kept = sure_stretches(sure, ONE_CHAIN)
    np.testing.assert_array_equal(np.flatnonzero(~kept), [*range(30), *range(100, 150)])
