"""The whole recipe: one structure into one map, from nothing known to ranked, polished placements."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from difffit_core.data.contour import suggested_level
from difffit_core.data.region import Near, Region
from difffit_core.data.results import FitResult, Placements
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError, SettingsError
from difffit_core.events import Job, Message, PosesImproved, StageAdvanced, StageStarted
from difffit_core.fit.conclude import conclude
from difffit_core.fit.device import Engine, choose_engine
from difffit_core.fit.faults import says_faults_in_words
from difffit_core.fit.model import Model
from difffit_core.fit.paper.paper_fit import fit_paper
from difffit_core.fit.placements import merge
from difffit_core.fit.plan import make_plan
from difffit_core.fit.region import Limits, find_starts, hide, narrow
from difffit_core.fit.search import climb_all, polish_best
from difffit_core.fit.target import Target, prepare_target, suggested_resolution
from difffit_core.fit.trails import Trails
from difffit_core.settings import FitSettings


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


@says_faults_in_words
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


@says_faults_in_words
def fit_into(
    structure: Structure,
    target: Target,
    settings: FitSettings,
    *,
    region: Region | None = None,
    near: Near | None = None,
    replayable: bool = True,
) -> Job[FitResult]:
    """Fit one structure into a prepared map, which several structures may share.

    Centroids land in the `region`, poses `near` the given one; what a mask hides is hidden from screen and climb, while
    the polish and the scores see the map as it is. Of a fit that is not to be replayed the clusters' paths hold their
    ends only.
    """
    limits = Limits(region, near)
    _check(structure, settings, limits)
    engine = choose_engine(settings.device, settings.backend)
    if settings.preset == "paper":
        return (yield from fit_paper(structure, target, engine, settings))
    return (yield from _search(structure, target, limits, engine, settings, Trails(kept=replayable)))


def _search(
    structure: Structure, target: Target, limits: Limits, engine: Engine, settings: FitSettings, trails: Trails
) -> Job[FitResult]:
    """Screen, climb, polish and conclude, each timed."""
    around = narrow(target, structure, limits)
    shown = hide(around, limits.region)
    plan = make_plan(structure, shown, settings)
    watch, model = Stopwatch(), Model(structure, settings.objective)
    with watch.stage("screen"):
        poses = yield from find_starts(structure, shown, plan, limits, settings, device=engine.device)
    with watch.stage("climb"):
        placed = yield from climb_all(model, shown, plan, poses, engine, settings, trails)
        placed = confine(placed, limits, settings, spare=settings.cluster_shift)
    with watch.stage("polish"):
        polished = yield from polish_best(model, around, plan, placed, engine, settings, trails)
        polished = confine(polished, limits, settings)
        result = conclude(model, target, placed, polished, engine, settings, trails)
    return replace(result, seconds=watch.seconds, limits=limits.text)


def confine(placed: Placements, limits: Limits, settings: FitSettings, *, spare: float = 0.0) -> Placements:
    """The placements within the limits, with `spare` Å around the region; FitError when all have left."""
    kept = np.flatnonzero(limits.contains(placed.poses, settings, spare=spare))
    if len(kept) == 0:
        raise FitError("All placements have left the region to search: nothing fits there. Choose a larger region.")
    return placed[kept]


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
    seen_now = Placements.fresh(seen.poses, np.asarray(seen.scores))
    placed = confine(merge(seen_now, settings.cluster_shift, settings.cluster_angle), Limits(region, near), settings)
    engine = choose_engine(settings.device, settings.backend)
    return conclude(Model(structure), target, placed, placed.best(count), engine, settings)


def _check(structure: Structure, settings: FitSettings, limits: Limits) -> None:
    if settings.preset == "paper" and limits != Limits():
        raise SettingsError("The preset paper searches the whole map; choose another preset to search a part of it.")
    if len(structure) < 3:
        raise FitError(f"{structure.name} has {len(structure)} atoms; a fit needs at least three.")
    if structure.radius_of_gyration < 0.5:
        raise FitError(f"All atoms of {structure.name} lie on one spot; a fit needs a structure with an extent.")
