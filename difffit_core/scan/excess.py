"""How far the best placement of a candidate lies above its own wrong ones: a score in which size does not count.

A correlation says little across a library: wrong placements of a 40-residue chain reach 0.3, those of one of 900
residues 0.1. Each candidate therefore brings its own yardstick, the scores of the distinct places to which it climbed.
Above their median, Fisher-transformed scores fall off exponentially; the best of n of them is expected at
median + scale · log n, and the excess is what the best placement has beyond that, in units of the scale.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from difffit_core.data.poses import angles_between
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.errors import FitError
from difffit_core.fit.confidence import FEWEST, distinct, fisher
from difffit_core.fit.model import Model
from difffit_core.fit.scores import correlation_about_mean
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

POINTS = 20_000  # of the molecule, for scores that are only compared with one another
THRESHOLD, UPPER = 0.5, 0.8  # quantiles: the fall-off begins at the one; above the other, right places may be
NEIGHBOUR_SHIFT, NEIGHBOUR_ANGLE = 2.0, 3.0  # times the cluster's: as close to the best, a placement is not another one


@dataclass(frozen=True)
class Excess:
    """What a candidate's best placement has beyond its wrong ones."""

    excess: float  # in units of the fall-off
    gap: float  # to the next distinct placement, in the same units
    places: int  # distinct wrong placements
    scale: float  # of the fall-off, of Fisher-transformed correlations


def excess_of(result: FitResult, structure: Structure, target: Target, settings: FitSettings) -> Excess:
    """The excess of a fit's first cluster; FitError when too few distinct placements tell what wrong ones reach."""
    probe = Model(structure).density(target.resolution).subset(POINTS, settings.seed)
    climbed = correlation_about_mean(target.whole, probe, result.climbed.poses)
    best = result.clusters[0].scores.correlation_about_mean
    wrong = climbed[~_near_best(result, settings)]
    return excess_above(float(best), wrong, structure.name)


def excess_above(best: float, wrong: Float64[ndarray, " placement"], name: str) -> Excess:
    """The excess of a correlation above those of wrong placements; FitError when they are too few or all alike."""
    places = distinct(fisher(wrong))
    if len(places) < FEWEST:
        raise FitError(f"{name} finds only {len(places)} different places in the map: too few to tell a right one.")
    low, high = np.quantile(places, [THRESHOLD, UPPER])
    scale = _fall_off(places, float(low), float(high))
    if scale <= 0:
        raise FitError(f"{name} scores the same wherever it is placed: the map does not tell its places apart.")
    above = float(fisher(np.array([best]))[0])
    expected = low + scale * np.log((1 - THRESHOLD) * len(places))
    return Excess(float((above - expected) / scale), float((above - places[0]) / scale), len(places), float(scale))


def _near_best(result: FitResult, settings: FitSettings) -> Bool[ndarray, " placement"]:
    """Which of the placements that climbed are the best one, or on its slopes."""
    best, poses = result.clusters[0].representative, result.climbed.poses
    shift = np.linalg.norm(poses.position_xyz - best.position_xyz, axis=1)
    angle = angles_between(poses.orientation_xyzw, best.orientation_xyzw)
    return (shift <= NEIGHBOUR_SHIFT * settings.cluster_shift) & (angle <= NEIGHBOUR_ANGLE * settings.cluster_angle)


def _fall_off(places: Float64[ndarray, " place"], low: float, high: float) -> float:
    """Scale of an exponential above `low`, of which values above `high` are only counted (Epstein & Sobel 1953)."""
    seen = places[(places > low) & (places <= high)]
    beyond = int((places > high).sum())
    return float(((seen - low).sum() + beyond * (high - low)) / max(len(seen), 1))
