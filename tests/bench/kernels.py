"""python -m tests.bench.kernels: what the inner loops cost, in CPU time, the best of several.

CPU time, all threads together, says the same on a busy machine as on an idle one; the compiled kernels are called as
one of their threads calls them.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume
from difffit_core.fit.kernels.evaluate import torch_backend
from difffit_core.fit.kernels.numba_kernel import pose_moments, pose_sums
from difffit_core.fit.kernels.screen_numba import best_peaks, turn_template
from difffit_core.fit.probe import Probe, density_probe
from difffit_core.fit.screen import make_sweep
from difffit_core.fit.search_map import SearchMap, correlation_of, make_search_map, spectrum_of
from difffit_core.fit.simulate import simulate_map
from difffit_core.fit.starts import even_rotations, even_rotations_by_half_turns
from difffit_core.fit.target import Field, prepare_target
from difffit_core.fit.template import Template, make_template
from tests.fit.making import blob

REPEATS = 9
N_POSES = 200
RESOLUTION = 8.0  # Å
STRUCTURE = blob(3000, size=22.0)


def best_seconds(function: Callable[[], object]) -> float:
    """CPU seconds of one call, the least of several."""
    function()  # compile, fill caches

    def once() -> float:
        begun = time.process_time()
        function()
        return time.process_time() - begun

    return min(once() for _ in range(REPEATS))


def simulated() -> Volume:
    """The structure's simulated map on a fine grid."""
    return simulate_map(STRUCTURE, RESOLUTION, voxel_size=1.5)


def evaluate_case() -> tuple[Field, Probe, Poses]:
    """A climb's first level: a thousand points of the structure, turned about the middle of its own map."""
    volume = simulated()
    field = prepare_target(volume, 0.1 * float(volume.data.max()), RESOLUTION).native
    probe = density_probe(STRUCTURE, RESOLUTION, above=0.1).subset(1000, 0)
    return field, probe, Poses(even_rotations(N_POSES, 0), np.tile(STRUCTURE.centroid_xyz, (N_POSES, 1)))


def evaluations() -> Iterator[tuple[str, float]]:
    """Nanoseconds per point of `evaluate` in numba and in torch."""
    field, probe, poses = evaluate_case()
    matrices, positions = poses.matrices(), poses.position_xyz - field.origin_xyz
    moments, inverse = np.zeros((N_POSES, 21)), 1 / field.voxel_size_xyz
    torch = torch_backend("cpu")

    def numba_call(kernel: Callable[..., None]) -> None:
        kernel(field.data, inverse, probe.points_xyz, probe.weights, matrices, positions, moments)

    calls: dict[str, Callable[[], object]] = {
        "numba value": lambda: numba_call(pose_sums),
        "numba gradient": lambda: numba_call(pose_moments),
        "torch value": lambda: torch(field, probe, poses, False),
        "torch gradient": lambda: torch(field, probe, poses, True),
    }
    for name, call in calls.items():
        yield f"{name}, ns per point", 1e9 * best_seconds(call) / (N_POSES * len(probe))


def screen_case() -> tuple[Template, SearchMap, ndarray]:
    """A template, the map it is looked for in, and orientations (matrices)."""
    volume = simulated()
    template = make_template(STRUCTURE, RESOLUTION)
    target = prepare_target(volume, 0.1 * float(volume.data.max()), RESOLUTION)
    orientations = even_rotations_by_half_turns(100, 0)
    matrices = Poses(orientations, np.zeros((len(orientations), 3))).matrices()
    return template, make_search_map(target, template, RESOLUTION), matrices


def screenings() -> Iterator[tuple[str, float]]:
    """Nanoseconds per voxel of the steps of one rotation of the screen, and microseconds of all of it."""
    template, search_map, matrices = screen_case()
    half, voxel = np.array(search_map.half_xyz), search_map.volume.voxel_size_xyz
    turned = np.empty(tuple(2 * half[::-1] + 1), np.float32)
    values, indices = np.zeros((len(matrices), 8), np.float32), np.zeros((len(matrices), 8), np.int64)
    grids = template.density, template.inside, template.cells, template.box_xyz
    place = template.spacing, template.centroid_index_xyz, matrices[3], voxel, half
    seconds = best_seconds(lambda: turn_template(*grids, *place, turned))
    yield "turn_template, ns per voxel", 1e9 * seconds / turned.size
    spectrum = np.conj(spectrum_of(turned, search_map.padded)) * search_map.spectrum
    numerator = correlation_of(spectrum, search_map.scale.shape, search_map.padded)
    seconds = best_seconds(lambda: best_peaks(numerator * search_map.scale, values[0], indices[0]))
    yield "best_peaks, ns per voxel", 1e9 * seconds / numerator.size
    sweep = make_sweep(template, search_map, "cpu")
    seconds = best_seconds(lambda: list(sweep(matrices, values, indices)))
    yield f"one rotation, grid of {search_map.padded}, µs", 1e6 * seconds / len(matrices)


def main() -> None:
    """Print one line per measurement."""
    for name, figure in (*evaluations(), *screenings()):
        print(f"{name:45s} {figure:9.3g}")


if __name__ == "__main__":
    main()
