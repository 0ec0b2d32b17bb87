"""Symmetry that files state: operators between copies, whichever format says it."""

from pathlib import Path

import gemmi
import numpy as np
import pytest

from difffit_core.data.structure import Structure, StructureSource
from difffit_core.files.assembly_records import assembly_operators
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure, structure_of_source

ALPHA = load_sample().structure("A").path
FOURFOLD = [[[0, -1, 0, 30.0], [1, 0, 0, -10.0], [0, 0, 1, 0.0]]]  # about 20, 10, z


def with_assembly(matrices: list[np.ndarray], *, chain: str = "A", cif: bool = False) -> Structure:
    """The sample's chain with an assembly of these operators."""
    parsed = gemmi.read_structure(str(ALPHA))
    parsed.setup_entities()
    assembly, generator = gemmi.Assembly("1"), gemmi.Assembly.Gen()
    generator.chains = [chain]
    generator.subchains = [r.subchain for r in parsed[0][0]][:1] if chain == "A" else ["X"]
    for matrix in matrices:
        operator = gemmi.Assembly.Operator()
        operator.transform = gemmi.Transform(gemmi.Mat33(matrix[:, :3].tolist()), gemmi.Vec3(*matrix[:, 3]))
        generator.operators.append(operator)
    assembly.generators.append(generator)
    parsed.assemblies.append(assembly)
    text = parsed.make_mmcif_document().as_string() if cif else parsed.make_pdb_string()
    return structure_of_source(StructureSource(Path("made.cif" if cif else "made.pdb"), text.encode()))


def powers(count: int) -> list[np.ndarray]:
    """A fourfold axis: so many quarter turns, the identity first."""
    step = np.vstack([FOURFOLD[0], [0, 0, 0, 1]]).astype(float)
    return [np.linalg.matrix_power(step, k)[:3] for k in range(count)]


@pytest.mark.parametrize("cif", [False, True])
def test_a_group_gives_itself(cif):
    found = assembly_operators(with_assembly(powers(4), cif=cif))
    np.testing.assert_allclose(found[0], np.eye(3, 4), atol=1e-6)
    assert len(found) == 4
    for expected in powers(4):
        assert min(np.abs(operator - expected).max() for operator in found) < 1e-3


def test_operators_that_are_no_group_lead_from_any_copy_to_any_other():
    screws = [np.column_stack([np.eye(3), [0, 0, 10.0 * k]]) for k in range(3)]
    shifts = sorted(round(float(operator[2, 3])) for operator in assembly_operators(with_assembly(screws)))
    assert shifts == [-20, -10, 0, 10, 20]


def test_a_file_without_records_or_with_those_of_another_chain_has_the_identity_only():
    for structure in (read_structure(ALPHA), with_assembly(powers(4), chain="Z")):
        np.testing.assert_array_equal(assembly_operators(structure), np.eye(3, 4)[None])
