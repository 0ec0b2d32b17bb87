"""`difffit score` with Q-scores, atom inclusion and a table of residues."""

import json
from pathlib import Path

import pytest

from difffit_core.cli import main
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.q_score import typical_q_score

SAMPLE = load_sample()
COMMON = ["--resolution", str(SAMPLE.resolution), "--level", str(SAMPLE.contour_level), "--quiet"]


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Path:
    """The sample's first chain where it belongs."""
    path = tmp_path_factory.mktemp("score") / "standing.cif"
    first = SAMPLE.structures[0]
    write_placed_structure(path, read_structure(first.path), first.map_from_model[0])
    return path


def test_score_gives_atom_inclusion_and_q_score(standing, capsys):
    assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["scores"]["q_score"] == pytest.approx(typical_q_score(SAMPLE.resolution), abs=0.1)
    assert content["scores"]["atom_inclusion"] == pytest.approx(content["scores"]["fraction_inside"])
    assert "residues" not in content


def test_residues_in_json_average_to_the_whole(standing, capsys):
    assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON, "--json", "--residues"]) == 0
    content = json.loads(capsys.readouterr().out)
    rows = content["residues"]
    atoms = sum(row["atoms"] for row in rows)
    assert atoms == len(read_structure(standing))
    for name, column in (("q_score", "q_score"), ("atom_inclusion", "inclusion"), ("mean_density", "mean_density")):
        mean = sum(row["atoms"] * row[column] for row in rows) / atoms
        assert mean == pytest.approx(content["scores"][name])
    assert set(rows[0]) >= {"chain", "number", "insertion_code", "name", "correlation"}


def test_residues_as_a_table(standing, capsys):
    assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON, "--residues"]) == 0
    lines = capsys.readouterr().out.splitlines()
    blank = lines.index("")
    assert any(line.startswith("q score") and "about 0.55" in line for line in lines[:blank])
    structure = read_structure(standing)
    assert len(lines[blank + 2 :]) == structure.residue_index[-1] + 1
    assert lines[blank + 2].split()[:3] == ["A", str(structure.residue_number[0]), str(structure.residue_name[0])]


def test_without_residues_there_is_no_table(standing, capsys):
    assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("q score")
    assert all(lines)


def test_a_narrower_gaussian_gives_lower_scores(standing, capsys):
    scores = []
    for sigma in ("0.6", "0.4"):
        assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON, "--json", "--q-sigma", sigma]) == 0
        scores.append(json.loads(capsys.readouterr().out)["scores"]["q_score"])
    assert scores[1] < scores[0] - 0.05


def test_a_width_of_nothing_is_refused(standing, capsys):
    assert main(["score", str(SAMPLE.map_path), str(standing), *COMMON, "--q-sigma", "0"]) == 1
    assert "q-sigma must be above 0 Å" in capsys.readouterr().err
