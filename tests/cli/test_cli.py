"""The command line as a user types it, in process: exit codes, sentences, files."""

import json
import re
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.files.checksums import checksum_of
from difffit_core.files.map_files import read_volume, write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()
MAP, CHAIN = SAMPLE.map_path, SAMPLE.structures[0].path
FIT_KEYS = {
    "schema", "version", "created", "command", "map", "structures", "settings", "device", "backend", "seed",
    "seconds", "clusters",
}  # fmt: skip
CLUSTER_KEYS = {"rank", "structure", "hits", "confidence", "scores", "map_from_model", "file"}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "made" / "here"
    command = ["fit", str(MAP), str(CHAIN), "--resolution", str(SAMPLE.resolution), "--preset", "fast", "--top", "3"]
    assert main([*command, "-o", str(folder), "--report", str(folder.parent / "report.html"), "--quiet"]) == 0
    return folder


def test_fit_writes_what_its_contract_says(fitted):
    content = json.loads((fitted / "fits.json").read_text())
    assert set(content) == FIT_KEYS
    assert content["schema"] == "difffit/fits/1"
    assert content["map"]["shape_zyx"] == [100, 100, 100]
    assert content["command"][:2] == ["difffit", "fit"]
    assert {"total", "read", "screen", "climb", "polish", "write"} <= set(content["seconds"])
    assert all(set(cluster) == CLUSTER_KEYS for cluster in content["clusters"])
    assert [cluster["rank"] for cluster in content["clusters"]] == list(range(1, len(content["clusters"]) + 1))


def test_fit_reports_as_a_page(fitted):
    text = (fitted.parent / "report.html").read_text("utf-8")
    assert checksum_of(MAP).sha256 in text
    assert "--preset fast" in text
    best = json.loads((fitted / "fits.json").read_text())["clusters"][0]
    assert f">{best['scores']['correlation_about_mean']:.3f}<" in text


def test_placed_files_hold_the_structure_moved_by_its_matrix(fitted):
    content = json.loads((fitted / "fits.json").read_text())
    original = read_structure(CHAIN).xyz
    assert sorted(p.name for p in (fitted / "placed").iterdir()) == [
        Path(c["file"]).name for c in content["clusters"][:3]
    ]
    for cluster in content["clusters"][:3]:
        matrix = np.array(cluster["map_from_model"])
        placed = read_structure(fitted / cluster["file"]).xyz
        np.testing.assert_allclose(placed, original @ matrix[:, :3].T + matrix[:, 3], atol=2e-3)


def test_the_first_placement_is_a_true_one(fitted):
    content = json.loads((fitted / "fits.json").read_text())
    original = read_structure(CHAIN).xyz
    matrix = np.array(content["clusters"][0]["map_from_model"])
    placed = original @ matrix[:, :3].T + matrix[:, 3]
    true = [original @ t[:, :3].T + t[:, 3] for t in SAMPLE.structures[0].map_from_model]
    assert min(np.sqrt(((placed - t) ** 2).sum(axis=1).mean()) for t in true) < SAMPLE.structures[0].rmsd


def test_the_table_has_a_row_per_cluster(fitted):
    content = json.loads((fitted / "fits.json").read_text())
    rows = (fitted / "clusters.csv").read_text().splitlines()
    assert rows[0].startswith("rank,structure,hits,confidence,correlation_about_mean")
    assert len(rows) == len(content["clusters"]) + 1


def test_nothing_else_is_left_in_the_folder(fitted):
    assert sorted(p.name for p in fitted.iterdir()) == ["clusters.csv", "fits.json", "placed"]


