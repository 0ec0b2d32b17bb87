"""Cartoons have the shapes that a reader of structures expects."""

import dataclasses

import numpy as np
import pytest

from app.scene.cartoon import ARROW_HALF_WIDTH, COIL_RADIUS, detail_for
from app.scene.palette import CHAIN_COLOURS
from app.scene.structure_shape import StructureShape, shape_of
from difffit_core.data.structure import COIL, Structure
from tests.gui.scene.making import calpha_structure, helix, strand


def shape(structure: Structure) -> StructureShape:
    return shape_of(structure, structure.secondary_structure)


def assert_sound(made: StructureShape) -> None:
    """Finite, indexed within range, unit normals, something to see."""
    mesh = made.triangles
    assert np.isfinite(mesh.position_xyz).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.normal_xyz, axis=1), 1.0, atol=1e-3)
    if len(mesh.corners):
        assert mesh.corners.max() < len(mesh.position_xyz)
    assert len(mesh.corners) + len(made.spheres.radius) > 0


@pytest.mark.parametrize("structure", [helix(), strand(), helix(3), helix(2)], ids=["helix", "strand", "three", "two"])
def test_cartoon_is_sound(structure: Structure) -> None:
    assert_sound(shape(structure))


def test_helix_is_a_wide_ribbon_around_its_axis() -> None:
    mesh = shape(helix()).triangles
    inner = mesh.position_xyz[(mesh.position_xyz[:, 2] > 10) & (mesh.position_xyz[:, 2] < 24)]
    radius = np.hypot(inner[:, 0], inner[:, 1])
    assert radius.min() > 1.5  # the ribbon faces the axis, it does not cross it
    assert radius.max() < 3.2
    coil = dataclasses.replace(helix(), secondary_structure=np.full(24, COIL, dtype=np.uint8))
    assert _area(shape(helix())) > 1.8 * _area(shape(coil))


def test_strand_ends_in_an_arrow_head() -> None:
    mesh = shape(strand()).triangles
    half_width = np.array(
        [np.abs(mesh.position_xyz[np.abs(mesh.position_xyz[:, 0] - x) < 0.4, 1]).max() for x in np.arange(1, 37, 0.5)]
    )
    assert half_width.max() == pytest.approx(ARROW_HALF_WIDTH, abs=0.25)
    assert half_width.argmax() > len(half_width) / 2  # the head is at the C-terminal end
    assert half_width[0] == pytest.approx(COIL_RADIUS, abs=0.1)
    assert half_width[-1] == pytest.approx(COIL_RADIUS, abs=0.1)


def test_pleat_is_taken_out_of_a_strand() -> None:
    mesh = shape(strand()).triangles
    body = mesh.position_xyz[(mesh.position_xyz[:, 0] > 14) & (mesh.position_xyz[:, 0] < 20)]
    assert np.abs(body[:, 2]).max() < 0.6


def test_normals_point_out_of_the_ribbon() -> None:
    mesh = shape(strand()).triangles
    a, b, c = (mesh.position_xyz[mesh.corners[:, i]].astype(np.float64) for i in range(3))
    facing = np.cross(b - a, c - a)
    large = np.linalg.norm(facing, axis=1) > 1e-6
    agreement = (facing * mesh.normal_xyz[mesh.corners].mean(axis=1)).sum(axis=1)[large]
    assert (agreement > 0).mean() > 0.97


def test_gap_in_the_chain_is_not_bridged() -> None:
    broken = helix()
    xyz = broken.xyz.copy()
    xyz[12:] += [0, 0, 30]
    mesh = shape(dataclasses.replace(broken, xyz=xyz)).triangles
    between = (mesh.position_xyz[:, 2] > 21) & (mesh.position_xyz[:, 2] < 44)
    assert not between.any()


def test_chains_have_different_colours() -> None:
    first, second = helix(), helix()
    both = calpha_structure(np.concatenate([first.xyz, second.xyz + np.array([40, 0, 0])]), [COIL] * 48)
    both = dataclasses.replace(both, chain=np.array(["A"] * 24 + ["B"] * 24))
    mesh = shape(both).triangles
    assert mesh.colour_rgba is not None
    left = mesh.colour_rgba[mesh.position_xyz[:, 0] < 20]
    assert (left == left[0]).all()
    np.testing.assert_allclose(left[0, :3], CHAIN_COLOURS[0] * 255, atol=1)
    assert len(np.unique(mesh.colour_rgba, axis=0)) == 2


def test_ions_and_lone_residues_are_balls() -> None:
    ions = calpha_structure(np.array([[0.0, 0, 0], [20, 0, 0]]), [COIL] * 2, name="ZN", element=30)
    made = shape(ions)
    assert_sound(made)
    assert len(made.spheres.radius) == 2


def test_bonded_atoms_of_a_ligand_get_a_stick() -> None:
    ligand = calpha_structure(np.array([[0.0, 0, 0], [1.4, 0, 0]]), [COIL] * 2, name="C1")
    ligand = dataclasses.replace(ligand, residue_number=np.array([1, 1], dtype=np.int32))
    made = shape(ligand)
    assert len(made.spheres.radius) == 2
    np.testing.assert_allclose(made.cylinders.start_xyz[:, 0], [0.0])
    np.testing.assert_allclose(made.cylinders.end_xyz[:, 0], [1.4], atol=1e-6)


def test_nucleic_acid_has_a_tube_and_a_slab_per_base() -> None:
    made = shape(nucleotides(6))
    assert_sound(made)
    backbone = made.triangles.position_xyz[np.abs(made.triangles.position_xyz[:, 1]) < 1]
    assert len(backbone) > 0
    assert made.triangles.position_xyz[:, 1].max() == pytest.approx(7.0, abs=0.1)  # the bases' tips


def nucleotides(n: int) -> Structure:
    """Flat pyrimidine nucleotides, 6 Å apart along x, their bases along y."""
    atoms = {"P": (1, 15, -1.5), "C4'": (0, 6, 0.0), "C1'": (0, 6, 2.0), "C2": (1, 6, 5.0), "N3": (0, 7, 7.0),
             "C4": (-1, 6, 6.0), "C6": (-0.5, 6, 4.0)}  # fmt: skip
    rows = [(6.0 * i + dx, y, 0.0) for i in range(n) for dx, _, y in atoms.values()]
    flat = calpha_structure(np.array(rows), [COIL] * len(rows))
    return dataclasses.replace(
        flat,
        atom_name=np.tile(list(atoms), n),
        element=np.tile([element for _, element, _ in atoms.values()], n).astype(np.uint8),
        residue_number=np.repeat(np.arange(1, n + 1), len(atoms)).astype(np.int32),
        residue_name=np.full(len(rows), "U"),
    )


def _area(made: StructureShape) -> float:
    mesh = made.triangles
    a, b, c = (mesh.position_xyz[mesh.corners[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize(
    ("residues", "most", "detail"),
    [(300, 60_000, (6, 12)), (800, 60_000, (4, 8)), (5_000, 60_000, (4, 8)), (13_000, 60_000, (2, 6)),
     (13_000, 1_000_000, (4, 8)), (100, 1_000_000, (10, 16))],
)  # fmt: skip
def test_ribbons_are_angular_only_where_there_is_very_much_to_draw(
    residues: int, most: int, detail: tuple[int, int]
) -> None:
    chosen = detail_for(residues, most)
    assert (chosen.samples_per_residue, chosen.sides) == detail
