"""`difffit compose --split domains`: a prediction whose hinge is bent otherwise than in the map."""

import json
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np
import pytest
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.cli import main
from difffit_core.data.volume import Volume
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.simulate import gaussians_on

SAMPLE = load_sample()
FIRST, LINKER, SECOND = range(1, 141), range(141, 152), range(201, 344)  # residue numbers
RESOLUTION, APART = 7.0, 70.0  # Å


@dataclass(frozen=True)
class Hinged:
    """Two domains of one chain as predicted, and the pose of each in a map in which the hinge is bent otherwise."""

    model: Path
    pae: Path
    map: Path
    truth: tuple[ndarray, ndarray]  # map_from_model of the first and of the second


def predicted_chain() -> gemmi.Structure:
    """The α and the β chain of haemoglobin as one chain, the second far from the first, with an unsure linker."""
    chain = gemmi.Chain("A")
    for name, numbers, place in (("A", FIRST, 0.0), ("B", SECOND, APART)):
        parsed = gemmi.read_structure(str(SAMPLE.structure(name).path))
        parsed.remove_ligands_and_waters()
        shift = np.array([place, 0, 0]) - read_structure(SAMPLE.structure(name).path).centroid_xyz
        for residue, number in zip(parsed[0][0], numbers, strict=True):
            residue.seqid = gemmi.SeqId(number, " ")
            for atom in residue:
                atom.pos = gemmi.Position(*(np.array(atom.pos.tolist()) + shift))
                atom.b_iso = 92.0
            chain.add_residue(residue)
            if number == FIRST[-1]:
                _add_linker(chain)
    structure, model = gemmi.Structure(), gemmi.Model(1)
    model.add_chain(chain)
    structure.add_model(model)
    structure.setup_entities()
    return structure


def _add_linker(chain: gemmi.Chain) -> None:
    for number in LINKER:
        residue, atom = gemmi.Residue(), gemmi.Atom()
        residue.name, residue.seqid = "GLY", gemmi.SeqId(number, " ")
        atom.name, atom.element, atom.b_iso = "CA", gemmi.Element("C"), 35.0
        atom.pos = gemmi.Position(20.0 + 3.5 * (number - LINKER[0]), 0.0, 30.0)
        residue.add_atom(atom)
        chain.add_residue(residue)


@pytest.fixture(scope="module")
def hinged(tmp_path_factory: pytest.TempPathFactory) -> Hinged:
    folder = tmp_path_factory.mktemp("hinged")
    predicted_chain().write_pdb(str(folder / "hinged.pdb"))
    model = read_structure(folder / "hinged.pdb")
    number = model.residue_number
    turned = Rotation.from_euler("zyx", [70, -35, 110], degrees=True).as_matrix()
    centre = model.xyz[number > LINKER[-1]].mean(axis=0)
    place = model.xyz[number < LINKER[0]].mean(axis=0) + [8.0, 30.0, 28.0]
    truth = np.eye(3, 4), np.column_stack([turned, place - turned @ centre])
    grid = Volume(np.zeros((64, 64, 64), np.float32), np.full(3, 2.0), place - [60.0, 75.0, 75.0])
    bent = [model.xyz[here] @ m[:, :3].T + m[:, 3] for here, m in zip(_domains(number), truth, strict=True)]
    weights = np.concatenate([model.element[here] for here in _domains(number)]).astype(np.float64)
    volume = gaussians_on(grid, np.concatenate(bent), weights, RESOLUTION)
    noise = np.random.default_rng(0).normal(0, 0.02 * float(volume.data.max()), volume.data.shape)
    write_volume(folder / "bent.mrc", volume.with_data((volume.data + noise).astype(np.float32)))
    (folder / "hinged_pae.json").write_text(json.dumps([{"predicted_aligned_error": _errors(model).tolist()}]))
    return Hinged(folder / "hinged.pdb", folder / "hinged_pae.json", folder / "bent.mrc", truth)


def _domains(number: ndarray) -> tuple[ndarray, ndarray]:
    return number < LINKER[0], number > LINKER[-1]


def _errors(model) -> ndarray:
    numbers = np.unique(model.residue_number)
    first, second = _domains(numbers)
    same = (first[:, None] & first) | (second[:, None] & second)
    return np.where(same, 3, 25)


def test_each_domain_is_placed_where_the_map_has_it_and_says_where_it_comes_from(hinged, tmp_path, capsys):
    folder = tmp_path / "out"
    command = ["compose", str(hinged.map), str(hinged.model), "--resolution", f"{RESOLUTION}", "--preset", "fast"]
    split = ["--split", "domains", "--pae", str(hinged.pae), "--symmetry", "none"]
    assert main([*command, *split, "--quiet", "-o", str(folder)]) == 0
    content = json.loads((folder / "assembly.json").read_text())
    by_residues = {copy["from"]["residues"]: copy for copy in content["copies"]}
    assert len(content["copies"]) == len(by_residues) == 2
    printed = capsys.readouterr().out
    for residues, copy in by_residues.items():
        assert copy["from"]["chains"] == ["A"]
        assert Path(copy["from"]["path"]) == hinged.model
        assert f"{residues} of hinged.pdb" in printed
        part, matrix = read_structure(copy["path"]), np.array(copy["map_from_model"])
        truth = hinged.truth[0 if part.residue_number.max() < LINKER[0] else 1]
        away = part.xyz @ (matrix - truth)[:, :3].T + (matrix - truth)[:, 3]
        assert np.sqrt((away**2).sum(axis=1).mean()) < 2.0
        assert not set(part.residue_number.tolist()) & set(LINKER)  # what is not sure is cut off


def test_a_prediction_is_split_without_its_errors(hinged, tmp_path, capsys):
    assert main(["split", str(hinged.model), "--domains", "--json", "-o", str(tmp_path / "out")]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [part["residues"] for part in content["parts"]] == ["A:201-343", "A:1-140"]
    assert content["left_out"] == ["In no rigid domain: A:141-151."]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--pae", "x.json"], "--pae is for --split domains"),
        (["--split", "chains", "--pae", "PAE"], "are for rigid domains"),
        (["--split", "domains", "--pae", "PAE", "--pae", "PAE"], "one file for each structure"),
    ],
)
def test_errors_that_belong_to_nothing_are_refused_in_words(hinged, options, says, tmp_path, capsys):
    options = [str(hinged.pae) if option == "PAE" else option for option in options]
    assert main(["compose", str(hinged.map), str(hinged.model), *options, "-o", str(tmp_path / "out")]) == 1
    assert says in capsys.readouterr().err
