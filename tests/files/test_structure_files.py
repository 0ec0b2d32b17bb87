"""What of a structure file takes part in a fit, and what is refused."""

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from difffit_core.data.structure import COIL, HELIX, STRAND, UNASSIGNED
from difffit_core.errors import StructureFileError
from difffit_core.files.structure_files import read_structure
from tests.files.pdb_making import AWKWARD_CIF, AWKWARD_PDB


def saved(folder: Path, content: str | bytes, name: str = "given.pdb") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_heavy_atoms_of_the_first_model_without_water(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB))
    assert structure.atom_name.tolist() == ["N", "CA", "C", "CB", "ZN"]
    assert structure.element.tolist() == [7, 6, 6, 6, 30]
    assert structure.chain.tolist() == ["A", "A", "A", "A", "B"]
    assert structure.residue_number.tolist() == [10, 10, 10, 11, 1]
    assert structure.insertion_code.tolist() == ["", "", "A", "", ""]
    assert structure.residue_name.tolist() == ["ALA", "ALA", "ALA", "SER", "ZN"]
    assert structure.xyz[0].tolist() == [11, 12, 13]


def test_of_alternates_the_fullest_stays_and_of_equals_the_first(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB))
    assert structure.xyz[1].tolist() == [12.1, 12.6, 13.1]
    assert structure.xyz[3].tolist() == [14, 12, 14]


def test_of_two_residue_types_in_one_place_one_stays(tmp_path: Path) -> None:
    rows = [
        "ATOM      1  N  ASER A   1      11.000  12.000  13.000  0.30 10.00           N",
        "ATOM      2  OG ASER A   1      12.000  12.000  13.000  0.30 10.00           O",
        "ATOM      3  N  BPRO A   1      11.100  12.000  13.000  0.70 10.00           N",
        "ATOM      4  CD BPRO A   1      13.100  12.000  13.000  0.70 10.00           C",
        "ATOM      5  N   GLY A   2      15.100  12.000  13.000  1.00 10.00           N",
    ]
    structure = read_structure(saved(tmp_path, "\n".join(rows)))
    assert structure.residue_name.tolist() == ["PRO", "PRO", "GLY"]


def test_helices_of_the_file_are_kept(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_PDB))
    assert structure.secondary_structure.tolist() == [HELIX] * 4 + [COIL]
    without = "\n".join(line for line in AWKWARD_PDB.splitlines() if not line.startswith("HELIX"))
    assert (read_structure(saved(tmp_path, without)).secondary_structure == UNASSIGNED).all()


def test_strands_of_predicted_models_are_read(tmp_path: Path) -> None:
    conformations = (
        "loop_\n_struct_conf.id\n_struct_conf.conf_type_id\n_struct_conf.beg_auth_asym_id\n_struct_conf.beg_auth_seq_id\n"
        "_struct_conf.end_auth_asym_id\n_struct_conf.end_auth_seq_id\nS1 STRN LongName 10 LongName 10\n"
        "H1 HELX_LH_PP_P B 7 B 7\n"
    )
    structure = read_structure(saved(tmp_path, AWKWARD_CIF + conformations, "given.cif"))
    assert structure.secondary_structure.tolist() == [STRAND, STRAND, COIL]


def test_mmcif_uses_author_names(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, AWKWARD_CIF, "given.cif"))
    assert structure.chain.tolist() == ["LongName", "LongName", "B"]
    assert structure.residue_number.tolist() == [10, 10, 7]
    assert structure.insertion_code.tolist() == ["", "", "C"]
    assert structure.atom_name.tolist() == ["N", "CA", "C1'"]


def test_chosen_chains_only(tmp_path: Path) -> None:
    path = saved(tmp_path, AWKWARD_PDB)
    assert read_structure(path, chains=["B"]).atom_name.tolist() == ["ZN"]
    with pytest.raises(StructureFileError, match=r"no chain X; it has A, B\."):
        read_structure(path, chains=["A", "X"])


@pytest.mark.parametrize("name", ["given.pdb", "given.ent", "given.cif", "given.pdb.gz", "no_suffix", "tést β.pdb"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_format_and_compression_are_seen_in_the_content(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    for content in (AWKWARD_PDB, AWKWARD_CIF, AWKWARD_PDB.replace("\n", "\r\n"), "\ufeff" + AWKWARD_CIF):
        path = saved(tmp_path, pack(content.encode()), name)
        structure = read_structure(path)
        assert structure.xyz[0].tolist() == [11, 12, 13]
        assert structure.source.content == path.read_bytes()


def test_missing_elements_and_starred_serials(tmp_path: Path) -> None:
    rows = [line[:6] + "*****" + line[11:66] if line.startswith("ATOM") else line for line in AWKWARD_PDB.splitlines()]
    structure = read_structure(saved(tmp_path, "\n".join(rows)))
    assert structure.element[:4].tolist() == [7, 6, 6, 6]


BROKEN = {
    "empty": (b"", "empty"),
    "only water": ("\n".join(x for x in AWKWARD_PDB.splitlines() if "HOH" in x), "only water"),
    "only a header": ("HEADER    TEST\nEND\n", "no atoms"),
    "web page": ("<html><body>404</body></html>", "web page"),
    "text": ("hello world\n" * 20, "not a structure"),
    "JSON": ('{"a": 1}', "JSON"),
    "git-lfs pointer": ("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "BinaryCIF": (b"\x83\xa7version\xa50.3.0\xa7encoder\xb4python-mmcif\xaadataBlocks\x91", "BinaryCIF"),
    "NaN": (AWKWARD_PDB.replace("  11.000  12.000", "     nan  12.000", 1), "NaN"),
    "mmCIF without atoms": (CIF := "data_x\n_entry.id x\n", "no atoms"),
    "mmCIF cut": (AWKWARD_CIF[: AWKWARD_CIF.index("ATOM 4") + 20], "mmCIF"),
    "mmCIF unknown coordinate": (AWKWARD_CIF.replace("11.000", "?", 1), "NaN"),
    "cut gzip": (gzip.compress(AWKWARD_PDB.encode())[:-30], "damaged or incomplete"),
    "binary": (bytes(range(256)) * 8, "not a structure"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    content, about = BROKEN[kind]
    with pytest.raises(StructureFileError) as refusal:
        read_structure(saved(tmp_path, content))
    sentence = str(refusal.value)
    assert about in sentence
    assert sentence.startswith("given.pdb ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(StructureFileError, match="does not exist"):
        read_structure(tmp_path / "missing.pdb")
    with pytest.raises(StructureFileError, match="is a folder"):
        read_structure(tmp_path)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([AWKWARD_PDB, AWKWARD_CIF]),
    st.lists(st.tuples(st.integers(0, 2500), st.binary(min_size=1, max_size=12)), max_size=5),
    st.integers(0, 3000),
)
def test_no_damage_gives_a_traceback(tmp_path: Path, text: str, damages: list[tuple[int, bytes]], length: int) -> None:
    content = bytearray(text.encode())
    for start, damage in damages:
        content[start : start + len(damage)] = damage
    path = saved(tmp_path, bytes(content[:length] if length < 2500 else content))
    try:
        structure = read_structure(path)
    except StructureFileError:
        return  # any other error fails the test
    assert len(structure) > 0
    assert np.isfinite(structure.xyz).all()
