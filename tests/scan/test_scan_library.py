import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.events import RankingChanged, StageStarted, run
from difffit_core.files.structure_files import read_structure
from difffit_core.scan.case import ScanCase, settle
from difffit_core.scan.examine import StoppedError, Task, carry_out
from difffit_core.scan.library import Source, list_library
from difffit_core.scan.output_folder import findings_of
from difffit_core.scan.ranking import Ranking, rank
from difffit_core.scan.runners import in_threads
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import FitSettings
from tests.fit.making import blob, random_pose
from tests.scan.making import HIDDEN, RESOLUTION, excess_by_name, make_library, make_map, pretend

FAST = FitSettings(resolution=RESOLUTION, preset="fast", device="cpu")


@pytest.fixture(scope="module")
def map_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_map(tmp_path_factory.mktemp("map") / "two.mrc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def scanned(map_path: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ranking, Path]:
    out = tmp_path_factory.mktemp("scanned")
    return run(scan_library(library_of(folder), ScanCase(map_path, FAST), out)), out


def library_of(folder: Path) -> tuple[Source, ...]:
    return list_library(folder, folder / "unpacked")


def fake(map_path: Path, folder: Path, out: Path, **options: object):
    preset = str(options.pop("preset", "exhaustive"))
    work = options.pop("work", pretend(excess_by_name))
    case = ScanCase(map_path, replace(FAST, preset=preset))
    return scan_library(library_of(folder), case, out, runner=in_threads(2, work), **options)  # type: ignore[arg-type]


def test_the_hidden_structures_come_first(scanned):
    ranking, _ = scanned
    assert {row.name for row in ranking.rows[:2]} == set(HIDDEN)
    assert ranking.rows[1].q < 0.01
    assert ranking.rows[2].q > 0.05
    assert ranking.complete


def test_the_hidden_structures_stand_where_they_were_put(scanned, folder):
    row = next(row for row in scanned[0].rows if row.name == HIDDEN[0])
    structure = read_structure(folder / f"{HIDDEN[0]}.pdb")
    truth = random_pose(np.array([25.0, 33.0, 30.0]), seed=3)
    original = blob(150 + 30 * 3, seed=3)
    expected = truth.map_from_model(original.centroid_xyz)[0]
    atoms = structure.xyz @ np.array(row.best.map_from_model)[:, :3].T + np.array(row.best.map_from_model)[:, 3]
    wanted = original.xyz @ expected[:, :3].T + expected[:, 3]
    assert np.sqrt(((atoms - wanted) ** 2).sum(axis=1).mean()) < 1.0


def test_every_candidate_has_its_file(scanned, folder):
    _, out = scanned
    assert len(list((out / "results").glob("*.json"))) == len(library_of(folder))
    assert {finding.name for finding in findings_of(out)} == {source.name for source in library_of(folder)}


def test_without_the_hidden_structures_nothing_stands_out(scanned):
    wrong = [finding for finding in findings_of(scanned[1]) if finding.name not in HIDDEN]
    assert min(row.q for row in rank(wrong, FAST.seed).rows) > 0.05


def test_what_is_found_depends_on_neither_order_nor_neighbours(scanned, map_path, folder, tmp_path):
    run(scan_library(library_of(folder)[3::-2], ScanCase(map_path, FAST), tmp_path))
    before = {finding.name: finding for finding in findings_of(scanned[1])}
    for finding in findings_of(tmp_path):
        assert replace(finding.attempts["fast"], seconds=0.0) == replace(
            before[finding.name].attempts["fast"], seconds=0.0
        )


def test_effort_goes_where_it_is_promising(map_path, tmp_path):
    library = make_library(tmp_path / "library", 80)
    searched: list[tuple[str, str]] = []

    def note(name: str, preset: str) -> float:
        searched.append((preset, name))
        return excess_by_name(name, preset)

    events = []
    run(fake(map_path, library, tmp_path / "out", work=pretend(note)), events.append)
    count = {preset: sum(p == preset for p, _ in searched) for preset in ("fast", "balanced", "exhaustive")}
    assert count["fast"] == 80
    assert 30 <= count["balanced"] <= 45  # the lot, and the best
    assert count["exhaustive"] <= 8
    assert {("exhaustive", name) for name in HIDDEN} <= set(searched)
    stages = [event.name for event in events if isinstance(event, StageStarted)]
    assert stages == ["prepare", "read library", "scan fast", "scan balanced", "scan exhaustive"]


def test_what_cannot_be_read_becomes_a_row_with_a_sentence(map_path, folder, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    shutil.copy(folder / "blob-00.pdb", library)
    (library / "empty.pdb").write_bytes(b"")
    (library / "page.pdb").write_text("<html>not found</html>")
    (library / "one.pdb").write_text("ATOM      1  CA  ALA A   1      11.000  12.000  13.000  1.00 10.00           C\n")
    (library / "gone.cif").symlink_to(tmp_path / "nowhere.cif")
    ranking = run(scan_library(library_of(library), ScanCase(map_path, FAST), tmp_path / "out"))
    reasons = {finding.name: finding.reason for finding in ranking.failed}
    assert set(reasons) == {"empty", "page", "one", "gone"}
    assert all(reason.endswith(".") and "Traceback" not in reason for reason in reasons.values())
    assert [row.name for row in ranking.rows] == ["blob-00"]


def test_an_unforeseen_failure_does_not_end_the_scan(map_path, folder, tmp_path, monkeypatch):
    from difffit_core.scan import examine

    def broken(content: object) -> object:
        if content.path.stem == "blob-01":  # type: ignore[attr-defined]
            raise ZeroDivisionError("division by zero")
        return real(content)

    real = examine.structure_of_source
    monkeypatch.setattr(examine, "structure_of_source", broken)
    ranking = run(scan_library(library_of(folder)[:2], ScanCase(map_path, FAST), tmp_path))
    assert [row.name for row in ranking.rows] == ["blob-00"]
    assert [finding.name for finding in ranking.failed] == ["blob-01"]
    assert "ZeroDivisionError" in str(ranking.failed[0].reason)


def test_equal_content_is_searched_once(map_path, folder, tmp_path):
    library = tmp_path / "library"
    shutil.copytree(folder, library)
    shutil.copy(library / "blob-01.pdb", library / "copy.pdb")
    ranking = run(fake(map_path, library, tmp_path / "out"))
    assert [(Path(path).name, name) for path, name in ranking.duplicates] == [("copy.pdb", "blob-01")]
    assert len(ranking.rows) == 12


def counting(work: Callable[..., object], seen: list[str]) -> Callable[..., object]:
    def counted(task, stopped=lambda: False):
        seen.append(f"{task.preset} {task.source.name}")
        return work(task, stopped)

    return counted


def test_a_stopped_scan_goes_on_where_it_was(map_path, folder, tmp_path):
    seen: list[str] = []
    job = fake(map_path, folder, tmp_path, work=counting(pretend(excess_by_name, 0.02), seen))
    for event in job:
        if isinstance(event, RankingChanged):
            break
    job.close()
    before = len(findings_of(tmp_path))
    assert 0 < before < 12
    (tmp_path / "results" / ".blob-00.json.0123abcd.part").write_text("{")
    ranking = run(fake(map_path, folder, tmp_path, resume=True, work=counting(pretend(excess_by_name), seen)))
    assert sorted(seen) == sorted(set(seen))  # nothing was searched twice
    assert len(ranking.rows) == 12
    assert not list((tmp_path / "results").glob(".*"))
    whole = run(fake(map_path, folder, tmp_path / "whole"))
    assert [(row.name, row.p) for row in ranking.rows] == [(row.name, row.p) for row in whole.rows]


def test_stopping_does_not_wait_for_the_candidates_that_are_being_searched(map_path, folder, tmp_path):
    def endless(task, stopped):
        while not stopped():
            time.sleep(0.01)
        raise StoppedError

    job = fake(map_path, folder, tmp_path, work=endless)
    for event in job:
        if isinstance(event, StageStarted) and event.name == "scan fast":
            break
    next(job)
    next(job)
    begun = time.perf_counter()
    job.close()
    assert time.perf_counter() - begun < 5.0  # it would never end
    assert findings_of(tmp_path) == []


def test_a_fit_ends_between_two_of_its_events(map_path, folder, tmp_path):
    source = library_of(folder)[0]
    case = run(settle(ScanCase(map_path, FAST)))
    task = Task(case, source, "fast", tmp_path / "result.json")
    asked: list[None] = []
    with pytest.raises(StoppedError):
        carry_out(task, lambda: bool(asked.append(None)) or len(asked) > 3)
    assert len(asked) == 4
    assert not task.result.exists()


def test_a_changed_file_is_searched_again(map_path, folder, tmp_path):
    library = tmp_path / "library"
    shutil.copytree(folder, library)
    run(fake(map_path, library, tmp_path / "out", preset="fast"))
    shutil.copy(library / "blob-01.pdb", library / "blob-02.pdb")
    (library / "blob-02.pdb").write_text((library / "blob-02.pdb").read_text() + "END\n")
    seen: list[str] = []
    work = counting(pretend(excess_by_name), seen)
    run(fake(map_path, library, tmp_path / "out", preset="fast", resume=True, work=work))
    assert seen == ["fast blob-02"]


def test_more_effort_builds_on_what_was_found(map_path, folder, tmp_path):
    run(fake(map_path, folder, tmp_path, preset="fast"))
    seen: list[str] = []
    run(fake(map_path, folder, tmp_path, resume=True, work=counting(pretend(excess_by_name), seen)))
    assert seen
    assert not any(entry.startswith("fast") for entry in seen)


def test_another_scan_is_never_mixed_in(map_path, folder, tmp_path):
    run(fake(map_path, folder, tmp_path, preset="fast"))
    before = {path: path.read_bytes() for path in (tmp_path / "results").iterdir()}
    with pytest.raises(DiffFitError, match="--resume"):
        run(fake(map_path, folder, tmp_path, preset="fast"))
    other = ScanCase(map_path, replace(FAST, seed=5))
    with pytest.raises(DiffFitError, match="another map, region or settings"):
        run(scan_library(library_of(folder), other, tmp_path, resume=True))
    assert {path: path.read_bytes() for path in (tmp_path / "results").iterdir()} == before


def test_a_folder_with_other_files_is_left_alone(map_path, folder, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "thesis.json").write_text("{}")
    with pytest.raises(DiffFitError, match="belong to no scan"):
        run(fake(map_path, folder, tmp_path))


@pytest.mark.parametrize("settings", [{"preset": "paper"}, {"objective": "density"}])
def test_what_has_no_statistics_is_refused(settings, map_path):
    with pytest.raises(SettingsError, match="ranked by correlation"):
        ScanCase(map_path, FitSettings(**settings))


def test_the_ranking_is_told_while_it_grows(map_path, folder, tmp_path):
    rankings: list[Ranking] = []

    def listen(event: object) -> None:
        if isinstance(event, RankingChanged):
            rankings.append(event.ranking)

    run(fake(map_path, folder, tmp_path, work=pretend(excess_by_name, 0.1)), listen)
    assert len(rankings) >= 3
    assert [len(ranking.rows) for ranking in rankings] == sorted(len(ranking.rows) for ranking in rankings)
    assert [ranking.complete for ranking in rankings] == [False] * (len(rankings) - 1) + [True]


def test_a_thousand_candidates_cost_little_beside_their_fits(map_path, tmp_path):
    library = make_library(tmp_path / "library", 12)
    for k in range(12, 1000):
        (library / f"tiny-{k:04d}.pdb").write_text(f"REMARK {k}\n" + (library / "blob-00.pdb").read_text())
    begun = time.process_time()
    ranking = run(fake(map_path, library, tmp_path / "out", preset="fast", work=pretend(lambda name, _: -1.6)))
    assert len(ranking.rows) == 1000
    assert (time.process_time() - begun) / 1000 < 0.005


def test_scan_json_says_what_was_scanned(scanned):
    _, out = scanned
    content = json.loads((out / "scan.json").read_text())
    assert content["schema"] == "difffit/scan/1"
    assert content["identity"]["settings"]["resolution"] == RESOLUTION