def broken_files(folder: Path) -> dict[str, Path]:
    """One file of every kind that must be refused."""
    volume = read_volume(MAP)
    names = ("truncated.mrc", "text.mrc", "flat.mrc", "nan.mrc", "empty.pdb", "water.pdb", "missing.mrc")
    files = {name.split(".")[0]: folder / name for name in names}
    write_volume(folder / "whole.mrc", volume)
    files["truncated"].write_bytes((folder / "whole.mrc").read_bytes()[:200_000])
    files["text"].write_text("this is not a map\n" * 200)
    with mrcfile.new(files["flat"]) as flat:
        flat.set_data(volume.data[50])
    with mrcfile.new(files["nan"]) as holes:
        holes.set_data(volume.data[:40, :40, :40].copy())
        holes.data[3, 4, 5] = np.nan  # in the file, unseen by mrcfile, which would warn
    files["empty"].write_text("")
    files["water"].write_text("HETATM    1  O   HOH A   1      10.000  10.000  10.000  1.00 20.00           O\n")
    return files


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{missing}", "{chain}"], "does not exist"),
        (["{truncated}", "{chain}"], "truncated.mrc"),
        (["{text}", "{chain}"], "text.mrc"),
        (["{flat}", "{chain}"], "2-D"),
        (["{nan}", "{chain}"], "NaN"),
        (["{map}", "{empty}"], "empty.pdb"),
        (["{map}", "{water}"], "water"),
        (["{map}", "{chain}", "--level", "1e9"], "above the map's maximum"),
        (["{map}", "{chain}", "--resolution", "0"], "resolution must be above 0"),
        (["{map}", "{chain}", "--resolution", "-3"], "resolution must be above 0"),
        (["{map}", "{chain}", "-o", "{whole}/out"], "output folder"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(arguments, says, tmp_path, capfd):
    files = {**broken_files(tmp_path), "map": MAP, "chain": CHAIN, "whole": tmp_path / "whole.mrc"}
    out = tmp_path / "out"
    given = [text.format(**files) for text in arguments]
    code = main(["fit", *given, "--quiet", *([] if "-o" in given else ["-o", str(out)])])
    captured = capfd.readouterr()
    assert code == 1
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1, captured.err
    assert says in captured.err
    assert "Traceback" not in captured.err
    assert not out.exists() or not any(out.iterdir())


@pytest.mark.parametrize("arguments", [["fit"], ["fit", "a.mrc"], ["nonsense"], ["fit", "a", "b", "--preset", "best"]])
def test_wrong_usage_exits_with_two(arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_info_describes_maps_and_structures(capsys):
    assert main(["info", str(MAP), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["kind"] == "map"
    assert facts["shape_zyx"] == [100, 100, 100]
    assert facts["min"] < facts["suggested_level"] < facts["max"]
    assert main(["info", str(CHAIN), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["kind"] == "structure"
    assert facts["chains"][0]["kind"] == "protein"


def test_info_goes_on_after_a_file_it_cannot_read(capsys, tmp_path):
    assert main(["info", str(tmp_path / "none.mrc"), str(CHAIN)]) == 1
    captured = capsys.readouterr()
    assert "does not exist" in captured.err
    assert "centroid" in captured.out


def test_simulate_writes_a_map_that_scores_its_structure_perfectly(tmp_path, capsys):
    out = tmp_path / "simulated.mrc"
    assert main(["simulate", str(CHAIN), "--resolution", "5", "-o", str(out)]) == 0
    assert mrcfile.validate(out)
    capsys.readouterr()
    assert main(["score", str(out), str(CHAIN), "--resolution", "5", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"]["correlation_about_mean"] > 0.99


def test_score_polish_brings_a_shifted_structure_back(tmp_path, capsys):
    out, back = tmp_path / "simulated.mrc", tmp_path / "back.cif"
    assert main(["simulate", str(CHAIN), "--resolution", "5", "-o", str(out)]) == 0
    shifted = read_volume(out)
    write_volume(out, type(shifted)(shifted.data, shifted.voxel_size_xyz, shifted.origin_xyz + [1.0, -0.8, 0.6]))
    capsys.readouterr()
    assert main(["score", str(out), str(CHAIN), "--resolution", "5", "--polish", "-o", str(back), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["moved"] == pytest.approx(np.sqrt(2.0), abs=0.05)
    np.testing.assert_allclose(
        read_structure(back).xyz.mean(axis=0) - read_structure(CHAIN).xyz.mean(axis=0), [1.0, -0.8, 0.6], atol=0.05
    )


def test_simulate_refuses_voxels_too_coarse_for_the_resolution(tmp_path, capsys):
    code = main(["simulate", str(CHAIN), "--resolution", "5", "--voxel-size", "4", "-o", str(tmp_path / "a.mrc")])
    assert code == 1
    assert "cannot hold" in capsys.readouterr().err


def test_doctor_can_be_read_by_people(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^advice +\S", said, re.MULTILINE)
    assert re.search(r"^  map readers +none$", said, re.MULTILINE)
    assert str(Path.home()) not in said


def test_doctor_says_what_this_machine_can_do(capsys):
    assert main(["doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["cores"] >= 1
    assert facts["nanoseconds_per_point"]["numba cpu"]["gradient"] > 0
