"""Growth curves: seconds and memory of `difffit fit` against atoms, voxels, starts and the number of structures.

Every point is a process of its own, so that its peak memory is its own.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.bench.cases import Case, bundled_cases
from difffit_core.bench.evaluate_cost import POSES, point_cost, random_field, sample_probe, scattered_poses
from difffit_core.bench.runs import Run, run_case
from difffit_core.bench.synthetic import (
    ball_of_copies,
    empty_grid,
    lobes_of_copies,
    map_of_copies,
    with_noise,
    write_copies,
)
from difffit_core.data.structure import Structure
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.device import choose_engine

NOISE = 0.02  # of the maximum
IDENTITY = np.eye(3, 4)[None]
AMOUNTS = {
    "atoms": (100, 1000, 10_000, 100_000),
    "voxels": (64, 128, 256),  # edge of a cubic map
    "starts": (100, 300, 1000, 3000),
    "structures": (1, 2, 4, 8),
}
MORE = {"atoms": (300_000, 1_000_000), "voxels": (384, 512), "starts": (10_000,), "structures": (16,)}
EVALUATE_EDGES = (64, 128, 256)
MORE_EVALUATE_EDGES = (512,)


@dataclass(frozen=True)
class Point:
    """One point of a curve: so many atoms, voxels along an edge, starts or structures."""

    curve: str
    amount: int
    run: Run


def curves(*, full: bool) -> Iterator[Point]:
    """All points, as they are measured."""
    makers: dict[str, Callable[[int, Path], Run]] = {
        "atoms": run_atoms,
        "voxels": run_voxels,
        "starts": run_starts,
        "structures": run_structures,
    }
    for curve, make in makers.items():
        for amount in (*AMOUNTS[curve], *(MORE[curve] if full else ())):
            with tempfile.TemporaryDirectory() as folder:
                yield Point(curve, amount, make(amount, Path(folder)))


def run_atoms(atoms: int, folder: Path) -> Run:
    """A structure of so many atoms, copies of a chain packed into lobes, in its own map at 6 Å."""
    chain = _chain()
    copies = lobes_of_copies(chain, atoms, 0)
    path = folder / "copies.cif"
    write_copies(path, chain, copies, atoms)
    structure = read_structure(path)
    resolution, voxel = 6.0, 2.0
    low, high = structure.xyz.min(axis=0) - 12, structure.xyz.max(axis=0) + 12
    shape = np.ceil((high - low) / voxel).astype(int)
    grid = empty_grid((int(shape[0]), int(shape[1]), int(shape[2])), (voxel,) * 3, low)
    volume = map_of_copies(structure, IDENTITY, grid, resolution)
    write_volume(folder / "map.mrc", with_noise(volume, NOISE, 0))
    return run_case(_case(f"{atoms} atoms", folder / "map.mrc", path, resolution, IDENTITY), 0)


def run_voxels(edge: int, folder: Path) -> Run:
    """One chain in a cubic map of `edge` voxels, half as wide as which a ball of copies of it is."""
    chain = _chain()
    resolution, voxel = 4.5, 1.5
    half = 0.5 * edge * voxel
    copies = ball_of_copies(chain, half / 2, 0)
    grid = empty_grid((edge,) * 3, (voxel,) * 3, np.full(3, -half))
    volume = map_of_copies(chain, copies, grid, resolution)
    write_volume(folder / "map.mrc", with_noise(volume, NOISE, 0))
    return run_case(_case(f"{edge}³ voxels", folder / "map.mrc", chain.source.path, resolution, copies), 0)


def run_starts(starts: int, folder: Path) -> Run:
    """The bundled sample with so many poses that climb."""
    case = bundled_cases()[0]
    return run_case(replace(case, name=f"{starts} starts", options=("--starts", str(starts))), 0)


def run_structures(count: int, folder: Path) -> Run:
    """So many structures into the bundled map with one command."""
    case = bundled_cases()[0]
    paths = [structure.path for structure in load_sample().structures[:2]]
    return run_case(replace(case, name=f"{count} structures"), 0, more=[paths[k % 2] for k in range(1, count)])


def evaluate_by_map(*, full: bool) -> list[dict[str, float]]:
    """Nanoseconds per point of `evaluate` in maps of growing size."""
    backend, probe = choose_engine("auto", "auto").evaluate, sample_probe()
    made = []
    for edge in (*EVALUATE_EDGES, *(MORE_EVALUATE_EDGES if full else ())):
        cost = point_cost(random_field(edge), probe, scattered_poses(edge, POSES), backend)
        made.append({"amount": edge, **asdict(cost)})
    return made


def _chain() -> Structure:
    return read_structure(load_sample().structures[0].path)


def _case(name: str, volume: Path, structure: Path, resolution: float, truth: Float64[ndarray, "place 3 4"]) -> Case:
    return Case(name, "growth", volume, structure, (), resolution, truth, rmsd=0.5, copies=1)
