"""`difffit scan` as a user types it."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from difffit_core.cli import main
from tests.cli.test_interrupt import COMMAND
from tests.scan.making import HIDDEN, RESOLUTION, make_library, make_map


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("scan")
    library = make_library(folder / "library", 9)
    (library / "broken.pdb").write_text("nothing")
    options = ["--resolution", str(RESOLUTION), "--preset", "fast", "--device", "cpu"]
    return ["scan", str(make_map(folder / "two.mrc")), str(library), *options]


@pytest.fixture(scope="module")
def scanned(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert main([*arguments, "-o", str(out), "--quiet"]) == 0
    return out


def test_the_folder_holds_what_the_contract_says(scanned):
    assert {p.name for p in scanned.iterdir()} == {"ranking.csv", "ranking.json", "report.html", "results", "scan.json"}
    content = json.loads((scanned / "ranking.json").read_text())
    assert content["schema"] == "difffit/ranking/1"
    assert content["complete"]
    assert content["seconds"]["total"] > 0
    assert {"rank", "path", "atoms", "score", "p", "q", "map_from_model", "scores"} <= set(content["candidates"][0])
    assert {row["name"] for row in content["candidates"][:2]} == set(HIDDEN)
    assert [Path(entry["path"]).name for entry in content["failed"]] == ["broken.pdb"]
    with (scanned / "ranking.csv").open() as stream:
        assert [line["name"] for line in csv.DictReader(stream)][:2] == [
            row["name"] for row in content["candidates"][:2]
        ]


def test_json_on_standard_output_is_the_ranking(scanned, arguments, capsys):
    assert main([*arguments, "-o", str(scanned), "--resume", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "difffit/ranking/1"


def test_the_table_names_the_best_and_what_failed(scanned, arguments, capsys):
    assert main([*arguments, "-o", str(scanned), "--resume"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["rank", "candidate", "atoms"]
    assert lines[1].split()[1] in HIDDEN
    assert "1 could not be searched" in lines[-1]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ([], "--resume"),
        (["--resume", "--seed", "3"], "another map, region or settings"),
        (["--resume", "--region", "ball:1"], "is not a region"),
        (["--resume", "--workers", "0"], "at least 1"),
        (["--resume", "--workers", "1", "--scheduler", "tcp://127.0.0.1:1"], "leave it out"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(extra, says, scanned, arguments, capsys):
    before = (scanned / "ranking.json").read_bytes()
    assert main([*arguments, "-o", str(scanned), *extra]) == 1
    assert says in capsys.readouterr().err
    assert (scanned / "ranking.json").read_bytes() == before


def test_a_library_of_which_nothing_can_be_searched_is_a_sentence_and_fails(arguments, tmp_path, capsys):
    library = tmp_path / "library"
    library.mkdir()
    (library / "broken.pdb").write_text("nothing")
    (library / "empty.pdb").write_bytes(b"")
    out = tmp_path / "out"
    assert main([*arguments[:2], str(library), *arguments[3:], "-o", str(out), "--quiet"]) == 1
    errors = capsys.readouterr().err
    assert "None of the 2 candidates could be searched" in errors
    assert len(errors.splitlines()) == 1
    assert len(json.loads((out / "ranking.json").read_text())["failed"]) == 2


def test_several_maps_have_a_folder_each_and_a_table(arguments, tmp_path, capsys):
    maps = [tmp_path / "first.mrc", tmp_path / "second.mrc"]
    for path in maps:
        path.symlink_to(arguments[1])
    library = make_library(tmp_path / "library", 4)
    (library / "library.csv").write_text("file,description\nblob-03.pdb,the third of them\n")
    out = tmp_path / "out"
    command = ["scan", *map(str, maps), str(library), *arguments[3:], "-o", str(out), "--json", "--quiet"]
    assert main(command) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["maps"] == ["first", "second"]
    assert content["candidates"][0]["name"] == "blob-03"
    assert content["candidates"][0]["description"] == "the third of them"
    for name in content["maps"]:
        ranking = json.loads((out / name / "ranking.json").read_text())
        assert ranking["candidates"][0]["p"] == content["candidates"][0]["maps"][name]["p"]
        assert ranking["candidates"][0]["description"] == "the third of them"
    assert {path.name for path in out.iterdir()} == {"first", "second", "table.csv", "table.html"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals reach other processes differently there")
def test_after_ctrl_c_what_was_found_is_ranked_and_goes_on(arguments, tmp_path):
    command = [*COMMAND, *arguments, "-o", str(tmp_path), "--resume", "--preset", "exhaustive"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("results/blob*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert b"Traceback" not in errors
    if (tmp_path / "ranking.json").exists():
        assert not json.loads((tmp_path / "ranking.json").read_text())["complete"]
    assert main([*arguments, "-o", str(tmp_path), "--resume", "--quiet"]) == 0
    assert json.loads((tmp_path / "ranking.json").read_text())["complete"]


def test_what_became_of_a_library_is_told(tmp_path, capsys):
    models, library = make_library(tmp_path / "models", 3), tmp_path / "library"
    assert main(["library", str(models), "-o", str(library), "--min-residues", "200", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert ": 1, of 3 models." in said
    assert "blob-00.pdb" in said
    assert main(["library", str(models), "-o", str(library), "--min-residues", "900", "--json", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)) == 3
    assert "No candidate could be made" in captured.err
