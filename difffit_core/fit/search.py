"""The stages between the screen and the clusters: climb level by level, polish the best."""

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.results import Placements
from difffit_core.events import Job, StageStarted
from difffit_core.fit.climb import Climb, Evaluate, climb
from difffit_core.fit.device import Engine
from difffit_core.fit.kernels.evaluate import Evaluation, evaluate
from difffit_core.fit.model import Model
from difffit_core.fit.placements import merge
from difffit_core.fit.plan import FitPlan
from difffit_core.fit.polish import polish
from difffit_core.fit.probe import Probe
from difffit_core.fit.target import Field, Target
from difffit_core.fit.trails import Trails
from difffit_core.settings import FitSettings

CLIMB_STEPS = 40
SAME_SHIFT, SAME_ANGLE = 1.5, 3.0  # Å, degrees: climbing poses this close are going to the same place


def climb_all(
    model: Model,
    target: Target,
    plan: FitPlan,
    poses: Poses,
    engine: Engine,
    settings: FitSettings,
    trails: Trails,
) -> Job[Placements]:
    """From the screened poses to distinct placements in the map itself, level by level."""
    yield StageStarted("climb", CLIMB_STEPS * len(plan.levels))
    arm = model.structure.radius_of_gyration
    placed = Placements.fresh(poses, np.zeros(len(poses)))
    for k, level in enumerate(plan.levels):
        sampled = target.field(level.resolution)
        probe = model.probe(level.resolution).subset(level.points, settings.seed)
        rescored = evaluate(sampled, probe, placed.poses, engine.evaluate, gradient=False).value
        chosen = Placements(placed.poses, rescored, placed.hits, placed.origin).best(level.poses)
        step = Climb(CLIMB_STEPS, level.resolution / 8, level.resolution / 3, 0.02, arm)
        leg = climb(chosen.poses, make_evaluator(sampled, probe, engine), step, first=k * CLIMB_STEPS)
        climbed, value = yield from trails.follow(leg, chosen.origin, chosen.poses, level.resolution)
        placed = merge(Placements.fresh(climbed, value, chosen.hits), SAME_SHIFT, SAME_ANGLE)
    return placed


def polish_best(
    model: Model,
    target: Target,
    plan: FitPlan,
    placed: Placements,
    engine: Engine,
    settings: FitSettings,
    trails: Trails,
) -> Job[Placements]:
    """The best distinct placements with all points in the map itself, to convergence, merged into clusters."""
    chosen = merge(placed, settings.cluster_shift, settings.cluster_angle).best(plan.polished)
    probe, arm = model.probe(target.resolution), model.structure.radius_of_gyration

    def evaluator(part: Probe) -> Evaluate:
        return make_evaluator(target.native, part, engine)

    leg = polish(chosen.poses, probe, evaluator, arm, settings.seed)
    poses, value = yield from trails.follow(leg, chosen.origin, chosen.poses, target.resolution)
    return merge(Placements.fresh(poses, value, chosen.hits), settings.cluster_shift, settings.cluster_angle)


def make_evaluator(sampled: Field, probe: Probe, engine: Engine) -> Evaluate:
    """What a climb asks for: value and gradient of poses of this probe in this field."""

    def value_and_gradient(poses: Poses) -> Evaluation:
        return evaluate(sampled, probe, poses, engine.evaluate, gradient=True)

    return value_and_gradient
