"""Simulated cases, made on the fly from the bundled haemoglobin chain: exact truth, so accuracy can be judged."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from difffit_core.bench.cases import Case
from difffit_core.bench.synthetic import empty_grid, map_of_copies, placed_atoms, with_noise
from difffit_core.data.structure import Structure
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

ROOM = 10.0  # Å between the atoms and the walls, where a placement is not in a corner
REQUIRED_RMSD = {0.0: 0.05, 0.05: 0.1}  # Å, by noise


@dataclass(frozen=True)
class Simulation:
    """What makes one simulated case."""

    name: str
    resolution: float  # Å
    noise: float = 0.0  # standard deviation over the maximum
    voxel_xyz: tuple[float, float, float] | None = None  # Å; a third of the resolution when None
    origin_xyz: tuple[float, float, float] = (0.0, 0.0, 0.0)  # Å
    corner: bool = False  # the atoms touch three walls of the box
    ring: int = 1  # copies around an axis


def simulations() -> list[Simulation]:
    """All of them: resolutions with and without noise, odd grids, a corner, a symmetric ring."""
    made = [
        Simulation(f"simulated-{resolution}A{'-noise' if noise else ''}", float(resolution), noise)
        for resolution in (3, 4, 6, 8, 10)
        for noise in (0.0, 0.05)
    ]
    voxel, origin = (1.2, 1.45, 1.65), (-37.3, 412.9, 15.1)
    made += [
        Simulation(f"simulated-odd-grid{'-noise' if noise else ''}", 5.0, noise, voxel, origin) for noise in (0.0, 0.05)
    ]
    made += [Simulation("simulated-corner", 5.0, corner=True), Simulation("simulated-ring", 6.0, 0.05, ring=5)]
    return made


def make_case(simulation: Simulation, folder: Path, seed: int = 0) -> Case:
    """Write the map of a simulation into a folder and return its case."""
    source = load_sample().structures[0].path
    structure = read_structure(source)
    rng = np.random.default_rng([seed, *simulation.name.encode()])
    truth = shifted_into_box(placements(structure, simulation.ring, rng), structure, simulation)
    atoms = placed_atoms(structure, truth)
    voxel = simulation.voxel_xyz or (simulation.resolution / 3,) * 3
    room = 3 * ROOM if simulation.corner else ROOM
    shape = np.ceil((atoms.max(axis=0) + room - simulation.origin_xyz) / voxel).astype(int) + 1
    grid = empty_grid((int(shape[0]), int(shape[1]), int(shape[2])), voxel, np.array(simulation.origin_xyz))
    volume = map_of_copies(structure, truth, grid, simulation.resolution)
    path = folder / f"{simulation.name}.mrc"
    write_volume(path, with_noise(volume, simulation.noise, seed))
    rmsd = REQUIRED_RMSD[simulation.noise]
    return Case(simulation.name, "simulated", path, source, (), simulation.resolution, truth, rmsd, simulation.ring)


def placements(structure: Structure, ring: int, rng: np.random.Generator) -> Float64[ndarray, "copy 3 4"]:
    """One copy turned at random, or a ring of copies about the z axis that nearly touch."""
    turn = Rotation.from_quat(rng.standard_normal(4)).as_matrix()
    extent = np.ptp(structure.xyz @ turn.T, axis=0).max()
    radius = 0.0 if ring == 1 else 0.5 * extent / np.sin(np.pi / ring)
    first = np.column_stack([turn, radius * np.array([1.0, 0, 0]) - turn @ structure.centroid_xyz])
    around = Rotation.from_rotvec(np.outer(2 * np.pi * np.arange(ring) / ring, [0, 0, 1])).as_matrix()
    return around @ first


def shifted_into_box(
    placed: Float64[ndarray, "copy 3 4"], structure: Structure, simulation: Simulation
) -> Float64[ndarray, "copy 3 4"]:
    """The same placements, so that their atoms begin at the walls of the box or a bit away from them."""
    room = 0.0 if simulation.corner else ROOM
    low = placed_atoms(structure, placed).min(axis=0)
    moved = placed.copy()
    moved[:, :, 3] += np.array(simulation.origin_xyz) + room - low
    return moved
