"""`difffit bench` from the command line to its files, on the smallest of cases."""

import json
from pathlib import Path

import pytest

from difffit_core.bench import benchmark
from difffit_core.bench.cases import Case
from difffit_core.bench.growth import run_atoms
from difffit_core.bench.machine_facts import keep_to_cores, machine_facts
from difffit_core.bench.runs import Run
from difffit_core.cli import main
from difffit_core.errors import SettingsError
from tests.bench.reports import a_run


def test_a_small_run_leaves_json_page_and_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {kind: tmp_path / f"bench.{kind}" for kind in ("json", "html", "md")}
    parts = ["--only", "haemoglobin-A", "simulated-10A", "--no-baseline", "--no-growth"]
    files = ["--json", str(names["json"]), "--html", str(names["html"]), "--markdown", str(names["md"])]
    assert main(["bench", *parts, *files]) == 0
    report = json.loads(names["json"].read_text(encoding="utf-8"))
    assert [(case["name"], case["rank"]) for case in report["cases"]] == [("haemoglobin-A", 1), ("simulated-10A", 1)]
    assert 0 < report["evaluate_ns_per_point"]["value"] < report["evaluate_ns_per_point"]["gradient"]
    assert report["machine"]["cores"] >= 1
    assert "haemoglobin-A" in names["html"].read_text(encoding="utf-8")
    assert names["md"].read_text(encoding="utf-8").startswith("# Benchmark")
    assert "2 of 2 ok" in capsys.readouterr().out
    again = tmp_path / "again.md"
    assert main(["bench", "--read", str(names["json"]), "--markdown", str(again)]) == 0
    assert again.read_text(encoding="utf-8") == names["md"].read_text(encoding="utf-8")


def test_an_interrupted_run_keeps_what_it_has_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(case: Case, *_: object) -> Run:
        if case.name != "haemoglobin-A":
            raise KeyboardInterrupt
        return a_run()

    monkeypatch.setattr(benchmark, "run_case", interrupted)
    assert main(["bench", "--json", str(tmp_path / "bench.json")]) == 130
    report = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert report["complete"] is False
    assert [case["name"] for case in report["cases"]] == ["haemoglobin-A"]


@pytest.mark.parametrize("content", ["not json", "[]", '{"schema": "difffit/fits/1"}'])
def test_a_file_that_is_no_run_is_a_sentence(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.json").write_text(content)
    assert main(["bench", "--read", str(tmp_path / "wrong.json")]) == 1
    assert "difffit bench --json" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{}", '{"fit": [{"name": "x"}]}', "nothing"])
def test_a_file_that_lists_no_cases_is_a_sentence(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases.json").write_text(content)
    assert main(["bench", "--cases", str(tmp_path / "cases.json")]) == 1
    assert "is not a list of cases" in capsys.readouterr().err


def test_a_growth_point_is_a_fit_of_its_own(tmp_path: Path) -> None:
    run = run_atoms(1100, tmp_path)
    assert run.error == ""
    assert run.rank == 1
    assert run.fit_seconds is not None
    assert {"read", "screen", "climb", "polish"} <= set(run.stages)


def test_the_machine_is_described_without_its_name() -> None:
    facts = machine_facts()
    assert facts["cores"] >= 1
    assert "numpy" in facts["packages"]
    import platform

    assert platform.node() not in json.dumps(facts)


def test_more_cores_than_there_are_cannot_be_had() -> None:
    with pytest.raises(SettingsError, match="--cores"):
        keep_to_cores(100_000)
