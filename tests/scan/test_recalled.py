"""A scan without the true ones may use the fits of the scan with them: it is as good as a run of its own."""

from dataclasses import replace

import pytest

from difffit_core.events import run
from difffit_core.scan.case import ScanCase
from difffit_core.scan.output_folder import findings_of
from difffit_core.scan.ranking import Ranking
from difffit_core.scan.runners import in_threads
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import FitSettings
from tests.bench.recalled import recalling
from tests.scan.making import HIDDEN, RESOLUTION, excess_by_name, make_library, make_map, pretend
from tests.scan.test_scan_library import library_of

SETTINGS = FitSettings(resolution=RESOLUTION, preset="exhaustive", device="cpu")


def plain(ranking: Ranking) -> list[tuple[object, ...]]:
    """Everything but the time that it took."""
    return [
        (
            row.name,
            row.score,
            row.p,
            row.q,
            row.effort,
            replace(row.judged, seconds=0.0),
            replace(row.best, seconds=0.0),
        )
        for row in ranking.rows
    ]


def test_made_up_fits_recalled_are_a_run_of_its_own(tmp_path):
    """80 candidates: which are promising, and which are drawn by lot, differs without the two."""
    library, case = make_library(tmp_path / "library", 80), ScanCase(make_map(tmp_path / "map.mrc"), SETTINGS)
    others = [source for source in library_of(library) if source.name not in HIDDEN]

    def excess(name: str, preset: str) -> float:
        return excess_by_name(name, preset) + (0.3 if preset == "balanced" else 0.0)

    run(scan_library(library_of(library), case, tmp_path / "all", runner=in_threads(2, pretend(excess))))
    recalled = recalling(tmp_path / "all" / "results", pretend(excess))
    mine = tmp_path / "mine"
    again = run(scan_library(others, case, mine, runner=in_threads(2, recalled)))
    own = run(scan_library(others, case, tmp_path / "own", runner=in_threads(2, pretend(excess))))
    assert plain(again) == plain(own)
    assert [f.attempts.keys() for f in findings_of(mine)] == [f.attempts.keys() for f in findings_of(tmp_path / "own")]


@pytest.mark.slow
def test_real_fits_recalled_are_a_run_of_its_own(tmp_path):
    library, case = make_library(tmp_path / "library", 10), ScanCase(make_map(tmp_path / "map.mrc"), SETTINGS)
    others = [source for source in library_of(library) if source.name not in HIDDEN]
    run(scan_library(library_of(library), case, tmp_path / "all"))
    runner = in_threads(work=recalling(tmp_path / "all" / "results"))
    again = run(scan_library(others, case, tmp_path / "mine", runner=runner))
    own = run(scan_library(others, case, tmp_path / "own"))
    assert plain(again) == plain(own)
    assert again.rows[0].q > 0.05
