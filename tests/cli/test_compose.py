"""`difffit compose` as a user types it."""

import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.data.placed import Placed
from difffit_core.files.assembly_files import AssemblyCopy, write_assembly
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
    assert content["stopped"] == "All copies that were asked for are placed."
    assert content["rounds"][0]["explained_fraction"] > 0.5
    assert sorted(map(sorted, content["symmetry"]["orbits"])) == [[0, 1], [2, 3]]
    assert content["symmetry"]["asymmetric_unit"] == [0, 2]


def test_alternatives_are_told_in_words_and_as_places(composed):
    copies = json.loads((composed / "assembly.json").read_text())["copies"]
    alternatives = [other for copy in copies for other in copy["alternatives"]]
    assert alternatives  # the two chains resemble each other: each stands out in the other's places too
    for other in alternatives:
        assert "could also" in other["text"]
        assert np.array(other["map_from_model"]).shape == (3, 4)


def test_the_assembly_holds_every_copy_under_a_chain_name_of_its_own(composed):
    content = json.loads((composed / "assembly.json").read_text())
    chains = [copy["chain"] for copy in content["copies"]]
    assert len(set(chains)) == 4
    for copy in content["copies"]:
        original, matrix = read_structure(copy["path"]).xyz, np.array(copy["map_from_model"])
        placed = read_structure(composed / "assembly.cif", chains=copy["chain"].split(",")).xyz
        np.testing.assert_allclose(placed, original @ matrix[:, :3].T + matrix[:, 3], atol=2e-3)


def whole_molecule(folder: Path) -> Path:
    """All four chains in one file that lies somewhere else."""
    copies = []
    for name in ("A", "B"):
        structure = read_structure(SAMPLE.structure(name).path)
        for matrix in SAMPLE.structure(name).map_from_model:
            moved = np.column_stack([matrix[:, :3], matrix[:, 3] + [400.0, -300.0, 200.0]])
            copies.append(AssemblyCopy(Placed(structure, moved), name))
    write_assembly(folder / "whole.cif", copies)
    return folder / "whole.cif"


def test_a_whole_model_is_taken_apart_and_its_chains_placed_as_often_as_they_occur(tmp_path):
    folder = tmp_path / "out"
    command = ["compose", str(SAMPLE.map_path), str(whole_molecule(tmp_path)), "--resolution", str(SAMPLE.resolution)]
    assert main([*command, "--split", "chains", "--quiet", "-o", str(folder)]) == 0
    content = json.loads((folder / "assembly.json").read_text())
    assert sorted(copy["structure"] for copy in content["copies"]) == [0, 0, 1, 1]
    assert content["stopped"] == "All copies that were asked for are placed."
    stands = []
    for copy in content["copies"]:
        part = read_structure(copy["path"])  # parts are written beside the assembly
        assert Path(copy["path"]).parent == folder / "parts/whole"
        matrix = np.array(copy["map_from_model"])
        stands.append(part.centroid_xyz @ matrix[:, :3].T + matrix[:, 3])
    for name in ("A", "B"):
        centroid = read_structure(SAMPLE.structure(name).path).centroid_xyz
        for matrix in SAMPLE.structure(name).map_from_model:
            true = centroid @ matrix[:, :3].T + matrix[:, 3]
            assert np.linalg.norm(np.array(stands) - true, axis=1).min() < 1.0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--symmetry", "X9"], "no symmetry that DiffFit knows"),
        (["--symmetry", "file"], "No structure has assembly records"),
        (["--symmetry", "D5"], "does not show the symmetry D5"),
    ],
)
def test_symmetry_that_is_not_there_is_one_sentence(options, says, tmp_path, capsys):
    assert main([*COMMAND, *options, "-o", str(tmp_path / "out")]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("copies", "says"), [("X=2", "the structures are A, B"), ("A=none", "how many"), ("A=0", "how many")]
)
def test_wrong_numbers_of_copies_are_refused_before_anything_is_computed(copies, says, tmp_path, capsys):
    assert main([*COMMAND, "--copies", copies, "-o", str(tmp_path)]) == 1
    assert says in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
