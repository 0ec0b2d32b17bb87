"""Helices and strands found from coordinates are those that crystallographers listed."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from difffit_core.data.secondary_structure import assign_secondary_structure
from difffit_core.data.structure import COIL, HELIX, STRAND, UNASSIGNED, Structure, StructureSource
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DIFFFIT_SHARED_DATA") or ROOT.parent / "shared" / "data")


def calphas(structure: Structure) -> np.ndarray:
    return (structure.atom_name == "CA") & (structure.element == 6)


def part(structure: Structure, rows: np.ndarray) -> Structure:
    names = [name for name in structure.__dataclass_fields__ if name != "source"]
    return replace(structure, **{name: getattr(structure, name)[rows] for name in names})


def without_records(structure: Structure) -> Structure:
    return replace(structure, secondary_structure=np.full(len(structure), UNASSIGNED, dtype=np.uint8))


def built(phi: float, psi: float, n_residues: int) -> Structure:
    """A chain of alanine backbones with these dihedrals (degrees) throughout, from ideal bonds and angles."""
    atoms = [np.array([0.0, 0.0, 0.0]), np.array([1.458, 0.0, 0.0]), np.array([2.0, 1.42, 0.0])]
    for _ in range(n_residues - 1):
        atoms.append(_next(*atoms[-3:], 1.329, 117.2, psi))  # N
        atoms.append(_next(*atoms[-3:], 1.458, 121.7, 180.0))  # CA
        atoms.append(_next(*atoms[-3:], 1.525, 111.0, phi))  # C
    backbone = np.array(atoms).reshape(n_residues, 3, 3)
    oxygen = np.array([_next(n, ca, c, 1.231, 120.1, psi + 180) for n, ca, c in backbone])
    xyz = np.concatenate([backbone, oxygen[:, None]], axis=1).reshape(-1, 3)
    number = np.repeat(np.arange(1, n_residues + 1, dtype=np.int32), 4)
    n_atoms = 4 * n_residues
    return Structure(
        xyz=xyz,
        element=np.tile(np.array([7, 6, 6, 8], dtype=np.uint8), n_residues),
        chain=np.full(n_atoms, "A"),
        residue_number=number,
        insertion_code=np.full(n_atoms, ""),
        residue_name=np.full(n_atoms, "ALA"),
        atom_name=np.tile(np.array(["N", "CA", "C", "O"]), n_residues),
        b_factor=np.zeros(n_atoms, dtype=np.float32),
        secondary_structure=np.full(n_atoms, UNASSIGNED, dtype=np.uint8),
        source=StructureSource(Path("built.pdb"), b""),
    )


def _next(a: np.ndarray, b: np.ndarray, c: np.ndarray, bond: float, angle: float, dihedral: float) -> np.ndarray:
    """The atom bonded to c at this angle to b and dihedral over b–c to a."""
    angle, dihedral = np.radians(angle), np.radians(dihedral)
    along = (c - b) / np.linalg.norm(c - b)
    normal = np.cross(b - a, along)
    normal /= np.linalg.norm(normal)
    side = np.cross(normal, along)
    return c + bond * (-np.cos(angle) * along + np.sin(angle) * (np.cos(dihedral) * side + np.sin(dihedral) * normal))


@pytest.mark.parametrize(("phi", "psi"), [(-57, -47), (-49, -26)])
def test_an_ideal_helix_is_a_helix_but_for_its_ends(phi: float, psi: float) -> None:
    helix = built(phi, psi, 20)
    kinds = assign_secondary_structure(helix)[calphas(helix)]
    assert (kinds[1:-1] == HELIX).all()
    assert kinds[0] == kinds[-1] == COIL


def test_an_ideal_helix_is_seen_in_its_calphas_alone() -> None:
    helix = built(-57, -47, 20)
    kinds = assign_secondary_structure(part(helix, calphas(helix)))
    assert (kinds[2:-2] == HELIX).all()


def test_a_single_extended_chain_is_no_sheet() -> None:
    extended = built(-139, 135, 20)
    assert (assign_secondary_structure(extended) == COIL).all()
    assert (assign_secondary_structure(part(extended, calphas(extended))) == COIL).all()


def test_a_gap_in_the_chain_ends_the_helix() -> None:
    helix = built(-57, -47, 20)
    missing = (helix.residue_number >= 9) & (helix.residue_number <= 12)
    gapped = part(helix, ~missing)
    kinds = dict(zip(gapped.residue_number.tolist(), assign_secondary_structure(gapped).tolist(), strict=True))
    assert [kinds[n] for n in (4, 16)] == [HELIX, HELIX]
    assert [kinds[n] for n in (8, 13)] == [COIL, COIL]


def test_what_the_file_lists_is_kept() -> None:
    listed = np.full(80, STRAND, dtype=np.uint8)
    helix = replace(built(-57, -47, 20), secondary_structure=listed)
    assert assign_secondary_structure(helix).tolist() == listed.tolist()


def test_haemoglobin_is_helical_and_has_no_strands() -> None:
    structure = read_structure(load_sample().structure("whole").path)
    kinds = assign_secondary_structure(structure)[calphas(structure)]
    assert 0.65 < (kinds == HELIX).mean() < 0.85
    assert not (kinds == STRAND).any()


def test_every_atom_of_a_residue_has_the_same_kind_and_ligands_have_none() -> None:
    structure = read_structure(load_sample().structure("A").path)
    kinds = assign_secondary_structure(structure)
    for number in np.unique(structure.residue_number):
        assert len(np.unique(kinds[structure.residue_number == number])) == 1
    assert (kinds[structure.residue_name == "HEM"] == COIL).all()


def test_structures_without_protein_are_coil() -> None:
    rna = part(built(-57, -47, 5), np.tile([False, False, True, False], 5))
    assert (assign_secondary_structure(rna) == COIL).all()
    nothing = part(rna, np.zeros(5, dtype=bool))
    assert len(assign_secondary_structure(nothing)) == 0


@pytest.mark.parametrize(
    ("file", "all_atoms", "calphas_only"),
    [
        ("formats/synthetic/5me2.pdb", 0.88, 0.75),  # haemoglobin
        ("structures/5a3h.mmcif", 0.93, 0.75),  # a TIM barrel
        ("structures/5khe.ent", 0.93, 0.80),  # mostly strands
        ("structures/7cth.cif.gz", 0.92, 0.75),  # strands of a virus and of antibodies
        ("structures/starred_serials.pdb", 0.97, 0.80),  # adenylate kinase
    ],
)
def test_agrees_with_the_records_of_real_files(file: str, all_atoms: float, calphas_only: float) -> None:
    if not (DATA / file).exists():
        pytest.skip("needs the larger test data: set DIFFFIT_SHARED_DATA to their folder")
    structure = read_structure(DATA / file)
    rows = calphas(structure)
    listed = structure.secondary_structure[rows]
    assert (assign_secondary_structure(without_records(structure))[rows] == listed).mean() > all_atoms
    trace = part(without_records(structure), rows)
    assert (assign_secondary_structure(trace) == listed).mean() > calphas_only
