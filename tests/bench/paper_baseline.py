"""The published method in plain torch, timed: what the benchmark compares the engine with.

python -m tests.bench.paper_baseline MAP STRUCTURE LEVEL RESOLUTION [ITERATIONS]
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clusters import group
from difffit_core.fit.kernels.threads import worker_count
from difffit_core.fit.paper.levels import filtered, recipe_of
from difffit_core.fit.paper.paper_fit import random_starts
from difffit_core.settings import FitSettings
from tests.fit.paper.oracle import make_levels, optimise

ITERATIONS, STARTS = 201, 1000
SHIFT, ANGLE = 3.0, 6.0  # Å, degrees: placements this close are one cluster


@dataclass(frozen=True)
class PaperBaseline:
    """Distinct placements, best value first, and the seconds it took to find them (files read before)."""

    poses: Poses
    value: Float64[ndarray, " cluster"]  # the negative of the loss
    hits: Int64[ndarray, " cluster"]
    centroid_xyz: Float64[ndarray, "3"]  # of the structure (Å)
    volumes: int  # levels that were sampled, the filtered map included
    iterations: int
    prepare_seconds: float  # filter and levels
    climb_seconds: float
    cpu_seconds: float  # of both, over all cores: what a busy machine does not change much

    @property
    def seconds(self) -> float:
        """What this run took in all."""
        return self.prepare_seconds + self.climb_seconds

    def seconds_for(self, iterations: int) -> float:
        """What so many iterations would take, every one as long as those that were run."""
        return self.prepare_seconds + self.climb_seconds * iterations / self.iterations

    def map_from_model(self) -> Float64[ndarray, "cluster 3 4"]:
        """The matrices that take the structure file's coordinates to the map's frame."""
        return self.poses.map_from_model(self.centroid_xyz)


def run_paper_baseline(
    map_path: Path,
    structure_path: Path,
    level: float,
    resolution: float,
    *,
    iterations: int = ITERATIONS,
    starts: int = STARTS,
    smoothed_levels: int = 3,
    seed: int = 0,
) -> PaperBaseline:
    """Fit by the published objective, all atoms, every level sampled by itself, on all cores.

    `smoothed_levels` count beside the filtered map: three are four volumes to sample. Starts are those of the
    engine's preset `paper` with the same seed; so are all settings that are not given here.
    """
    volume, structure = read_volume(map_path), read_structure(structure_path)
    recipe = recipe_of(FitSettings(paper_levels=smoothed_levels), resolution)
    poses = random_starts(filtered(volume, level, recipe), starts, seed)
    points = structure.xyz - structure.centroid_xyz
    edge = float((np.array(volume.shape_xyz) * volume.voxel_size_xyz).mean())
    with all_cores():
        begun, cpu_begun = time.perf_counter(), time.process_time()
        made = make_levels(
            volume, level, recipe.smoothed, recipe.order, recipe.negative, recipe.minimum_island, torch.float32
        )
        prepared = time.perf_counter()
        best = optimise(made, points, poses, edge, iterations)
        ended, cpu_seconds = time.perf_counter(), time.process_time() - cpu_begun
    groups = group(best.poses, best.value, SHIFT, ANGLE)
    kept = groups.representatives
    hits = np.bincount(groups.representative_of, minlength=len(best.value))[kept]
    return PaperBaseline(
        best.poses[kept],
        best.value[kept],
        hits,
        structure.centroid_xyz,
        len(made.volumes),
        iterations,
        prepared - begun,
        ended - prepared,
        cpu_seconds,
    )


@contextmanager
def all_cores() -> Iterator[None]:
    """Let torch use every core that this process may use."""
    before = torch.get_num_threads()
    torch.set_num_threads(worker_count())
    try:
        yield
    finally:
        torch.set_num_threads(before)


def main(arguments: list[str]) -> None:
    """Run and print one line."""
    map_path, structure_path, level, resolution = arguments[:4]
    iterations = int(arguments[4]) if len(arguments) > 4 else ITERATIONS
    found = run_paper_baseline(
        Path(map_path), Path(structure_path), float(level), float(resolution), iterations=iterations
    )
    extrapolated = "" if iterations == ITERATIONS else f", {found.seconds_for(ITERATIONS):.0f} s for {ITERATIONS}"
    print(
        f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s of CPU) for {iterations} iterations{extrapolated}; "
        f"{found.volumes} volumes, {len(found.hits)} clusters, first with {found.hits[0]} hits"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
