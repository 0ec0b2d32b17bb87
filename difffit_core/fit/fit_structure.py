"""The whole recipe: one structure into one map, from nothing known to ranked, polished placements."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from difffit_core.data.contour import suggested_level
from difffit_core.data.poses import Poses
from difffit_core.data.region import Near, Region
from difffit_core.data.results import Cluster, FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError, SettingsError
from difffit_core.events import Job, Message, PosesImproved, StageAdvanced, StageStarted
from difffit_core.fit.climb import Climb, Evaluate, climb
from difffit_core.fit.conclude import conclude
from difffit_core.fit.device import Engine, choose_engine
from difffit_core.fit.kernels.evaluate import Evaluation, evaluate
from difffit_core.fit.paper.paper_fit import fit_paper
from difffit_core.fit.placements import Placements, merge
from difffit_core.fit.plan import FitPlan, make_plan
from difffit_core.fit.polish import polish
from difffit_core.fit.probe import Probe, atom_probe, density_probe
from difffit_core.fit.region import Limits, find_starts, hide, narrow
from difffit_core.fit.scores import MASK_ABOVE
from difffit_core.fit.target import Field, Target, prepare_target, suggested_resolution
from difffit_core.settings import FitSettings

CLIMB_STEPS = 40
SAME_SHIFT, SAME_ANGLE = 1.5, 3.0  # Å, degrees: climbing poses this close are going to the same place


@dataclass
class Stopwatch:
    """Seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to this stage."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


def fit_structure(
    structure: Structure,
    volume: Volume,
    settings: FitSettings,
    *,
    region: Region | None = None,
    near: Near | None = None,
) -> Job[FitResult]:
    """Find every place of a structure in a map, or in a part of it; clusters come back best first.

    Raises FitError when the map or the structure cannot be fitted, SettingsError when the device is not there.
    """
    target = yield from prepare(volume, settings)
    return (yield from fit_into(structure, target, settings, region=region, near=near))


def prepare(volume: Volume, settings: FitSettings) -> Job[Target]:
    """The map ready for fitting, with the suggested contour level and resolution where none are given."""
    yield StageStarted("prepare", 1)
    level, resolution = settings.level, settings.resolution
    if level is None:
        level = suggested_level(volume)
        yield Message(f"Contour level {level:.4g} was suggested from the map; --level sets another.")
    if resolution is None:
        resolution = suggested_resolution(volume)
        yield Message(f"Resolution {resolution:.2g} Å was guessed from the voxel size; --resolution sets another.")
    target = prepare_target(volume, level, resolution)
    yield StageAdvanced(1)
    return target


def fit_into(
    structure: Structure,
    target: Target,
    settings: FitSettings,
    *,
    region: Region | None = None,
    near: Near | None = None,
) -> Job[FitResult]:
    """Fit one structure into a prepared map, which several structures may share.

    Centroids land in the `region`, poses `near` the given one; what a mask hides is hidden from screen and climb, while
    the polish and the scores see the map as it is.
    """
    _check(structure)
    limits = Limits(region, near)
    engine = choose_engine(settings.device, settings.backend)
    if settings.preset == "paper":
        if limits != Limits():
            raise SettingsError(
                "The preset paper searches the whole map; choose another preset to search a part of it."
            )
        return (yield from fit_paper(structure, target, engine, settings))
    around = narrow(target, structure, limits)
    shown = hide(around, region)
    plan = make_plan(structure, shown, settings)
    watch = Stopwatch()
    with watch.stage("screen"):
        poses = yield from find_starts(structure, shown, plan, limits, settings, device=engine.device)
    with watch.stage("climb"):
        placed = yield from climb_all(structure, shown, plan, poses, engine, settings)
        placed = confine(placed, limits, settings, spare=settings.cluster_shift)
    with watch.stage("polish"):
        polished = yield from polish_best(structure, around, plan, placed, engine, settings)
        polished = confine(polished, limits, settings)
        clusters = conclude(structure, target, placed, polished, settings)
    return _result(clusters, structure, target, engine, watch.seconds)


