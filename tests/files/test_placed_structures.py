"""A placed structure is the whole input file, moved."""

import gzip
from pathlib import Path

import gemmi
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from difffit_core.errors import StructureFileError
from difffit_core.files.placed_structures import (
    unique_placed_name,
    write_placed_structure,
    write_placed_structures,
)
from difffit_core.files.structure_files import read_structure
from tests.files.pdb_making import AWKWARD_CIF, AWKWARD_PDB, MAP_FROM_MODEL, many_atoms

IDENTITY = np.eye(3, 4)
SHORT_CIF = AWKWARD_CIF.replace("LongName", "A")


def saved(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def moved(xyz: np.ndarray) -> np.ndarray:
    return xyz @ MAP_FROM_MODEL[:, :3].T + MAP_FROM_MODEL[:, 3]


def everything(path: Path) -> list[tuple[object, ...]]:
    """All atoms of all models with everything but where they are."""
    return [
        (model.num, chain.name, str(residue.seqid), residue.name, atom.name, atom.altloc, atom.occ, atom.b_iso)
        for model in gemmi.read_structure(str(path))
        for chain in model
        for residue in chain
        for atom in residue
    ]


def positions(path: Path) -> np.ndarray:
    return np.array([cra.atom.pos.tolist() for model in gemmi.read_structure(str(path)) for cra in model.all()])


@pytest.mark.parametrize("placed", ["placed.cif", "placed.pdb"])
@pytest.mark.parametrize(("text", "name"), [(AWKWARD_PDB, "given.pdb"), (SHORT_CIF, "given.cif")])
def test_every_atom_of_every_model_moves_and_nothing_is_lost(tmp_path: Path, text: str, name: str, placed: str) -> None:
    given = saved(tmp_path, text, name)
    write_placed_structure(tmp_path / placed, read_structure(given), MAP_FROM_MODEL)
    assert everything(tmp_path / placed) == everything(given)
    assert positions(tmp_path / placed) == pytest.approx(moved(positions(given)), abs=6e-4)


@pytest.mark.parametrize("placed", ["placed.cif", "placed.pdb"])
@pytest.mark.parametrize(("text", "name"), [(AWKWARD_PDB, "given.pdb"), (SHORT_CIF, "given.cif")])
def test_anisotropic_displacements_turn_with_the_atoms(tmp_path: Path, text: str, name: str, placed: str) -> None:
    structure = read_structure(saved(tmp_path, text, name))
    write_placed_structure(tmp_path / placed, structure, MAP_FROM_MODEL)
    alpha = gemmi.read_structure(str(tmp_path / placed))[0]["A"][0]["CA"][0]
    u = np.array([[0.1, 0.01, 0.02], [0.01, 0.2, 0.03], [0.02, 0.03, 0.3]])
    rotation = MAP_FROM_MODEL[:, :3]
    assert np.array(alpha.aniso.as_mat33().tolist()) == pytest.approx(rotation @ u @ rotation.T, abs=1e-4)


@pytest.mark.parametrize("placed", ["placed.cif", "placed.pdb"])
@pytest.mark.parametrize(("text", "name"), [(AWKWARD_PDB, "given.pdb"), (SHORT_CIF, "given.cif")])
def test_the_identity_changes_no_coordinate(tmp_path: Path, text: str, name: str, placed: str) -> None:
    given = saved(tmp_path, text, name)
    write_placed_structure(tmp_path / placed, read_structure(given), IDENTITY)
    assert positions(tmp_path / placed).tolist() == positions(given).tolist()


@pytest.mark.parametrize("name", ["given.pdb", "given.cif"])
def test_assembly_operators_build_the_same_assembly(tmp_path: Path, name: str) -> None:
    """Moving the assembly is the same as assembling the moved copy."""
    given = saved(tmp_path, AWKWARD_PDB if name.endswith("pdb") else AWKWARD_CIF, name)
    write_placed_structure(tmp_path / f"placed_{name}", read_structure(given), MAP_FROM_MODEL)
    point = np.array([[11.0, 12.0, 13.0]])
    rotation, shift = np.diag([-1.0, -1.0, 1.0]), np.array([20.0, 40.0, 0.0])
    operator = second_operator(tmp_path / f"placed_{name}")
    partner_then_moved = moved(point @ rotation.T + shift)
    moved_then_partner = moved(point) @ operator[:, :3].T + operator[:, 3]
    assert moved_then_partner == pytest.approx(partner_then_moved, abs=1e-3)


def second_operator(path: Path) -> np.ndarray:
    if path.suffix == ".pdb":
        lines = [line for line in path.read_text().splitlines() if "BIOMT" in line and line[22] == "2"]
        return np.array([[float(word) for word in line.split()[4:]] for line in lines])
    block = gemmi.cif.read(str(path))[0]
    tags = [t for r in "123" for t in (*(f"matrix[{r}][{c}]" for c in "123"), f"vector[{r}]")]
    return np.array([float(x) for x in block.find("_pdbx_struct_oper_list.", tags)[1]]).reshape(3, 4)


def test_metadata_stay_and_the_crystal_does_not(tmp_path: Path) -> None:
    write_placed_structure(
        tmp_path / "placed.cif", read_structure(saved(tmp_path, AWKWARD_CIF, "given.cif")), MAP_FROM_MODEL
    )
    block = gemmi.cif.read(str(tmp_path / "placed.cif"))[0]
    assert block.name == "9ABC"
    assert gemmi.cif.as_string(block.find_value("_my_notes.text")) == "kept as it is"
    assert block.find_value("_cell.length_a") == "1.000"
    assert gemmi.cif.as_string(block.find_value("_symmetry.space_group_name_H-M")) == "P 1"
    write_placed_structure(
        tmp_path / "placed.pdb", read_structure(saved(tmp_path, AWKWARD_PDB, "given.pdb")), MAP_FROM_MODEL
    )
    text = (tmp_path / "placed.pdb").read_text()
    assert "ALTLOCS, INSERTION CODES" in text
    assert "CONECT    9    1" in text
    assert "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1" in text
    assert "SCALE1" not in text
    assert text.endswith("END\n")


@pytest.mark.parametrize("placed", ["placed.cif", "placed.pdb"])
@pytest.mark.parametrize(("text", "name"), [(AWKWARD_PDB, "given.pdb"), (SHORT_CIF, "given.cif")])
def test_only_the_chains_asked_for_are_written(tmp_path: Path, text: str, name: str, placed: str) -> None:
    given = saved(tmp_path, text, name)
    write_placed_structure(tmp_path / placed, read_structure(given, chains=["B"]), MAP_FROM_MODEL)
    assert everything(tmp_path / placed) == [entry for entry in everything(given) if entry[1] == "B"]
    assert len(gemmi.read_structure(str(tmp_path / placed)).helices) == 0
    assert read_structure(tmp_path / placed).chain.tolist() == ["B"]


def test_long_chain_names_need_mmcif(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_CIF, "given.cif"))
    write_placed_structure(tmp_path / "placed.cif", structure, MAP_FROM_MODEL)
    assert set(read_structure(tmp_path / "placed.cif").chain) == {"LongName", "B"}
    with pytest.raises(StructureFileError, match="choose the format cif"):
        write_placed_structure(tmp_path / "placed.pdb", structure, MAP_FROM_MODEL)
    assert not (tmp_path / "placed.pdb").exists()
    short = read_structure(tmp_path / "given.cif", chains=["B"])
    write_placed_structure(tmp_path / "placed.pdb", short, MAP_FROM_MODEL)
    assert set(read_structure(tmp_path / "placed.pdb").chain) == {"B"}


