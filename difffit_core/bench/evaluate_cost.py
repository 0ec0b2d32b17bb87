"""What one sample of the hot call costs: nanoseconds per point of `evaluate`, without and with gradient."""

import time
from dataclasses import dataclass

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.device import choose_engine
from difffit_core.fit.kernels.evaluate import Backend, evaluate
from difffit_core.fit.probe import Probe, density_probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import Field

POINTS, POSES = 1000, 1000
REPEATS = 15


@dataclass(frozen=True)
class PointCost:
    """Nanoseconds per point and pose, the least of several calls on all cores."""

    value: float
    gradient: float
    value_cpu: float  # of CPU time, added up over the cores
    gradient_cpu: float


def random_field(edge: int, seed: int = 0) -> Field:
    """A cubic map of `edge` voxels of 1 Å, full of density, ready to be sampled."""
    data = np.random.default_rng(seed).random((edge, edge, edge), dtype=np.float32)
    return Field(data, np.ones(3), np.zeros(3), 3.0, 1e-6)


def sample_probe() -> Probe:
    """Points of the bundled haemoglobin chain."""
    return density_probe(read_structure(load_sample().structures[0].path), 5.0, above=0.1).subset(POINTS, 0)


def scattered_poses(edge: int, count: int, seed: int = 0) -> Poses:
    """Poses anywhere in a cubic map of `edge` Å, where the probe is inside mostly."""
    rng = np.random.default_rng(seed)
    return Poses(even_rotations(count, seed), rng.uniform(0.25 * edge, 0.75 * edge, (count, 3)))


def point_cost(field: Field, probe: Probe, poses: Poses, backend: Backend, repeats: int = REPEATS) -> PointCost:
    """Cost of a point in this field."""

    def nanoseconds(gradient: bool) -> tuple[float, float]:
        begun, cpu_begun = time.perf_counter(), time.process_time()
        evaluate(field, probe, poses, backend, gradient=gradient)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu_begun
        return 1e9 * wall / (len(probe) * len(poses)), 1e9 * cpu / (len(probe) * len(poses))

    def least(gradient: bool) -> tuple[float, float]:
        nanoseconds(gradient)  # compiled, in the caches
        figures = [nanoseconds(gradient) for _ in range(repeats)]
        return min(wall for wall, _ in figures), min(cpu for _, cpu in figures)

    (value, value_cpu), (gradient, gradient_cpu) = least(False), least(True)
    return PointCost(value, gradient, value_cpu, gradient_cpu)


def cost_here(edge: int = 100, repeats: int = REPEATS) -> PointCost:
    """Cost of a point on this machine with what `auto` chooses."""
    engine = choose_engine("auto", "auto")
    return point_cost(random_field(edge), sample_probe(), scattered_poses(edge, POSES), engine.evaluate, repeats)
