"""Nucleic acids: a tube along the backbone and a slab for every base."""

import numpy as np
from jaxtyping import Float64, Int, UInt8
from numpy import ndarray
from scipy.interpolate import CubicSpline

from app.scene.cartoon import Detail
from app.scene.geometry import normalised
from app.scene.sweep import BACKWARD, FORWARD, PROFILE, Rings, capsules
from app.scene.traces import Residues, Trace, atoms_named
from difffit_core.data.structure import Structure

TUBE_RADIUS = 0.75  # Å
SLAB_HALF_WIDTH = 1.0  # Å
SLAB_HALF_THICKNESS = 0.28  # Å
RUNG_RADIUS = 0.28  # Å
PLANE_ATOMS = (("C2", 6), ("C4", 6), ("C6", 6))  # purines and pyrimidines have them all


def tube(
    xyz: Float64[ndarray, "residue 3"],
    colour_rgba: UInt8[ndarray, "residue 4"],
    detail: Detail,
    *,
    radius: float = TUBE_RADIUS,
) -> Rings:
    """A round tube through the points, closed at both ends."""
    n = len(xyz)
    path = CubicSpline(np.arange(n), xyz, bc_type="natural")
    wall = np.linspace(0, n - 1, (n - 1) * detail.samples_per_residue + 1)
    place = np.concatenate([[0, 0], wall, [n - 1, n - 1]])
    scale, facing, joined = np.ones(len(place)), np.full(len(place), PROFILE), np.ones(len(place), dtype=bool)
    scale[[0, -1]] = 0
    facing[:2], facing[-2:] = BACKWARD, FORWARD
    joined[[1, -3, -1]] = False
    along = normalised(path(place, 1))
    return Rings(
        path(place), along, _steady_across(along), radius * scale, radius * scale, np.full(len(place), 2.0),
        facing, joined, colour_rgba[np.clip(np.rint(place).astype(int), 0, n - 1)],
    )  # fmt: skip


def ladder(
    structure: Structure, residues: Residues, trace: Trace, colour_rgba: UInt8[ndarray, "residue 4"]
) -> list[Rings]:
    """For every residue with a base: a rung from the backbone to the sugar, and a slab in the plane of the base."""
    sugar = atoms_named(structure, residues, "C1'", 6, "C1*")[trace.residue]
    tip = _tip_atoms(structure, residues)[trace.residue]
    plane = np.stack([atoms_named(structure, residues, *atom)[trace.residue] for atom in PLANE_ATOMS], axis=1)
    whole = (sugar >= 0) & (tip >= 0) & (plane >= 0).all(axis=1)
    if not whole.any():
        return []
    foot, root, end = trace.xyz[whole], structure.xyz[sugar[whole]], structure.xyz[tip[whole]]
    across = _across_base(structure.xyz[plane[whole]], end - root)
    colour = colour_rgba[whole]
    return [
        capsules(
            foot, root, across, colour, half_width=RUNG_RADIUS, half_thickness=RUNG_RADIUS, squareness=2.0
        ),
        capsules(
            root, end, across, colour,
            half_width=SLAB_HALF_WIDTH, half_thickness=SLAB_HALF_THICKNESS, squareness=5.0,
        ),
    ]  # fmt: skip


def _tip_atoms(structure: Structure, residues: Residues) -> Int[ndarray, " residue"]:
    """The base atom that faces the partner: N1 of a purine (it has N9), N3 of a pyrimidine."""
    purine = atoms_named(structure, residues, "N9", 7) >= 0
    return np.where(
        purine, atoms_named(structure, residues, "N1", 7), atoms_named(structure, residues, "N3", 7)
    )  # fmt: skip


def _across_base(plane_xyz: Float64[ndarray, "base 3 3"], along: Float64[ndarray, "base 3"]) -> Float64[ndarray, "b 3"]:
    """Unit vectors in the plane of each base, perpendicular to the slab's length."""
    normal = np.cross(plane_xyz[:, 1] - plane_xyz[:, 0], plane_xyz[:, 2] - plane_xyz[:, 0])
    return normalised(np.cross(normal, along))


def _steady_across(along: Float64[ndarray, "ring 3"]) -> Float64[ndarray, "ring 3"]:
    """A direction perpendicular to the path that turns as little as possible from ring to ring."""
    across = np.empty_like(along)
    current = np.cross(along[0], np.eye(3)[np.argmin(np.abs(along[0]))])
    for ring, direction in enumerate(along):
        current = current - (current @ direction) * direction
        current = current / max(float(np.linalg.norm(current)), 1e-9)
        across[ring] = current
    return across
