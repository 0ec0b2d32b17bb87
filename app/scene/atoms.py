"""Atoms as balls and sticks: ligands beside ribbons, or everything."""

import numpy as np
from jaxtyping import Bool, Float64, Int, UInt8
from numpy import ndarray
from scipy.spatial import cKDTree

from app.scene.geometry import Cylinders, Spheres
from difffit_core.data.structure import Structure

BALL_RADIUS = 0.42  # Å
LONE_RADIUS = 1.0  # Å, of an atom without bonds
STICK_RADIUS = 0.22  # Å
SHORTEST_BOND = 0.4  # Å: closer atoms are two of the same
LIGHT_BOND, HEAVY_BOND = 1.95, 2.45  # Å: longest bond between second-period atoms, and with a heavier partner
# Å, van der Waals radii (Bondi 1964) of what structures are made of; others as OTHER_RADIUS
VAN_DER_WAALS = {1: 1.10, 6: 1.70, 7: 1.55, 8: 1.52, 9: 1.47, 11: 2.27, 12: 1.73, 15: 1.80, 16: 1.80, 17: 1.75,
                 19: 2.75, 30: 1.39, 34: 1.90}  # fmt: skip
OTHER_RADIUS = 1.8  # Å


def balls_and_sticks(
    structure: Structure,
    chosen: Bool[ndarray, " atom"],
    colour_rgba: UInt8[ndarray, "atom 4"],
    *,
    ball_radius: float = BALL_RADIUS,
    stick_radius: float = STICK_RADIUS,
) -> tuple[Spheres, Cylinders]:
    """Balls (radii in Å) for the chosen atoms, and sticks in two colours between those that are bonded."""
    atoms = np.flatnonzero(chosen)
    xyz, element, rgba = structure.xyz[atoms], structure.element[atoms], colour_rgba[atoms]
    bonds = bonds_between(xyz, element)
    radius = np.full(len(atoms), max(LONE_RADIUS, ball_radius), dtype=np.float32)
    radius[bonds.ravel()] = ball_radius
    position = xyz.astype(np.float32)
    start, end = bonds.T
    return Spheres(position, radius, rgba), Cylinders(
        position[start], position[end], np.full(len(bonds), stick_radius, dtype=np.float32), rgba[start], rgba[end]
    )


def space_filling(structure: Structure, colour_rgba: UInt8[ndarray, "atom 4"]) -> Spheres:
    """A ball of the van der Waals radius for every atom."""
    radii = np.full(256, OTHER_RADIUS, dtype=np.float32)
    radii[list(VAN_DER_WAALS)] = list(VAN_DER_WAALS.values())
    return Spheres(structure.xyz.astype(np.float32), radii[structure.element], colour_rgba)


def bonds_between(xyz: Float64[ndarray, "atom 3"], element: ndarray) -> Int[ndarray, "bond 2"]:
    """Pairs of atoms close enough to be bonded."""
    if len(xyz) < 2:
        return np.empty((0, 2), dtype=np.int64)
    pairs = cKDTree(xyz).query_pairs(HEAVY_BOND, output_type="ndarray")
    length = np.linalg.norm(xyz[pairs[:, 0]] - xyz[pairs[:, 1]], axis=1)
    heavy = (element[pairs] > 10).any(axis=1)
    return pairs[(length > SHORTEST_BOND) & (length < np.where(heavy, HEAVY_BOND, LIGHT_BOND))]
