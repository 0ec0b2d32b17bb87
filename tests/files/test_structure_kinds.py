"""Kinds of structures and of their files: which atoms take part in a fit, under which names."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from difffit_core.errors import FitError
from difffit_core.events import run
from difffit_core.files.describe import describe_structure
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.settings import FitSettings
from tests.files.conventions import CONVENTIONS, file_of
from tests.files.pdb_making import many_atoms


def line(
    *, record: str = "ATOM", serial: str = "1", name: str = " CA ", residue: str = "ALA", chain: str = " A",
    number: str = "1", x: float = 1.0, element: str = "C",
) -> str:  # fmt: skip
    """A line of a PDB file; two-letter chains begin in column 21."""
    who = f"{record:<6}{serial:>5} {name} {residue:>3}{chain:>2}{number:>4}    "
    return f"{who}{x:8.3f}{2:8.3f}{3:8.3f}{1:6.2f}{10:6.2f}          {element:>2}"


def saved(folder: Path, *lines: str) -> Path:
    path = folder / "given.pdb"
    path.write_text("\n".join([*lines, "END", ""]))
    return path


def test_hybrid_36_numbers_count_on_beyond_99999_atoms_and_residue_9999(tmp_path: Path) -> None:
    numbers = (("99999", "9999"), ("A0000", "A000"), ("A0001", "A001"))
    path = saved(tmp_path, *(line(serial=serial, number=number, x=k) for k, (serial, number) in enumerate(numbers)))
    structure = read_structure(path)
    assert structure.residue_number.tolist() == [9999, 10000, 10001]
    assert structure.xyz[:, 0].tolist() == [0, 1, 2]


def test_two_letter_chains_of_pdb_files_are_told_apart(tmp_path: Path) -> None:
    path = saved(tmp_path, line(chain="AA"), line(chain="AB", x=5.0), line(chain=" A", x=9.0))
    assert read_structure(path).chain.tolist() == ["AA", "AB", "A"]
    assert read_structure(path, chains=["AB"]).xyz[0, 0] == 5


def test_missing_elements_follow_from_atom_names(tmp_path: Path) -> None:
    names = {" CA ": 6, "CA  ": 20, " N  ": 7, "ZN  ": 30, " OXT": 8, "SE  ": 34, " P  ": 15}
    residues = {"CA  ": " CA", "ZN  ": " ZN", "SE  ": "MSE"}
    lines = [
        line(name=name, residue=residues.get(name, "ALA"), number=str(k), element="  ", record="HETATM")
        for k, name in enumerate(names, 1)
    ]
    assert read_structure(saved(tmp_path, *lines)).element.tolist() == list(names.values())


def test_unknown_elements_are_taken_as_carbon_and_it_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, line(), line(name=" X1 ", residue="UNX", number="2", element=" X"))
    assert read_structure(path).element.tolist() == [6, 6]
    assert any("taken as carbon" in warning for warning in describe_structure(path).warnings)


def test_hydrogen_and_deuterium_take_no_part(tmp_path: Path) -> None:
    path = saved(tmp_path, line(), line(name=" HA ", element=" H"), line(name=" DA ", element=" D"))
    assert read_structure(path).atom_name.tolist() == ["CA"]
    assert describe_structure(path).atoms == 3


@pytest.mark.parametrize("water", ["HOH", "WAT", "DOD", "H2O", "SOL", "TIP"])
def test_water_takes_no_part_under_any_of_its_names(tmp_path: Path, water: str) -> None:
    path = saved(tmp_path, line(), line(record="HETATM", name=" O  ", residue=water, number="2", element=" O"))
    assert read_structure(path).residue_name.tolist() == ["ALA"]


def test_ligands_ions_and_sugars_take_part(tmp_path: Path) -> None:
    residues = ("ALA", "HEM", " ZN", "NAG", "ATP")
    path = saved(
        tmp_path, *(line(record="HETATM", residue=residue, number=str(k)) for k, residue in enumerate(residues, 1))
    )
    assert [name.strip() for name in read_structure(path).residue_name] == [name.strip() for name in residues]


def test_modified_residues_are_residues_of_their_chain(tmp_path: Path) -> None:
    residues = ("ALA", "MSE", "SEP", "GLY")
    path = saved(
        tmp_path,
        *(
            line(record="HETATM" if r in ("MSE", "SEP") else "ATOM", residue=r, number=str(k))
            for k, r in enumerate(residues, 1)
        ),
    )
    (chain,) = describe_structure(path).chains
    assert (chain.kind, chain.residues) == ("protein", 4)
    assert read_structure(path).residue_name.tolist() == list(residues)


@pytest.mark.parametrize(("residues", "kind"), [((" DA", " DT", " DG"), "dna"), (("  A", "  U", "  G"), "rna")])
def test_nucleic_acids_are_known_and_take_part(tmp_path: Path, residues: tuple[str, ...], kind: str) -> None:
    lines = [line(name=" P  ", element=" P", residue=r, number=str(k)) for k, r in enumerate(residues, 1)]
    path = saved(tmp_path, *lines)
    assert describe_structure(path).chains[0].kind == kind
    assert read_structure(path).element.tolist() == [15, 15, 15]


def test_models_of_calpha_atoms_only_are_read_and_it_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, *(line(number=str(k), x=3.8 * k) for k in range(1, 61)))
    assert len(read_structure(path)) == 60
    assert any("Only Cα atoms" in warning for warning in describe_structure(path).warnings)


def test_a_single_atom_is_read_and_said_to_be_too_small(tmp_path: Path) -> None:
    path = saved(tmp_path, line())
    structure = read_structure(path)
    assert structure.xyz.tolist() == [[1, 2, 3]]
    assert structure.radius_of_gyration == 0
    assert any("Only 1 atoms" in warning for warning in describe_structure(path).warnings)


def test_a_single_atom_cannot_be_fitted_and_the_sentence_says_so(tmp_path: Path) -> None:
    structure = read_structure(saved(tmp_path, line()))
    volume = read_volume(file_of(CONVENTIONS["corner"], tmp_path))
    with pytest.raises(FitError, match="needs at least three"):
        run(fit_structure(structure, volume, FitSettings(resolution=6.0, preset="fast")))


@pytest.mark.slow
def test_three_million_atoms_are_read_within_a_minute_and_four_gigabytes(
    tmp_path: Path, record_property: Callable[[str, float], None]
) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "large.cif"
    path.write_text(many_atoms(3_000_000))
    begun = time.process_time()
    structure = read_structure(path)
    seconds = time.process_time() - begun
    assert len(structure) == 3_000_000
    assert structure.xyz.max(axis=0).tolist() == [99, 99, 300]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    record_property("seconds", seconds)
    record_property("peak_bytes", peak)
    record_property("file_bytes", path.stat().st_size)
    assert seconds < 60
    assert peak < 4e9
