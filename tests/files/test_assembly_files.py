"""Assemblies: every copy where it belongs, every chain under a name of its own."""

import json

import gemmi
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from difffit_core.data.placed import Placed
from difffit_core.errors import StructureFileError
from difffit_core.files.assembly_files import (
    AssemblyCopy,
    assembly_as_dict,
    write_assembly,
    write_assembly_json,
    write_copies,
)
from difffit_core.files.chain_names import unique_chain_names
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()


@pytest.fixture(scope="module")
def copies() -> list[AssemblyCopy]:
    """α, α, β, β of haemoglobin, where they belong."""
    made = []
    for sample in SAMPLE.structures[:2]:
        structure = read_structure(sample.path)
        for number, matrix in enumerate(sample.map_from_model, 1):
            placed = Placed(structure, matrix)
            made.append(AssemblyCopy(placed, f"{sample.path.stem} {number}", {"correlation": 0.5}, 0.99, note="ok"))
    return made


def placed_at_random(structure, count: int) -> list[AssemblyCopy]:
    turns = Rotation.random(count, rng=np.random.default_rng(0)).as_matrix()
    shifts = np.random.default_rng(1).uniform(-200, 200, (count, 3))
    return [AssemblyCopy(Placed(structure, np.column_stack([t, s])), "x") for t, s in zip(turns, shifts, strict=True)]


@pytest.mark.parametrize("name", ["assembly.cif", "assembly.pdb", "assembly.cif.gz"])
def test_every_copy_is_where_it_was_placed_under_a_name_of_its_own(tmp_path, copies, name):
    names = write_assembly(tmp_path / name, copies)
    new = [chain for mapping in names for chain in mapping.values()]
    assert len(set(new)) == len(new) == 4
    for copy, mapping in zip(copies, names, strict=True):
        read = read_structure(tmp_path / name, chains=list(mapping.values()))
        np.testing.assert_allclose(read.xyz, copy.placed.xyz, atol=2e-3)
        np.testing.assert_array_equal(read.residue_number, copy.placed.structure.residue_number)
        np.testing.assert_array_equal(read.secondary_structure, copy.placed.structure.secondary_structure)


def test_copies_of_one_sequence_share_an_entity_and_labels_agree(tmp_path, copies):
    names = write_assembly(tmp_path / "a.cif", copies)
    structure = gemmi.read_structure(str(tmp_path / "a.cif"))
    polymers = [entity for entity in structure.entities if entity.entity_type == gemmi.EntityType.Polymer]
    assert sorted(len(entity.subchains) for entity in polymers) == [2, 2]
    haem = [entity for entity in structure.entities if entity.entity_type == gemmi.EntityType.NonPolymer]
    assert [len(entity.subchains) for entity in haem] == [4]
    block = gemmi.cif.read(str(tmp_path / "a.cif")).sole_block()
    labels = {}
    for label, author, entity in block.find("_atom_site.", ["label_asym_id", "auth_asym_id", "label_entity_id"]):
        assert labels.setdefault(label, (author, entity)) == (author, entity)
    assert {author for author, _ in labels.values()} == {chain for mapping in names for chain in mapping.values()}
    assert set(labels) == set(block.find_values("_struct_asym.id"))
    serials = list(block.find_values("_atom_site.id"))
    assert len(set(serials)) == len(serials)


def test_a_complex_keeps_its_chains_apart_in_every_copy(tmp_path):
    whole = read_structure(SAMPLE.structures[2].path)
    two = placed_at_random(whole, 2)
    first, second = write_assembly(tmp_path / "a.cif", two)
    assert all(old == new for old, new in first.items())
    assert not set(first.values()) & set(second.values())
    read = read_structure(tmp_path / "a.cif")
    assert len(read) == 2 * len(whole)


def test_more_than_62_chains_get_names_of_two_letters_and_pdb_says_no(tmp_path):
    many = placed_at_random(read_structure(SAMPLE.structures[0].path), 70)
    names = write_assembly(tmp_path / "a.cif", many)
    new = [next(iter(mapping.values())) for mapping in names]
    assert len(set(new)) == 70
    assert new[0] == "A"
    assert {len(name) for name in new[:62]} == {1}
    assert {len(name) for name in new[62:]} == {2}
    last = read_structure(tmp_path / "a.cif", chains=[new[-1]])
    np.testing.assert_allclose(last.xyz, many[-1].placed.xyz, atol=2e-3)
    with pytest.raises(StructureFileError, match=r"70 chains.*choose the format cif"):
        write_assembly(tmp_path / "a.pdb", many)
    assert not (tmp_path / "a.pdb").exists()


def test_an_assembly_too_far_away_for_pdb_is_a_sentence(tmp_path, copies):
    far = AssemblyCopy(Placed(copies[0].placed.structure, np.column_stack([np.eye(3), [2e4, 0, 0]])), "far")
    with pytest.raises(StructureFileError, match="choose the format cif"):
        write_assembly(tmp_path / "a.pdb", [far])


def test_nothing_to_write_is_a_sentence(tmp_path):
    with pytest.raises(StructureFileError, match="accept a placement first"):
        write_assembly(tmp_path / "a.cif", [])


@pytest.mark.parametrize("file_format", ["cif", "pdb"])
def test_one_file_per_copy(tmp_path, copies, file_format):
    paths = write_copies(tmp_path / "copies", copies, format=file_format)
    assert [path.name for path in paths] == [f"{n:02d}_{c}.{file_format}" for n, c in enumerate("AABB", 1)]
    for path, copy in zip(paths, copies, strict=True):
        np.testing.assert_allclose(read_structure(path).xyz, copy.placed.xyz, atol=2e-3)


def test_assembly_json_says_where_each_copy_is(tmp_path, copies):
    names = write_assembly(tmp_path / "assembly.cif", copies)
    write_assembly_json(tmp_path / "assembly.json", assembly_as_dict(copies, names, explained_fraction=0.9))
    content = json.loads((tmp_path / "assembly.json").read_text("utf-8"))
    assert content["schema"] == "difffit/assembly/1"
    assert content["explained_fraction"] == 0.9
    assert [copy["structure"] for copy in content["copies"]] == [0, 0, 1, 1]
    for entry, copy in zip(content["copies"], copies, strict=True):
        read = read_structure(tmp_path / "assembly.cif", chains=[entry["chain"]])
        matrix = np.array(entry["map_from_model"])
        own = copy.placed.structure.xyz @ matrix[:, :3].T + matrix[:, 3]
        np.testing.assert_allclose(read.xyz, own, atol=2e-3)
    assert {"rounds", "symmetry", "left_out", "seconds", "copies"} <= set(content)


def test_names_are_kept_by_whoever_uses_them_first():
    assert unique_chain_names([["A"], ["A", "B"], ["C"]]) == [{"A": "A"}, {"A": "D", "B": "B"}, {"C": "C"}]


def test_all_awkward_structures_make_assemblies_that_can_be_read(tmp_path, shared_data):
    manifest = json.loads((shared_data / "structures" / "manifest.json").read_text())
    entries = manifest if isinstance(manifest, list) else list(manifest.get("files", manifest))
    read = 0
    for entry in entries:
        path = shared_data / "structures" / (entry["file"] if isinstance(entry, dict) else entry)
        if not path.is_file() or path.stat().st_size > 3_000_000:
            continue
        try:
            structure = read_structure(path)
        except StructureFileError:
            continue
        write_assembly(tmp_path / "a.cif", placed_at_random(structure, 2))
        again = read_structure(tmp_path / "a.cif")
        assert len(again) == 2 * len(structure), path.name
        read += 1
    assert read > 5
