"""Splitting models: copies of a chain are one part, domains of a prediction come apart, nothing moves."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import gemmi
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.errors import StructureFileError
from difffit_core.files.pae import Pae, read_pae
from difffit_core.files.samples import load_sample
from difffit_core.files.split_structure import split_chains, split_domains
from difffit_core.files.structure_files import read_structure, structure_of_source

SAMPLE = load_sample()
ALPHA = SAMPLE.structure("A").path


def haemoglobin(names: str = "ABCD", *, bend: float = 0.0) -> Structure:
    """α, β, α, β of the sample in one file, the second α bent in the middle by so many degrees."""
    whole = gemmi.Structure()
    whole.add_model(gemmi.Model(1))
    for name, chain, angle in zip(names, "ABAB", (0, 0, bend, 0), strict=True):
        read = gemmi.read_structure(str(SAMPLE.structure(chain).path))
        read[0][0].name = name
        turn = Rotation.from_euler("x", angle, degrees=True).as_matrix().tolist()
        for residue in read[0][0]:
            if residue.seqid.num > 75:
                for atom in residue:
                    atom.pos = gemmi.Position(*gemmi.Mat33(turn).multiply(atom.pos))
        whole[0].add_chain(read[0][0])
    content = whole.make_pdb_string().encode()
    return structure_of_source(StructureSource(Path("whole.pdb"), content))


def predicted(plddt: np.ndarray) -> Structure:
    """The α chain as a predicted model with this pLDDT per residue."""
    parsed = gemmi.read_structure(str(ALPHA))
    parsed.remove_ligands_and_waters()
    for residue, value in zip(parsed[0][0], plddt, strict=True):
        for atom in residue:
            atom.b_iso = float(value)
    return structure_of_source(StructureSource(Path("model.pdb"), parsed.make_pdb_string().encode()))


def pae_of(groups: list[range], count: int) -> Pae:
    error = np.full((count, count), 25.0, np.float32)
    for group in groups:
        error[np.ix_(group, group)] = 3.0
    return Pae(error, None, Path("pae.json"))


def test_identical_chains_become_one_part_with_its_copies():
    whole = haemoglobin()
    split = split_chains(whole)
    assert [part.copies for part in split.parts] == [("A", "C"), ("B", "D")]
    assert [part.structure.name for part in split.parts] == ["whole_A.cif", "whole_B.cif"]
    for part in split.parts:
        np.testing.assert_allclose(part.structure.xyz, whole.xyz[whole.chain == part.copies[0]], atol=1e-3)
        assert max(part.rmsd) < 0.1
    assert split.left_out == ()


def test_a_chain_in_another_shape_is_a_part_of_its_own():
    split = split_chains(haemoglobin(bend=60.0))
    assert [part.copies for part in split.parts] == [("A",), ("B", "D"), ("C",)]


def test_parts_keep_what_the_file_says(shared_data):
    whole = read_structure(shared_data / "structures/1igy.cif")
    split = split_chains(whole)
    assert split.parts[0].copies == ("A", "C")
    assert "E, F" in split.left_out[0]
    block = gemmi.cif.read_string(split.parts[0].structure.source.content.decode())[0]
    assert block.find_value("_cell.length_a")
    assert set(block.find_values("_atom_site.auth_asym_id")) == {"A"}
    assert block.find_value("_struct.title") is not None


def test_names_of_parts_stay_apart_where_case_is_ignored():
    names = [part.structure.name.lower() for part in split_chains(haemoglobin("ABaD", bend=60.0)).parts]
    assert len(set(names)) == len(names) == 3


def test_domains_and_cut_tails():
    plddt = np.full(140, 90.0)
    plddt[:12] = 40.0
    model = predicted(plddt)
    split = split_domains(model, pae_of([range(70), range(75, 140)], 140))
    assert [part.residues for part in split.parts] == ["A:76-140", "A:13-70"]
    assert [part.structure.name for part in split.parts] == ["model_domain1.cif", "model_domain2.cif"]
    for part, inside in zip(split.parts, [(76, 140), (13, 70)], strict=True):
        chosen = (model.residue_number >= inside[0]) & (model.residue_number <= inside[1])
        np.testing.assert_allclose(part.structure.xyz, model.xyz[chosen], atol=1e-3)
    assert split.left_out == ("In no rigid domain: A:1-12,71-75.",)


def test_without_errors_what_packs_together_is_one_domain_and_what_does_not_is_two():
    plddt = np.full(140, 90.0)
    plddt[70:78], plddt[:5] = 40.0, 40.0
    model = predicted(plddt)
    assert [part.residues for part in split_domains(model).parts] == ["A:6-70,79-140"]
    apart = replace(model, xyz=model.xyz + np.where(model.residue_number > 74, 40.0, 0.0)[:, None])
    split = split_domains(apart)
    assert [part.residues for part in split.parts] == ["A:6-70", "A:79-140"]
    assert split.left_out == ("In no rigid domain: A:1-5,71-78.",)


def test_what_others_have_cut_out_separates_domains_too():
    model = predicted(np.full(140, 90.0))
    kept = np.abs(model.residue_number - 74.0) > 4
    columns = {name: getattr(model, name)[kept] for name in vars(model) if name not in ("source", "residue_index")}
    apart = replace(
        model, **columns | {"xyz": columns["xyz"] + np.where(columns["residue_number"] > 74, 40.0, 0.0)[:, None]}
    )
    assert [part.residues for part in split_domains(apart).parts] == ["A:1-69", "A:79-140"]


def test_chains_are_never_one_domain_where_their_arrangement_is_not_known():
    whole = haemoglobin()
    sure = replace(whole, b_factor=np.full(len(whole), 90.0, np.float32))
    assert [part.copies for part in split_domains(sure).parts] == [("B", "D"), ("A", "C")]


def test_confidence_from_0_to_1_is_understood():
    plddt = np.full(140, 0.9)
    plddt[100:] = 0.3
    (part,) = split_chains(predicted(plddt), plddt=70.0).parts
    assert part.residues == "A:1-100"


def test_equal_domains_of_equal_chains_are_merged_by_tokens_of_alphafold_3():
    whole = haemoglobin()
    confident = whole.source.content.decode().splitlines()
    confident = [line[:60] + " 90.00" + line[66:] if line.startswith("ATOM") else line for line in confident]
    model = structure_of_source(replace(whole.source, content="\n".join(confident).encode()))
    tokens = tuple((chain, n) for chain, count in zip("ABCD", (140, 143) * 2, strict=True) for n in range(1, count + 1))
    edges = np.cumsum([0, 140, 143, 140, 143])
    groups = [range(a, b) for a, b in pairwise(edges)]
    pae = replace(pae_of(groups, 566), tokens=tokens)
    assert sorted(part.copies for part in split_domains(model, pae).parts) == [("A", "C"), ("B", "D")]


@pytest.mark.parametrize(
    ("plddt", "count", "says"), [(90.0, 120, "has 140 residues"), (30.0, 140, "no rigid domain of 30 residues")]
)
def test_what_cannot_be_split_is_one_sentence(plddt, count, says):
    with pytest.raises(StructureFileError, match=says):
        split_domains(predicted(np.full(140, plddt)), pae_of([range(count)], count))


def test_a_model_whose_tail_was_cut_off_finds_its_errors_by_number():
    pae = pae_of([range(70), range(70, 160)], 160)
    assert [part.residues for part in split_domains(predicted(np.full(140, 90.0)), pae).parts] == ["A:1-70", "A:71-140"]


def test_a_real_prediction_comes_apart_at_its_hinge(shared_data):
    model = read_structure(shared_data / "structures/3now_colabfold.pdb")
    split = split_domains(model, read_pae(shared_data / "structures/3now_colabfold_scores_pae.json.gz"))
    assert len(split.parts) == 2
    assert sum(len(part.structure) for part in split.parts) > 0.85 * len(model)
