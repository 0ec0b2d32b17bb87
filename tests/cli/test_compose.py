"""`difffit compose` as a user types it."""

import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()
CHAINS = [SAMPLE.structure(name).path for name in ("A", "B")]
COMMAND = ["compose", str(SAMPLE.map_path), *map(str, CHAINS), "--resolution", str(SAMPLE.resolution), "--quiet"]


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose") / "out"
    assert main([*COMMAND, "--copies", "A=2,B=2", "-o", str(folder)]) == 0
    return folder


def test_the_folder_holds_assembly_remaining_map_and_table(composed):
    assert sorted(p.name for p in composed.iterdir()) == ["assembly.cif", "assembly.json", "remaining.mrc"]
    assert mrcfile.validate(composed / "remaining.mrc")


def test_assembly_json_says_what_its_contract_says(composed):
    content = json.loads((composed / "assembly.json").read_text())
    assert content["schema"] == "difffit/assembly/1"
    assert content["symmetry"]["group"] == "C2"
    assert sorted(copy["structure"] for copy in content["copies"]) == [0, 0, 1, 1]
    assert content["left_out"] == []
    assert 0.5 < content["explained_fraction"] <= 1
    assert len(content["rounds"]) == 1  # all requested copies were placed


def test_the_assembly_holds_every_copy_under_a_chain_name_of_its_own(composed):
    content = json.loads((composed / "assembly.json").read_text())
    chains = [copy["chain"] for copy in content["copies"]]
    assert len(set(chains)) == 4
    for copy in content["copies"]:
        original, matrix = read_structure(copy["path"]).xyz, np.array(copy["map_from_model"])
        placed = read_structure(composed / "assembly.cif", chains=copy["chain"].split(",")).xyz
        np.testing.assert_allclose(placed, original @ matrix[:, :3].T + matrix[:, 3], atol=2e-3)


@pytest.mark.parametrize(
    ("copies", "says"), [("X=2", "the structures are A, B"), ("A=none", "how many"), ("A=0", "how many")]
)
def test_wrong_numbers_of_copies_are_refused_before_anything_is_computed(copies, says, tmp_path, capsys):
    assert main([*COMMAND, "--copies", copies, "-o", str(tmp_path)]) == 1
    assert says in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
