"""Atoms that no ribbon shows (ligands, ions, lone residues) as balls and sticks."""

import numpy as np
from jaxtyping import Bool, Float64, Int
from numpy import ndarray
from scipy.spatial import cKDTree

from app.scene.geometry import Spheres
from app.scene.palette import bytes_rgba, element_colours
from app.scene.sweep import Rings, capsules
from difffit_core.data.structure import Structure

BALL_RADIUS = 0.42  # Å
LONE_RADIUS = 1.0  # Å, of an atom without bonds
STICK_RADIUS = 0.22  # Å
SHORTEST_BOND = 0.4  # Å: closer atoms are two of the same
LIGHT_BOND, HEAVY_BOND = 1.95, 2.45  # Å: longest bond between second-period atoms, and with a heavier partner


def balls_and_sticks(
    structure: Structure, chosen: Bool[ndarray, " atom"], chain_rgb: Float64[ndarray, "atom 3"]
) -> tuple[Spheres, list[Rings]]:
    """Balls for the chosen atoms, and the sticks between those that are bonded."""
    atoms = np.flatnonzero(chosen)
    xyz, element = structure.xyz[atoms], structure.element[atoms]
    colours, follows = element_colours(element, chain_rgb[atoms])
    rgba = bytes_rgba(colours, tintable=follows)
    bonds = bonds_between(xyz, element)
    radius = np.full(len(atoms), LONE_RADIUS, dtype=np.float32)
    radius[bonds.ravel()] = BALL_RADIUS
    sticks = [_half_sticks(xyz, rgba, bonds), _half_sticks(xyz, rgba, bonds[:, ::-1])] if len(bonds) else []
    return Spheres(xyz.astype(np.float32), radius, rgba), sticks


def bonds_between(xyz: Float64[ndarray, "atom 3"], element: ndarray) -> Int[ndarray, "bond 2"]:
    """Pairs of atoms close enough to be bonded."""
    if len(xyz) < 2:
        return np.empty((0, 2), dtype=np.int64)
    pairs = cKDTree(xyz).query_pairs(HEAVY_BOND, output_type="ndarray")
    length = np.linalg.norm(xyz[pairs[:, 0]] - xyz[pairs[:, 1]], axis=1)
    heavy = (element[pairs] > 10).any(axis=1)
    return pairs[(length > SHORTEST_BOND) & (length < np.where(heavy, HEAVY_BOND, LIGHT_BOND))]


def _half_sticks(xyz: Float64[ndarray, "atom 3"], rgba: ndarray, bonds: Int[ndarray, "bond 2"]) -> Rings:
    start, end = xyz[bonds[:, 0]], xyz[bonds[:, 1]]
    middle = (start + end) / 2
    across = np.cross(end - start, np.eye(3)[np.argmin(np.abs(end - start), axis=1)])
    return capsules(
        start, middle, across, rgba[bonds[:, 0]],
        half_width=STICK_RADIUS, half_thickness=STICK_RADIUS, squareness=2.0,
    )  # fmt: skip
