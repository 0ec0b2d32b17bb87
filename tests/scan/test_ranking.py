import csv
import io

import numpy as np
import pytest

from difffit_core.scan.finding import Finding, read_finding, write_finding
from difffit_core.scan.ranking import best, drawn_by_lot, promising, rank
from difffit_core.scan.ranking_files import ranking_as_dict, ranking_csv
from difffit_core.scan.report import answer, page_of
from tests.scan.making import attempt

SCAN = {
    "map_path": "maps/<b>.mrc",
    "identity": {"map_sha256": "0", "region": [], "exclude": [], "settings": {"resolution": 5.0, "level": 0.1}},
}


def findings(count: int = 100, seed: int = 0) -> dict[str, Finding]:
    """Wrong candidates but for the first two, and one that could not be read."""
    rng = np.random.default_rng(seed)
    excess = rng.gumbel(-1.6, 0.36, count)
    excess[:2] = 6.0, 5.0
    made = [Finding(f"c{k:03d}", f"lib/c{k:03d}.pdb", "", 500, {"fast": attempt(e)}) for k, e in enumerate(excess)]
    broken = Finding("broken", "lib/broken.pdb", "", 0, {}, "broken.pdb is empty; <download> it again.")
    return {finding.name: finding for finding in [*made, broken]}


def with_second_search(known: dict[str, Finding], chosen: frozenset[str], seed: int = 9) -> dict[str, Finding]:
    """The chosen ones searched harder, where wrong candidates reach other excesses."""
    rng = np.random.default_rng(seed)
    again = dict(known)
    for name in sorted(chosen):
        excess = 7.0 if name in ("c000", "c001") else float(rng.gumbel(-2.4, 0.3))
        attempts = {**known[name].attempts, "balanced": attempt(excess)}
        again[name] = Finding(name, known[name].path, "", 500, attempts)
    return again


def test_the_planted_ones_come_first_and_the_broken_one_is_told():
    ranking = rank(findings().values(), seed=0, complete=True)
    assert [row.name for row in ranking.rows[:2]] == ["c000", "c001"]
    assert [row.rank for row in ranking.rows] == list(range(1, 101))
    assert ranking.rows[1].q < 0.01 < 0.05 < ranking.rows[2].q
    assert [finding.name for finding in ranking.failed] == ["broken"]


def test_the_order_of_the_findings_does_not_matter():
    known = findings()
    assert rank(known.values(), 0).rows == rank(list(known.values())[::-1], 0).rows


def test_a_second_search_is_judged_by_controls_that_were_drawn_by_lot():
    known = findings(400)
    chosen = promising(known, seed=0)
    lot = drawn_by_lot([n for n, f in known.items() if f.attempts], seed=0)
    assert {"c000", "c001"} | lot <= chosen
    assert len(chosen) < 0.3 * len(known)
    ranking = rank(with_second_search(known, chosen).values(), seed=0)
    assert [null.candidates for null in ranking.nulls] == [400, len(lot)]
    assert {row.name for row in ranking.rows[:2]} == {"c000", "c001"}
    assert ranking.rows[1].q < 0.01 < 0.05 < ranking.rows[2].q


def test_until_the_controls_are_there_the_first_search_counts():
    known = findings(400)
    lot = drawn_by_lot([n for n, f in known.items() if f.attempts], seed=0)
    first = {row.name: row.p for row in rank(known.values(), seed=0).rows}
    partly = with_second_search(known, frozenset({"c000", *sorted(lot)[:5]}))
    assert {row.name: row.p for row in rank(partly.values(), seed=0).rows} == first


def test_choosing_by_the_first_search_does_not_make_p_values_too_small():
    small = trials = 0
    for seed in range(12):
        known = findings(300, seed)
        del known["c000"], known["c001"]
        ranking = rank(with_second_search(known, promising(known, seed), seed).values(), seed)
        small += sum(row.p < 0.02 for row in ranking.rows)
        trials += len(ranking.rows)
    assert small / trials < 0.02 * 1.35


def test_the_third_search_takes_significance_away_and_never_gives_any():
    known = findings(400)
    twice = with_second_search(known, promising(known, seed=0))
    attempts = {**twice["c005"].attempts, "balanced": attempt(1.5)}  # it happened to find few places
    twice["c005"] = Finding("c005", "lib/c005.pdb", "", 500, attempts)
    before = {row.name: row for row in rank(twice.values(), seed=0).rows}
    assert before["c005"].q < 0.05
    thrice = dict(twice)
    for name, excess in (("c000", 9.0), ("c001", 6.5), ("c005", -2.2)):
        attempts = {**twice[name].attempts, "exhaustive": attempt(excess)}
        thrice[name] = Finding(name, twice[name].path, "", 500, attempts)
    after = {row.name: row for row in rank(thrice.values(), seed=0).rows}
    assert after["c005"].p > 0.05
    assert after["c005"].judged.excess == -2.2
    assert after["c000"].p == before["c000"].p
    assert before["c001"].p < after["c001"].p < 1e-6
    assert all(after[name].p >= row.p for name, row in before.items())
    assert best(thrice, seed=0) == best(twice, seed=0)  # whoever goes on chooses the same


def test_the_lot_does_not_depend_on_the_order_and_changes_with_the_seed():
    names = [f"n{k}" for k in range(200)]
    assert drawn_by_lot(names, 1) == drawn_by_lot(names[::-1], 1) != drawn_by_lot(names, 2)


def test_only_few_get_the_hardest_search():
    chosen = best(findings(2000), seed=0)
    assert {"c000", "c001"} <= chosen
    assert len(chosen) <= 8


def test_a_ranking_of_nothing_is_a_ranking():
    ranking = rank([], seed=0)
    assert ranking.rows == ()
    content = ranking_as_dict(ranking, command=(), scan=SCAN, seconds={"total": 0.0})
    assert "No candidate stands out" in page_of(content)


def test_a_finding_survives_its_file_and_a_torn_file_is_none(tmp_path):
    finding = findings()["c000"]
    write_finding(tmp_path / "c000.json", finding)
    assert read_finding(tmp_path / "c000.json") == finding
    (tmp_path / "torn.json").write_bytes((tmp_path / "c000.json").read_bytes()[:100])
    assert read_finding(tmp_path / "torn.json") is None
    assert read_finding(tmp_path / "missing.json") is None


def test_the_table_holds_every_candidate_and_why_the_others_are_not_there():
    content = ranking_as_dict(rank(findings().values(), 0), command=("difffit",), scan=SCAN, seconds={"total": 1.0})
    lines = list(csv.DictReader(io.StringIO(ranking_csv(content))))
    assert len(lines) == 101
    assert lines[0]["name"] == "c000"
    assert float(lines[0]["q"]) == pytest.approx(content["candidates"][0]["q"], rel=1e-5)
    assert "download" in lines[-1]["reason"]


def test_the_report_is_one_page_that_needs_nothing_else_and_runs_nothing():
    ranking = rank(findings().values(), 0, complete=True)
    page = page_of(ranking_as_dict(ranking, command=("difffit",), scan=SCAN, seconds={"total": 1.0}))
    assert "2 candidates stand out" in page
    assert page.count("<svg") == 3
    assert page.count("<circle") == 300
    for forbidden in ("<script", "http://", "https://", "src=", "<b>.mrc", "<download>"):
        assert forbidden not in page


def test_the_answer_says_when_the_scan_was_stopped():
    content = ranking_as_dict(rank(findings().values(), 0), command=(), scan=SCAN, seconds={"total": 1.0})
    assert answer(content).startswith("The scan was stopped")
