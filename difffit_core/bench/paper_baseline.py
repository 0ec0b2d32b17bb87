"""The published method in plain torch, timed: what the benchmark compares the engine with."""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.bench.plain_paper import Levels, Visited, make_levels, optimise
from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.clusters import group
from difffit_core.fit.kernels.threads import worker_count
from difffit_core.fit.paper.levels import Recipe, filtered, recipe_of
from difffit_core.fit.paper.paper_fit import random_starts
from difffit_core.settings import FitSettings

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
        made = levels_of(volume, level, recipe)
        prepared = time.perf_counter()
        best = optimise(made, points, poses, edge, iterations)
        ended, cpu_seconds = time.perf_counter(), time.process_time() - cpu_begun
    seconds = (prepared - begun, ended - prepared, cpu_seconds)
    return clustered(best, structure.centroid_xyz, len(made.volumes), iterations, seconds)


def levels_of(volume: Volume, level: float, recipe: Recipe) -> Levels:
    """Every level of the map, as the recipe has them."""
    smoothed, order, negative = recipe.smoothed, recipe.order, recipe.negative
    return make_levels(volume, level, smoothed, order, negative, recipe.minimum_island, torch.float32)


def clustered(
    best: Visited,
    centroid_xyz: Float64[ndarray, "3"],
    volumes: int,
    iterations: int,
    seconds: tuple[float, float, float],
) -> PaperBaseline:
    """Equal placements gathered, with what it took: seconds of levels and climb, and CPU seconds of both."""
    groups = group(best.poses, best.value, SHIFT, ANGLE)
    kept = groups.representatives
    hits = np.bincount(groups.representative_of, minlength=len(best.value))[kept]
    return PaperBaseline(best.poses[kept], best.value[kept], hits, centroid_xyz, volumes, iterations, *seconds)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let torch use every core that this process may use."""
    before = torch.get_num_threads()
    torch.set_num_threads(worker_count())
    try:
        yield
    finally:
        torch.set_num_threads(before)


def as_dict(found: PaperBaseline, top: int = 50) -> dict[str, Any]:
    """Times and the best clusters as plain numbers."""
    return {
        "volumes": found.volumes,
        "iterations": found.iterations,
        "prepare_seconds": found.prepare_seconds,
        "climb_seconds": found.climb_seconds,
        "cpu_seconds": found.cpu_seconds,
        "hits": found.hits[:top].tolist(),
        "map_from_model": found.map_from_model()[:top].tolist(),
    }


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m difffit_core.bench.paper_baseline", description=__doc__)
    made.add_argument("map", type=Path)
    made.add_argument("structure", type=Path)
    made.add_argument("level", type=float, help="contour level")
    made.add_argument("resolution", type=float, help="Å")
    made.add_argument("--iterations", type=int, default=ITERATIONS)
    made.add_argument("--starts", type=int, default=STARTS)
    made.add_argument("--smoothed-levels", type=int, default=3)
    made.add_argument("--json", type=Path, required=True, help="file for times and placements")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and write the JSON."""
    options = parser().parse_args(arguments)
    found = run_paper_baseline(
        options.map,
        options.structure,
        options.level,
        options.resolution,
        iterations=options.iterations,
        starts=options.starts,
        smoothed_levels=options.smoothed_levels,
    )
    options.json.write_text(json.dumps(as_dict(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
