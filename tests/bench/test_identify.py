import json
import sys
from pathlib import Path

import pytest

from tests.bench import identify, scan_overhead
from tests.bench.identify import HIDDEN, Cost
from tests.generated import part


def pretend_run(folder: Path, candidates: int, seed: int) -> None:
    """What a finished run leaves."""
    run = folder / f"{candidates}-seed{seed}"
    (run / "with").mkdir(parents=True)
    names = [*HIDDEN, *(f"c{k}" for k in range(candidates - 2))]
    rows = [{"name": name, "rank": k, "p": 1e-9 * k, "q": 1e-8 * k} for k, name in enumerate(names, 1)]
    (run / "with" / "ranking.json").write_text(json.dumps({"candidates": rows}))
    (run / "without.json").write_text(json.dumps({"name": "c0", "p": 0.01, "q": 0.5, "candidates": candidates - 2}))
    identify.write_cost(run, Cost(100.0, 180.0, 200.0, 210.0, done=True))


def test_the_table_has_every_finished_run(tmp_path: Path) -> None:
    for candidates, seed in ((359, 0), (426, 10), (426, 2)):
        pretend_run(tmp_path, candidates, seed)
    (tmp_path / "426-seed3" / "with").mkdir(parents=True)  # has begun
    rows = [line.split(" | ") for line in identify.report(tmp_path).splitlines()[2:]]
    assert [row[0].strip("| ") for row in rows] == ["426, 2", "426, 10", "359, 0"]
    assert rows[0][1:] == ["1 and 2, 2.0e-08", "3e-09, 3e-08", "0.01, 0.5", "100 (180)", "200, 210 (+5.0 %) |"]


def test_the_page_has_a_place_for_the_table() -> None:
    assert part(identify.DOCS, "identify").strip()


def test_the_two_are_in_every_library(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    for name in (*HIDDEN, *(f"A{k}" for k in range(9))):
        (tmp_path / "library" / f"{name}.pdb").touch()
    listed = identify.library_of(tmp_path, 5, tmp_path).read_text().split()
    assert {Path(line).stem for line in listed} == {*HIDDEN, "A0", "A1", "A2"}


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script there")
def test_memory_and_time_of_a_process_are_read_until_it_ends(tmp_path: Path) -> None:
    results = tmp_path / "with" / "results"
    results.mkdir(parents=True)
    (results / "from-before.json").touch()
    cost = Cost(seconds=5.0)
    write = f"[pathlib.Path({str(results)!r}, f'{{k}}.json').touch() for k in range({identify.SETTLED})]"
    program = f"import pathlib, time; time.sleep(1.5); {write}; x = bytearray(50_000_000); time.sleep(2.5)"
    child = identify.psutil.Popen([sys.executable, "-c", program])
    assert identify.watch(child, tmp_path, cost) == 0
    assert identify.read_cost(tmp_path) == cost
    assert cost.done
    assert cost.seconds > 6.0
    assert cost.most_mb > 50


def test_overhead_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan_overhead.main(["--candidates", "20"]) == 0
    words = capsys.readouterr().out.split()
    assert words[0] == "20"
    assert 0 < float(words[2]) < 1000
