"""`difffit split` as a user types it."""

import json

import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()
ALPHA = SAMPLE.structure("A").path


def test_chains_are_written_with_a_table(tmp_path, capsys):
    assert main(["split", str(ALPHA), "-o", str(tmp_path / "parts")]) == 0
    assert "A_A.cif" in capsys.readouterr().out
    assert sorted(p.name for p in (tmp_path / "parts").iterdir()) == ["A_A.cif", "split.json"]
    content = json.loads((tmp_path / "parts/split.json").read_text())
    assert content["schema"] == "difffit/split/1"
    assert content["parts"][0]["copies"] == 1
    part = read_structure(tmp_path / "parts/A_A.cif")
    np.testing.assert_allclose(part.xyz, read_structure(ALPHA).xyz, atol=1e-3)


def test_domains_need_the_errors_of_the_same_model(tmp_path, capsys):
    pae = tmp_path / "pae.json"
    pae.write_text(json.dumps({"pae": np.ones((999, 999)).tolist()}))
    few = tmp_path / "few.json"
    few.write_text(json.dumps({"pae": [[0, 1], [1, 0]]}))
    assert main(["split", str(ALPHA), "--pae", str(few)]) == 1
    assert "choose the file that belongs to this model" in capsys.readouterr().err
    assert main(["split", str(ALPHA), "--pae", str(pae), "--plddt", "0", "--json"]) == 0
    (part,) = json.loads(capsys.readouterr().out)["parts"]
    assert part["file"] == "A_domain1.cif"


def test_a_segment_of_a_map_can_be_searched_by_itself(tmp_path, capsys):
    folder = tmp_path / "segments"
    assert main(["split", str(SAMPLE.map_path), "--segments", "4", "-o", str(folder), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [segment["label"] for segment in content["segments"]] == [1, 2, 3, 4]
    labels = read_volume(folder / "segments.mrc")
    assert set(np.unique(labels.data)) == {0, 1, 2, 3, 4}
    region = f"segment:{folder / 'segments.mrc'}:1"
    command = ["fit", str(SAMPLE.map_path), str(ALPHA), "--resolution", "3.2", "--region", region, "--json", "--quiet"]
    assert main(command) == 0
    best = json.loads(capsys.readouterr().out)["clusters"][0]
    matrix = np.array(best["map_from_model"])
    stands = read_structure(ALPHA).centroid_xyz @ matrix[:, :3].T + matrix[:, 3]
    distance = [np.linalg.norm(stands - segment["centre_xyz"]) for segment in content["segments"]]
    assert np.argmin(distance) == 0


@pytest.mark.parametrize(
    ("file", "options", "says"),
    [
        (SAMPLE.map_path, ["--plddt", "70"], "--plddt is for splitting a structure"),
        (ALPHA, ["--segments", "3"], "--segments is for splitting a map"),
        (ALPHA, ["--plddt", "170"], "from 0 to 100"),
        (ALPHA, ["--pae-limit", "5"], "needs --pae"),
        (SAMPLE.map_path, ["--segments", "0"], "at least 1"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(file, options, says, capsys):
    assert main(["split", str(file), *options]) == 1
    assert says in capsys.readouterr().err