def climb_all(
    structure: Structure, target: Target, plan: FitPlan, poses: Poses, engine: Engine, settings: FitSettings
) -> Job[Placements]:
    """From the screened poses to distinct placements in the map itself, level by level."""
    yield StageStarted("climb", CLIMB_STEPS * len(plan.levels))
    placed = Placements(poses, np.zeros(len(poses)), np.ones(len(poses)))
    for k, level in enumerate(plan.levels):
        sampled = target.field(level.resolution)
        probe = make_probe(structure, level.resolution, settings.objective).subset(level.points, settings.seed)
        rescored = evaluate(sampled, probe, placed.poses, engine.evaluate, gradient=False).value
        chosen = Placements(placed.poses, rescored, placed.hits).best(level.poses)
        step = Climb(CLIMB_STEPS, level.resolution / 8, level.resolution / 3, 0.02, structure.radius_of_gyration)
        climbed, value = yield from climb(
            chosen.poses, make_evaluator(sampled, probe, engine), step, first=k * CLIMB_STEPS
        )
        placed = merge(Placements(climbed, value, chosen.hits), SAME_SHIFT, SAME_ANGLE)
    return placed


def confine(placed: Placements, limits: Limits, settings: FitSettings, *, spare: float = 0.0) -> Placements:
    """The placements within the limits, with `spare` Å around the region; FitError when all have left."""
    kept = np.flatnonzero(limits.contains(placed.poses, settings, spare=spare))
    if len(kept) == 0:
        raise FitError("All placements have left the region to search: nothing fits there. Choose a larger region.")
    return Placements(placed.poses[kept], placed.value[kept], placed.hits[kept])


def polish_best(
    structure: Structure, target: Target, plan: FitPlan, placed: Placements, engine: Engine, settings: FitSettings
) -> Job[Placements]:
    """The best distinct placements with all points in the map itself, to convergence, merged into clusters."""
    chosen = merge(placed, settings.cluster_shift, settings.cluster_angle).best(plan.polished)
    probe = make_probe(structure, target.resolution, settings.objective)

    def evaluator(part: Probe) -> Evaluate:
        return make_evaluator(target.native, part, engine)

    poses, value = yield from polish(chosen.poses, probe, evaluator, structure.radius_of_gyration, settings.seed)
    return merge(Placements(poses, value, chosen.hits), settings.cluster_shift, settings.cluster_angle)


def make_probe(structure: Structure, resolution: float, objective: str) -> Probe:
    """What is moved through the map: simulated density for the correlation objective, atoms for mean density."""
    if objective == "density":
        return atom_probe(structure)
    return density_probe(structure, resolution, above=MASK_ABOVE)


def make_evaluator(sampled: Field, probe: Probe, engine: Engine) -> Evaluate:
    """What a climb asks for: value and gradient of poses of this probe in this field."""

    def value_and_gradient(poses: Poses) -> Evaluation:
        return evaluate(sampled, probe, poses, engine.evaluate, gradient=True)

    return value_and_gradient


def so_far(
    structure: Structure,
    target: Target,
    seen: PosesImproved,
    settings: FitSettings,
    *,
    region: Region | None = None,
    near: Near | None = None,
    count: int = 30,
) -> FitResult:
    """What a cancelled fit had found: the best of the poses it last reported, scored but not polished."""
    placed = merge(
        Placements(seen.poses, np.asarray(seen.scores), np.ones(len(seen.poses))),
        settings.cluster_shift,
        settings.cluster_angle,
    )
    placed = confine(placed, Limits(region, near), settings)
    clusters = conclude(structure, target, placed, placed.best(count), settings)
    return _result(clusters, structure, target, choose_engine(settings.device, settings.backend), {})


def _result(
    clusters: tuple[Cluster, ...], structure: Structure, target: Target, engine: Engine, seconds: dict[str, float]
) -> FitResult:
    return FitResult(
        clusters,
        structure.centroid_xyz,
        target.contour_level,
        target.resolution,
        engine.backend,
        engine.device,
        seconds,
    )


def _check(structure: Structure) -> None:
    if len(structure) < 3:
        raise FitError(f"{structure.name} has {len(structure)} atoms; a fit needs at least three.")
    if structure.radius_of_gyration < 0.5:
        raise FitError(f"All atoms of {structure.name} lie on one spot; a fit needs a structure with an extent.")
