"""The published method as a preset: random starts, Adam on the mean density at the atoms, clusters.

Luo et al., IEEE TVCG 2025. Sampling is exact, starts are seeded, and a placement is the best pose that its start
visited, with the metrics of that very pose. There is no screen and no polish.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.results import FitResult, Placements
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import Job, PosesImproved, StageAdvanced, StageStarted
from difffit_core.fit.conclude import conclude
from difffit_core.fit.device import Engine
from difffit_core.fit.kernels.evaluate import Evaluation, evaluate
from difffit_core.fit.model import Model
from difffit_core.fit.paper import adam
from difffit_core.fit.paper.levels import field_of, filtered, recipe_of
from difffit_core.fit.placements import merge
from difffit_core.fit.probe import Probe, atom_probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import Field, Target
from difffit_core.settings import FitSettings

STARTS = 1000
ROTATIONS_PER_POSITION = 10  # times the number of positions: 10 positions × 100 rotations
QUATERNION_RATE = 0.01
POSITION_RATE = 0.01  # of the map's mean edge
POINTS_AT_ONCE = 4_000_000  # about a tenth of a second on two cores: how long a cancelled fit may go on
MOST_CLUSTERS, POINTS_TO_LOOK = 200, 5000  # what gets all metrics, and how closely it is looked at to choose


@dataclass(frozen=True)
class Visited:
    """The best pose that each start has visited, and its value."""

    poses: Poses
    value: Float64[ndarray, " pose"]

    def or_better(self, poses: Poses, value: Float64[ndarray, " pose"]) -> "Visited":
        """With those of the poses that improve on it."""
        better = (value > self.value)[:, None]
        orientation = np.where(better, poses.orientation_xyzw, self.poses.orientation_xyzw)
        position = np.where(better, poses.position_xyz, self.poses.position_xyz)
        return Visited(Poses(orientation, position), np.maximum(value, self.value))


@dataclass(frozen=True)
class Objective:
    """The negative of the published loss of one structure: its mean density in the combined volume."""

    field: Field
    probe: Probe
    engine: Engine

    def __call__(self, poses: Poses) -> Evaluation:
        """Value and gradient of every pose."""
        return evaluate(self.field, self.probe, poses, self.engine.evaluate, gradient=True)

    def parts(self, count: int) -> list[slice]:
        """Slices of so many poses that are quickly evaluated."""
        size = max(1, POINTS_AT_ONCE // len(self.probe))
        return [slice(first, first + size) for first in range(0, count, size)]


def fit_paper(structure: Structure, target: Target, engine: Engine, settings: FitSettings) -> Job[FitResult]:
    """Fit one structure into a prepared map by the published method."""
    begun = time.perf_counter()
    yield StageStarted("climb", settings.paper_iterations)
    recipe = recipe_of(settings, target.resolution)
    density = filtered(target.whole, target.contour_level, recipe)
    objective = Objective(field_of(density, recipe, target.resolution), atom_probe(structure), engine)
    starts = random_starts(density, settings.starts or STARTS, settings.seed)
    best = yield from climb(starts, objective, learning_rates(target.whole), settings.paper_iterations)
    climbed = time.perf_counter()
    everyone = Placements.fresh(best.poses, best.value)
    distinct = merge(everyone, settings.cluster_shift, settings.cluster_angle)
    kept = most_promising(structure, target, distinct.poses, engine, settings)
    result = conclude(Model(structure), target, everyone, distinct[kept], engine, settings)
    return replace(result, seconds={"climb": climbed - begun, "score": time.perf_counter() - climbed})


def random_starts(density: Volume, count: int, seed: int) -> Poses:
    """Positions drawn from the voxels of a filtered map, each with the same even rotations: 10 × 100 for 1000."""
    rng = np.random.default_rng(seed)
    index_zyx = np.argwhere(density.data > 0)
    wanted = max(1, round((count / ROTATIONS_PER_POSITION) ** 0.5))
    chosen = rng.choice(index_zyx, min(wanted, len(index_zyx)), replace=False)
    position = density.map_from_index(chosen[:, ::-1].astype(np.float64))
    rotation = even_rotations(-(-count // len(position)), seed)
    pairs = Poses(np.tile(rotation, (len(position), 1)), np.repeat(position, len(rotation), axis=0))
    return pairs[:count]


def learning_rates(volume: Volume) -> Float64[ndarray, "7"]:
    """What Adam may change in a step: 0.01 of a quaternion's components, 1 % of the map's mean edge in Å."""
    edge = float((np.array(volume.shape_xyz) * volume.voxel_size_xyz).mean())
    return np.array([QUATERNION_RATE] * 4 + [POSITION_RATE * edge] * 3)


def climb(starts: Poses, objective: Objective, rate: Float64[ndarray, "7"], iterations: int) -> Job[Visited]:
    """The best pose that every start visits in so many steps of Adam."""
    state = adam.begin(starts)
    best = Visited(starts, np.full(len(starts), -np.inf))
    for iteration in range(iterations):
        found = yield from evaluate_in_parts(state.poses, objective, iteration)
        best = best.or_better(state.poses, found.value)
        state = adam.step(state, adam.slope_of(state, found), rate)
        yield PosesImproved(best.poses, best.value)
        yield StageAdvanced(iteration + 1)
    return best


def evaluate_in_parts(poses: Poses, objective: Objective, iteration: int) -> Job[Evaluation]:
    """Value and gradient of every pose, with a chance to cancel after each part of them."""
    value, force, torque = np.empty(len(poses)), np.empty((len(poses), 3)), np.empty((len(poses), 3))
    for part in objective.parts(len(poses)):
        found = objective(poses[part])
        value[part], force[part], torque[part] = found.value, found.force_xyz, found.torque_xyz
        yield StageAdvanced(iteration)
    return Evaluation(value, force, torque)


def most_promising(
    structure: Structure, target: Target, poses: Poses, engine: Engine, settings: FitSettings
) -> Int64[ndarray, " kept"]:
    """Indices of the poses that are worth all metrics: the best by a quick look at what they are ranked by.

    Hundreds of starts end nowhere, each a cluster of its own; the published value does not tell them from a true
    place in a crowded map, which may come after hundreds of them.
    """
    quick = Model(structure, settings.objective).probe(target.resolution).subset(POINTS_TO_LOOK, settings.seed)
    value = evaluate(target.native, quick, poses, engine.evaluate, gradient=False).value
    return np.argsort(-value, kind="stable")[:MOST_CLUSTERS]
