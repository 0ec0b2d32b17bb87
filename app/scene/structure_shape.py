"""How a structure looks as geometry: ribbons, tubes, ladders, balls and sticks."""

from dataclasses import dataclass

from jaxtyping import UInt8
from numpy import ndarray

from app.scene import ligands, nucleic
from app.scene.cartoon import Detail, detail_for, ribbon
from app.scene.geometry import Spheres, Triangles
from app.scene.palette import bytes_rgba, chain_colours
from app.scene.sweep import Rings, sweep
from app.scene.traces import Residues, Trace, atoms_outside, backbone_traces, residues_of
from difffit_core.data.structure import Structure

SMALL_SIDES = 8  # of sticks and slabs: they are thin


@dataclass(frozen=True)
class StructureShape:
    """A structure's triangles and balls in its own file's coordinates (Å)."""

    triangles: Triangles
    spheres: Spheres


def shape_of(
    structure: Structure, secondary: UInt8[ndarray, " atom"], *, most_triangles: int = 1_000_000
) -> StructureShape:
    """The cartoon of a structure; `secondary` is COIL, HELIX or STRAND for each atom."""
    residues = residues_of(structure)
    traces = backbone_traces(structure, residues)
    detail = detail_for(sum(len(trace.xyz) for trace in traces), most_triangles)
    chain_rgb = chain_colours(structure.chain)
    rgba = bytes_rgba(chain_rgb, tintable=True)
    parts = [_trace_mesh(structure, residues, trace, secondary, rgba[trace.atom], detail) for trace in traces]
    outside = atoms_outside(structure, residues, traces)
    spheres, sticks = ligands.balls_and_sticks(structure, outside, chain_rgb)
    parts += [sweep(rings, SMALL_SIDES) for rings in sticks]
    return StructureShape(Triangles.join(parts), spheres)


def _trace_mesh(
    structure: Structure, residues: Residues, trace: Trace, secondary: ndarray, rgba: ndarray, detail: Detail
) -> Triangles:
    if trace.kind == "protein":
        return sweep(ribbon(trace, secondary[trace.atom], rgba, detail), detail.sides)
    backbone = sweep(nucleic.tube(trace, rgba, detail), max(detail.sides * 3 // 4, 6))
    slabs: list[Rings] = nucleic.ladder(structure, residues, trace, rgba)
    return Triangles.join([backbone, *(sweep(rings, SMALL_SIDES) for rings in slabs)])
