"""A small map, a library of wanderers two of which are in it, and findings out of thin air."""

import time
from collections.abc import Callable
from pathlib import Path

import mrcfile
import numpy as np

from difffit_core.data.structure import Structure
from difffit_core.files.checksums import checksum_of_bytes
from difffit_core.files.structure_parsing import load_source
from difffit_core.scan.examine import Task, earlier_attempts
from difffit_core.scan.finding import Attempt, Finding, read_finding, write_finding
from tests.fit.making import blob, empty_grid, map_with, random_pose

HIDDEN = ("blob-03", "blob-07")
RESOLUTION = 6.0


def write_pdb(path: Path, structure: Structure) -> Path:
    """The structure's atoms as a PDB file of alanines."""
    symbols = {6: "C", 7: "N", 8: "O"}
    lines = [
        f"ATOM  {n:>5}  CA  ALA A{n:>4}    {x:8.3f}{y:8.3f}{z:8.3f}  1.00 10.00          {symbols[e]:>2}"
        for n, ((x, y, z), e) in enumerate(zip(structure.xyz, structure.element.tolist(), strict=True), 1)
    ]
    path.write_text("\n".join([*lines, "END", ""]))
    return path


def make_library(folder: Path, count: int = 12) -> Path:
    """Wanderers of 150 to 500 atoms."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        write_pdb(folder / f"blob-{k:02d}.pdb", blob(150 + 30 * k, seed=k))
    return folder


def make_map(path: Path) -> Path:
    """The two hidden ones side by side, with noise."""
    grid = empty_grid((52, 44, 40), (1.5, 1.5, 1.5), (0.0, 0.0, 0.0))
    data = np.zeros_like(grid.data)
    for name, place in zip(HIDDEN, ((25.0, 33.0, 30.0), (52.0, 33.0, 30.0)), strict=True):
        number = int(name[-2:])
        pose = random_pose(np.array(place), seed=number)
        data += map_with(blob(150 + 30 * number, seed=number), [pose], grid, RESOLUTION).data
    data += np.random.default_rng(0).normal(0, 0.02 * data.max(), data.shape).astype(np.float32)
    with mrcfile.new(path) as opened:
        opened.set_data(data.astype(np.float32))
        opened.voxel_size = 1.5
    return path


def attempt(excess: float) -> Attempt:
    """A search that ended with this excess."""
    scores = dict.fromkeys(
        ("correlation", "mean_overlap", "mean_density", "fraction_inside", "correlation_about_mean_at_atoms"), 0.5
    )
    pose = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
    scores["correlation_about_mean"] = float(np.tanh(0.2 + 0.02 * excess))
    return Attempt(excess, 0.1, 100, 0.02, 1, 0.5, scores, pose, 0.0)


def excess_by_name(name: str, preset: str) -> float:
    """Wrong ones spread out, the hidden ones far above."""
    return 8.0 if name in HIDDEN else -1.6 + 0.05 * int(name[-2:])


def pretend(excess_of: Callable[[str, str], float], seconds: float = 0.0) -> Callable[..., Finding]:
    """Work that finds what it is told to find (by name and preset), and writes it down as real work does."""

    def work(task: Task, stopped: Callable[[], bool] = lambda: False) -> Finding:
        time.sleep(seconds)
        sha256 = checksum_of_bytes(load_source(task.source.path).content).sha256
        attempts = {
            **earlier_attempts(read_finding(task.result), sha256),
            task.preset: attempt(excess_of(task.source.name, task.preset)),
        }
        finding = Finding(task.source.name, str(task.source.path), sha256, 100, attempts, None, task.source.description)
        write_finding(task.result, finding)
        return finding

    return work
