"""Structures and maps of any size, made of the bundled haemoglobin chain, with known placements."""

from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.bench.scramble import apply
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.files.atomic_write import atomic_write
from difffit_core.fit.simulate import gaussians_on

SPACING = 42.0  # Å between copies of a haemoglobin chain: they touch, as subunits do
LOBES = 5  # of a large body
COLUMNS = (
    *("group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id"),
    *("label_seq_id", "auth_seq_id", "auth_asym_id", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv"),
)
SYMBOLS = {6: "C", 7: "N", 8: "O", 15: "P", 16: "S", 26: "FE"}


def ball_of_copies(structure: Structure, radius: float, seed: int) -> Float64[ndarray, "copy 3 4"]:
    """Placements of copies on a lattice about the origin, each turned at random, nearest to the middle first."""
    centres = lattice(radius)
    distance = np.linalg.norm(centres, axis=1)
    order = np.argsort(distance, kind="stable")
    return turned_copies(structure, centres[order][distance[order] <= radius], seed)


def lobes_of_copies(structure: Structure, atoms: int, seed: int) -> Float64[ndarray, "copy 3 4"]:
    """Placements of as many copies as hold this many atoms, packed into a body of lobes of different sizes.

    A ball of copies looks the same from all sides at the resolution that a structure of this size is searched with;
    lobes give it an orientation, as large complexes have one.
    """
    wanted = -(-atoms // len(structure))
    radius = SPACING * np.cbrt(3 * wanted / (4 * np.pi))  # of the ball that holds as many
    rng = np.random.default_rng(seed)
    middles = Rotation.random(LOBES, rng=rng).apply([radius, 0.0, 0.0])
    sizes = rng.uniform(0.4, 1.0, LOBES)
    centres = lattice(3 * radius + SPACING)
    outside = (np.linalg.norm(centres[:, None] - middles, axis=2) / sizes).min(axis=1)
    return turned_copies(structure, centres[np.argsort(outside, kind="stable")[:wanted]], seed)


def lattice(radius: float) -> Float64[ndarray, "site 3"]:
    """Points of a cubic lattice (Å) in a cube that holds the ball of this radius about the origin."""
    reach = int(radius // SPACING)
    steps = np.arange(-reach, reach + 1) * SPACING
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)


def turned_copies(structure: Structure, centres: Float64[ndarray, "copy 3"], seed: int) -> Float64[ndarray, "copy 3 4"]:
    """Placements of copies with their centroids at these places (Å), each turned at random."""
    turns = Rotation.random(len(centres), rng=np.random.default_rng(seed)).as_matrix()
    return np.concatenate([turns, (centres - turns @ structure.centroid_xyz)[:, :, None]], axis=2)


def placed_atoms(structure: Structure, placements: Float64[ndarray, "copy 3 4"]) -> Float64[ndarray, "atom 3"]:
    """The atoms (Å) of all copies."""
    return np.concatenate([apply(placement, structure.xyz) for placement in placements])


def with_noise(volume: Volume, share: float, seed: int) -> Volume:
    """With normal noise whose standard deviation is this share of the maximum."""
    if share == 0:
        return volume
    noise = np.random.default_rng(seed).standard_normal(volume.data.shape, dtype=np.float32)
    noise *= np.float32(share * volume.data.max())
    noise += volume.data
    return volume.with_data(noise)


def map_of_copies(
    structure: Structure, placements: Float64[ndarray, "copy 3 4"], grid: Volume, resolution: float
) -> Volume:
    """Simulated density of copies on the grid of a map."""
    weights = np.tile(structure.element.astype(np.float64), len(placements))
    return gaussians_on(grid, placed_atoms(structure, placements), weights, resolution)


def empty_grid(
    shape_xyz: tuple[int, int, int], voxel_xyz: tuple[float, float, float], origin_xyz: Float64[ndarray, "3"]
) -> Volume:
    """A map of zeros."""
    return Volume(np.zeros(shape_xyz[::-1], np.float32), np.array(voxel_xyz), np.asarray(origin_xyz, np.float64))


def write_copies(path: Path, structure: Structure, placements: Float64[ndarray, "copy 3 4"], atoms: int) -> None:
    """Write the first atoms of all copies as mmCIF, one chain for each copy."""
    xyz = placed_atoms(structure, placements)[:atoms]
    n = len(structure)
    head = "data_copies\nloop_\n" + "".join(f"_atom_site.{column}\n" for column in COLUMNS)
    names = [f'"{name}"' for name in structure.atom_name]
    symbols = [SYMBOLS.get(int(number), "C") for number in structure.element]
    with atomic_write(path) as stream:
        stream.write(head.encode())
        for k, (x, y, z) in enumerate(xyz.tolist()):
            i, chain = k % n, f"c{k // n}"
            residue, name = structure.residue_number[i], structure.residue_name[i]
            stream.write(
                f"ATOM {k + 1} {symbols[i]} {names[i]} . {name} {chain} {residue} {residue} {chain} "
                f"{x:.3f} {y:.3f} {z:.3f} 1 30\n".encode()
            )
