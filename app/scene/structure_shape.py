"""How a structure looks as geometry: ribbons, tubes, ladders, balls and sticks."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

from app.scene import nucleic
from app.scene.atoms import STICK_RADIUS, balls_and_sticks, space_filling
from app.scene.cartoon import Detail, calm_path, detail_for, ribbon
from app.scene.colouring import Colouring
from app.scene.geometry import Cylinders, Spheres, Triangles
from app.scene.styles import Representation
from app.scene.sweep import Rings, sweep
from app.scene.traces import Residues, Trace, atoms_outside, backbone_traces, residues_of
from difffit_core.data.structure import Structure

SMALL_SIDES = 8  # of slabs: they are thin
TUBE_RADIUS = 0.7  # Å


@dataclass(frozen=True)
class StructureShape:
    """A structure's triangles, balls and sticks in its own file's coordinates (Å)."""

    triangles: Triangles
    spheres: Spheres
    cylinders: Cylinders


def shape_of(
    structure: Structure,
    secondary: UInt8[ndarray, " atom"],
    *,
    representation: Representation = "cartoon",
    colouring: Colouring = Colouring("chain"),  # noqa: B008  it is frozen
    most_triangles: int = 1_000_000,
) -> StructureShape:
    """The geometry of a structure; `secondary` is COIL, HELIX or STRAND for each atom."""
    rgba = colouring.atom_rgba(structure)
    everything = np.ones(len(structure), dtype=bool)
    match representation:
        case "spheres":
            return StructureShape(Triangles.join([]), space_filling(structure, rgba), no_sticks(structure))
        case "sticks":
            spheres, cylinders = balls_and_sticks(structure, everything, rgba, ball_radius=STICK_RADIUS)
            return StructureShape(Triangles.join([]), spheres, cylinders)
    residues = residues_of(structure)
    traces = backbone_traces(structure, residues)
    detail = detail_for(sum(len(trace.xyz) for trace in traces), most_triangles)
    draw = _tube if representation == "tube" else _cartoon
    parts = [draw(structure, residues, trace, secondary, rgba[trace.atom], detail) for trace in traces]
    outside = atoms_outside(structure, residues, traces)
    beside = balls_and_sticks(structure, outside, colouring.ligand_rgba(structure))
    return StructureShape(Triangles.join(parts), *beside)


def residue_shape(structure: Structure, chosen: Bool[ndarray, " atom"], rgb: tuple[int, int, int]) -> StructureShape:
    """Thick balls and sticks in one colour with a bright rim, to point at a residue."""
    rgba = np.tile(np.array([*rgb, 128], dtype=np.uint8), (len(structure), 1))  # 128 marks
    return StructureShape(
        Triangles.join([]), *balls_and_sticks(structure, chosen, rgba, ball_radius=0.55, stick_radius=0.4)
    )


def no_sticks(structure: Structure) -> Cylinders:
    """None at all."""
    return balls_and_sticks(structure, np.zeros(len(structure), dtype=bool), np.zeros((len(structure), 4), np.uint8))[1]


def _cartoon(
    structure: Structure, residues: Residues, trace: Trace, secondary: ndarray, rgba: ndarray, detail: Detail
) -> Triangles:
    if trace.kind == "protein":
        return sweep(ribbon(trace, secondary[trace.atom], rgba, detail), detail.sides)
    backbone = sweep(nucleic.tube(trace.xyz, rgba, detail), max(detail.sides * 3 // 4, 6))
    slabs: list[Rings] = nucleic.ladder(structure, residues, trace, rgba)
    return Triangles.join([backbone, *(sweep(rings, SMALL_SIDES) for rings in slabs)])


def _tube(
    structure: Structure, residues: Residues, trace: Trace, secondary: ndarray, rgba: ndarray, detail: Detail
) -> Triangles:
    """A calm line through the backbone, all of one thickness."""
    rings = nucleic.tube(calm_path(trace.xyz), rgba, detail, radius=TUBE_RADIUS)
    return sweep(rings, max(detail.sides * 3 // 4, 6))
