"""How long a fit will take on this machine: its work by plan, times what the last fits took for theirs."""

from dataclasses import dataclass

import numpy as np

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.plan import FitPlan, make_plan
from difffit_core.fit.search_map import GRID_PER_RESOLUTION
from difffit_core.fit.target import Target, prepare_target
from difffit_core.settings import FitSettings

PAPER_STARTS = 1000
NEWEST = 0.5  # weight of the latest fit in a rate

Workload = dict[str, float]  # by stage, in units of that stage: only ratios mean anything
Rates = dict[str, float]  # seconds per unit, by kind of search and stage


@dataclass(frozen=True)
class Question:
    """What is to be fitted."""

    structures: tuple[Structure, ...]
    volume: Volume
    settings: FitSettings  # with level and resolution


def workload(question: Question) -> Workload:
    """What the fits of all structures have to do, by kind of search and stage."""
    settings = question.settings
    kind = "paper" if settings.preset == "paper" else "search"
    kind = f"{kind} {settings.device} {settings.backend} {settings.objective}"
    if settings.preset == "paper":
        samples = sum(len(structure) for structure in question.structures)
        return {f"{kind} climb": float(settings.paper_iterations * (settings.starts or PAPER_STARTS) * samples)}
    level, resolution = settings.level, settings.resolution
    assert level is not None
    assert resolution is not None
    target = prepare_target(question.volume, level, resolution)
    total: Workload = {}
    for structure in question.structures:
        for stage, work in _stages(structure, target, make_plan(structure, target, settings)).items():
            total[f"{kind} {stage}"] = total.get(f"{kind} {stage}", 0.0) + work
    return total


def _stages(structure: Structure, target: Target, plan: FitPlan) -> Workload:
    """Transforms of the padded map for every rotation, points of every climbing pose, points of every polished one."""
    reach = 2 * structure.radius_of_gyration
    voxels = float(np.prod((target.extent_xyz + reach) * GRID_PER_RESOLUTION / plan.screen.resolution))
    return {
        "screen": plan.screen.rotations * voxels * np.log2(voxels),
        "climb": float(sum(level.poses * level.points for level in plan.levels)),
        "polish": plan.polished * structure.approximate_volume / target.resolution**3,
    }


def expected_seconds(work: Workload, rates: Rates) -> float | None:
    """How long the work takes at these rates; None when a stage has never been measured here."""
    if not work or any(stage not in rates for stage in work):
        return None
    return sum(amount * rates[stage] for stage, amount in work.items())


def learned(rates: Rates, work: Workload, seconds: dict[str, float]) -> Rates:
    """The rates after a fit that took this long for each of its stages."""
    after = dict(rates)
    for stage, amount in work.items():
        took = seconds.get(stage.rsplit(" ", 1)[1])
        if took is not None and amount > 0:
            rate = took / amount
            after[stage] = rate if stage not in rates else NEWEST * rate + (1 - NEWEST) * rates[stage]
    return after