def test_more_atoms_than_pdb_can_count_are_written_in_hybrid_36(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, many_atoms(100_050), "many.cif"))
    write_placed_structure(tmp_path / "placed.pdb", structure, IDENTITY)
    assert "HETATMA0000" in (tmp_path / "placed.pdb").read_text()
    again = read_structure(tmp_path / "placed.pdb")
    assert np.array_equal(again.xyz, structure.xyz)
    assert np.array_equal(again.residue_number, structure.residue_number)


def test_places_that_pdb_columns_cannot_hold_are_refused(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB, "given.pdb"))
    far = IDENTITY.copy()
    far[0, 3] = 12000.0
    with pytest.raises(StructureFileError, match="9999 Å"):
        write_placed_structure(tmp_path / "placed.pdb", structure, far)
    write_placed_structure(tmp_path / "placed.cif", structure, far)
    assert read_structure(tmp_path / "placed.cif").xyz[0, 0] == pytest.approx(12011.0)


def test_the_file_need_not_be_there_any_more(tmp_path: Path) -> None:
    given = saved(tmp_path, AWKWARD_PDB, "given.pdb")
    structure = read_structure(given)
    given.unlink()
    write_placed_structure(tmp_path / "placed.cif", structure, MAP_FROM_MODEL)
    assert read_structure(tmp_path / "placed.cif").xyz == pytest.approx(moved(structure.xyz), abs=6e-4)


