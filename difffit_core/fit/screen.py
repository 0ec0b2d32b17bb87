"""All translations at once: a local correlation by FFT for each of many rotations.

Map and simulated map are low-passed and sharpened by a Laplacian, which removes the slow background that makes
dense neighbours attractive. Per rotation one forward and one inverse transform give the numerator of the
correlation everywhere; the local variance is that under the *rotation-averaged* mask, computed once. That is an
approximation, good enough to choose what `climb` starts from: every survivor is rescored exactly.

A template turned by a further 180° about an axis of the grid matches the map as the template itself matches the map
turned back, so one turned and transformed template serves four rotations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex64, Float32, Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.region import Region
from difffit_core.data.structure import Structure
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.fit.kernels.screen_numba import best_peaks, turn_template
from difffit_core.fit.kernels.threads import pool, worker_count
from difffit_core.fit.search_map import SearchMap, correlation_of, make_search_map, spectrum_of
from difffit_core.fit.starts import HALF_TURNS, even_rotations_by_half_turns
from difffit_core.fit.target import Target
from difffit_core.fit.template import Template, make_template


@dataclass(frozen=True)
class ScreenPlan:
    """How finely to screen."""

    resolution: float  # Å, of the low-passed map
    rotations: int
    per_rotation: int  # translations kept of each
    keep: int  # poses kept in all


# fills in scores [rotation, peak] and flat grid indices of the best translations of each of these rotations (matrices),
# yielding how many are done; the second to fourth quarter of the rotations are the first followed by half-turns
Sweep = Callable[[Float64[ndarray, "rotation 3 3"], Float32[ndarray, "rotation peak"], ndarray], Iterator[int]]


def screen(
    structure: Structure,
    target: Target,
    plan: ScreenPlan,
    seed: int,
    *,
    region: Region | None = None,
    device: str = "cpu",
) -> Job[tuple[Poses, ndarray]]:
    """The most promising poses with their centroid in the region, best first, and their screening scores [pose]."""
    orientations = even_rotations_by_half_turns(plan.rotations, seed)
    count = len(orientations)
    yield StageStarted("screen", count)
    template = make_template(structure, plan.resolution)
    search_map = make_search_map(target, template, plan.resolution, region)
    matrices = Poses(orientations, np.zeros((count, 3))).matrices()
    values = np.zeros((count, plan.per_rotation), np.float32)
    indices = np.full((count, plan.per_rotation), -1, np.int64)
    for done in make_sweep(template, search_map, device)(matrices, values, indices):
        yield StageAdvanced(done)
    return _collect(search_map, orientations, values, indices, plan.keep)


def make_sweep(template: Template, search_map: SearchMap, device: str) -> Sweep:
    """All rotations of a template in a search map: compiled code on the processor's cores, else torch on the device."""
    if device != "cpu":
        from difffit_core.fit.kernels.torch_screen import TorchSweep

        return TorchSweep(template, search_map, device)
    turned = [search_map.half_turned(flips) for flips in HALF_TURNS]

    def on_processor(matrices: ndarray, values: ndarray, indices: ndarray) -> Iterator[int]:
        count = len(matrices) // len(HALF_TURNS)

        def work(k: int) -> None:
            spectrum = _template_spectrum(template, search_map, matrices[k])
            for n, half_turned in enumerate(turned):
                _correlate(spectrum, half_turned, values[k + n * count], indices[k + n * count])
                _count_forwards(indices[k + n * count], HALF_TURNS[n], search_map.scale.shape)

        step = worker_count() * 2
        for first in range(0, count, step):
            last = min(first + step, count)
            list(pool().map(work, range(first, last)))
            yield last * len(HALF_TURNS)

    return on_processor


def _template_spectrum(
    template: Template, search_map: SearchMap, matrix: Float64[ndarray, "3 3"]
) -> Complex64[ndarray, "z2 y2 x3"]:
    """Conjugate spectrum of the turned template on the search map's grid."""
    half = search_map.half_xyz
    turned = np.empty(tuple(2 * h + 1 for h in half[::-1]), np.float32)
    turn_template(
        template.density,
        template.inside,
        template.cells,
        template.box_xyz,
        template.spacing,
        template.centroid_index_xyz,
        matrix,
        search_map.volume.voxel_size_xyz,
        np.array(half),
        turned,
    )
    spectrum = spectrum_of(turned, search_map.padded)
    return np.conjugate(spectrum, out=spectrum)


def _correlate(
    template_spectrum: Complex64[ndarray, "z2 y2 x3"],
    search_map: SearchMap,
    values: Float32[ndarray, " peak"],
    indices: Int64[ndarray, " peak"],
) -> None:
    """Fill in the best translations of one rotation: scores and flat grid indices, best first."""
    product = template_spectrum * search_map.spectrum
    numerator = correlation_of(product, search_map.scale.shape, search_map.padded)
    best_peaks(numerator * search_map.scale, values, indices)


def _count_forwards(
    indices: Int64[ndarray, " peak"], flips_xyz: tuple[bool, bool, bool], shape: tuple[int, ...]
) -> None:
    """Flat indices of a half-turned grid, in place, as those of the grid itself; −1 stays."""
    found = indices >= 0
    zyx = np.unravel_index(indices[found], shape)
    forwards = [n - 1 - i if flip else i for flip, i, n in zip(flips_xyz[::-1], zyx, shape, strict=True)]
    indices[found] = np.ravel_multi_index(forwards, shape)


def _collect(
    search_map: SearchMap,
    orientations: Float64[ndarray, "rotation 4"],
    values: Float32[ndarray, "rotation peak"],
    indices: Int64[ndarray, "rotation peak"],
    keep: int,
) -> tuple[Poses, Float64[ndarray, " pose"]]:
    """The best poses over all rotations, best first."""
    rotation, peak = np.nonzero(indices >= 0)
    order = np.argsort(-values[rotation, peak], kind="stable")[:keep]
    rotation, peak = rotation[order], peak[order]
    zyx = np.stack(np.unravel_index(indices[rotation, peak], search_map.volume.data.shape), axis=1)
    position = search_map.volume.map_from_index(zyx[:, ::-1].astype(np.float64))
    return Poses(orientations[rotation], position), values[rotation, peak].astype(np.float64)
