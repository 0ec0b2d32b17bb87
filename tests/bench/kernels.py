"""python -m tests.bench.kernels: what the inner loops cost, on one thread, the best of several.

Prints CPU time per point or voxel, so that other programs on the machine disturb little.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.volume import Volume
from difffit_core.fit.kernels import screen_numba
from difffit_core.fit.kernels.numba_kernel import pose_moments, pose_sums
from difffit_core.fit.probe import density_probe
from difffit_core.fit.screen import _correlation, _screen_rotation, _spectrum, make_search_map, make_template
from difffit_core.fit.simulate import simulate_map
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import prepare_target
from tests.fit.making import blob

REPEATS = 9
N_POSES = 200
RESOLUTION = 8.0  # Å
STRUCTURE = blob(3000, size=22.0)


def best_seconds(function: Callable[[], object]) -> float:
    """CPU seconds of one call on this thread, the least of several."""
    function()  # compile, fill caches

    def once() -> float:
        begun = time.thread_time()
        function()
        return time.thread_time() - begun

    return min(once() for _ in range(REPEATS))


def padded_map() -> Volume:
    """The structure's simulated map on a fine grid."""
    return simulate_map(STRUCTURE, RESOLUTION, voxel_size=1.5)


def numba_kernels() -> Iterator[tuple[str, float]]:
    """Nanoseconds per point of the compiled `evaluate`."""
    volume = padded_map()
    field = prepare_target(volume, 0.1 * float(volume.data.max()), RESOLUTION).native
    probe = density_probe(STRUCTURE, RESOLUTION, above=0.1).subset(1000, 0)
    poses = Poses(even_rotations(N_POSES, 0), np.tile(STRUCTURE.centroid_xyz, (N_POSES, 1)))
    matrices, positions = poses.matrices(), poses.position_xyz - field.origin_xyz
    moments, inverse = np.zeros((N_POSES, 21)), 1 / field.voxel_size_xyz
    points = N_POSES * len(probe)
    for name, kernel in (("numba value", pose_sums), ("numba gradient", pose_moments)):

        def call(kernel: Callable[..., None] = kernel) -> None:
            kernel(field.data, inverse, probe.points_xyz, probe.weights, matrices, positions, moments)

        yield f"{name}, ns per point", 1e9 * best_seconds(call) / points


def screen_kernels() -> Iterator[tuple[str, float]]:
    """Nanoseconds per voxel of what one rotation of the screen does."""
    volume = padded_map()
    target = prepare_target(volume, 0.1 * float(volume.data.max()), RESOLUTION)
    template = make_template(STRUCTURE, RESOLUTION)
    search_map = make_search_map(target, template, RESOLUTION)
    matrix = Poses(even_rotations(5, 0), np.zeros((5, 3))).matrices()[3]
    half = np.array(search_map.half_xyz)
    turned = np.empty(tuple(2 * half[::-1] + 1), np.float32)
    values, indices = np.zeros(8, np.float32), np.zeros(8, np.int64)

    def turn() -> None:
        screen_numba.turn_template(
            template.density,
            template.inside,
            template.cells,
            template.box_xyz,
            template.spacing,
            template.centroid_index_xyz,
            matrix,
            search_map.volume.voxel_size_xyz,
            half,
            turned,
        )

    turn()
    spectrum = np.conj(_spectrum(turned, search_map.padded)) * search_map.spectrum
    numerator = _correlation(spectrum, search_map.volume.data.shape, search_map.padded)

    def peaks() -> None:
        screen_numba.best_peaks(numerator * search_map.scale, values, indices)

    def rotation() -> None:
        _screen_rotation(template, search_map, matrix, values, indices)

    yield "turn_template, ns per voxel", 1e9 * best_seconds(turn) / turned.size
    yield "best_peaks, ns per voxel", 1e9 * best_seconds(peaks) / numerator.size
    yield f"whole rotation of {search_map.padded} grid, µs", 1e6 * best_seconds(rotation)


def main() -> None:
    """Print one line per kernel."""
    for name, figure in (*numba_kernels(), *screen_kernels()):
        print(f"{name:45s} {figure:9.3g}")


if __name__ == "__main__":
    main()