@pytest.mark.parametrize("suffix", ["cif", "pdb"])
def test_copies_written_together_do_not_influence_each_other(tmp_path: Path, suffix: str) -> None:
    structure = read_structure(saved(tmp_path, SHORT_CIF, "given.cif"))
    matrices = [MAP_FROM_MODEL, IDENTITY, MAP_FROM_MODEL]
    paths = [tmp_path / f"{rank}.{suffix}" for rank in range(3)]
    write_placed_structures(structure, zip(paths, matrices, strict=True))
    assert paths[0].read_bytes() == paths[2].read_bytes()
    assert read_structure(paths[1]).xyz.tolist() == structure.xyz.tolist()


def test_format_and_compression_follow_the_name_unless_told(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB, "given.pdb"))
    write_placed_structure(tmp_path / "placed.cif.gz", structure, MAP_FROM_MODEL)
    assert gzip.decompress((tmp_path / "placed.cif.gz").read_bytes()).startswith(b"data_")
    write_placed_structure(tmp_path / "placed.pdb", structure, MAP_FROM_MODEL, format="cif")
    assert (tmp_path / "placed.pdb").read_text().startswith("data_")


def test_names_without_chain_survive_a_change_of_format(tmp_path: Path) -> None:
    nameless = "\n".join(line[:21] + " " + line[22:] for line in AWKWARD_PDB.splitlines() if line.startswith("ATOM"))
    structure = read_structure(saved(tmp_path, nameless, "given.pdb"))
    write_placed_structure(tmp_path / "placed.cif", structure, IDENTITY)
    assert read_structure(tmp_path / "placed.cif").xyz.tolist() == structure.xyz.tolist()


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB, "given.pdb"))
    with pytest.raises(StructureFileError, match="does not exist"):
        write_placed_structure(tmp_path / "missing" / "placed.cif", structure, MAP_FROM_MODEL)


def test_names_of_placed_copies() -> None:
    assert unique_placed_name(1, "A.pdb.gz") == "01_A.cif"
    assert unique_placed_name(12, "1abc.cif", "pdb") == "12_1abc.pdb"
    assert unique_placed_name(3, "fold v1.2.pdb") == "03_fold v1.2.cif"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([AWKWARD_PDB, SHORT_CIF]),
    st.lists(st.tuples(st.integers(0, 2500), st.text(" ?.AB19-#_;'", min_size=1, max_size=6)), max_size=3),
    st.sampled_from(["cif", "pdb"]),
)
def test_what_can_be_read_is_written_so_that_it_can_be_read_again_or_refused(
    tmp_path: Path, text: str, damages: list[tuple[int, str]], suffix: str
) -> None:
    for start, damage in damages:
        text = text[:start] + damage + text[start + len(damage) :]
    try:
        structure = read_structure(saved(tmp_path, text, "given.pdb"))
        write_placed_structure(tmp_path / f"placed.{suffix}", structure, MAP_FROM_MODEL)
    except StructureFileError:
        return  # any other error fails the test
    assert np.isfinite(read_structure(tmp_path / f"placed.{suffix}").xyz).all()
