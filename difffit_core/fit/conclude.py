"""The end of every search: placements become clusters with all metrics and a confidence."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster, FitResult, Placements, Scores
from difffit_core.fit.clusters import group
from difffit_core.fit.confidence import confidence, independent_values
from difffit_core.fit.device import Engine
from difffit_core.fit.model import Model
from difffit_core.fit.scores import correlation_about_mean, score_poses
from difffit_core.fit.target import Target
from difffit_core.fit.trails import Trails
from difffit_core.settings import FitSettings

POINTS = 20_000  # of the molecule, for scores that are only compared with one another


def conclude(
    model: Model,
    target: Target,
    placed: Placements,
    best: Placements,
    engine: Engine,
    settings: FitSettings,
    trails: Trails | None = None,
) -> FitResult:
    """The `best` placements as clusters, ranked by what the settings judge by; `placed` are all that climbed.

    The best placements' `origin` are the climbers of the last leg of `trails`.
    """
    paths = trails.paths(best.origin) if trails else [best.poses[:0]] * len(best)
    paths = [Poses.concatenate([path, best.poses[[k]]]) for k, path in enumerate(paths)]
    clusters = clusters_of(model, target, placed, best, paths, settings)
    return FitResult(
        clusters=clusters,
        climbed=_together(placed, best),
        centroid_xyz=model.structure.centroid_xyz,
        contour_level=target.contour_level,
        resolution=target.resolution,
        backend=engine.backend,
        device=engine.device,
        seconds={},
    )


def clusters_of(
    model: Model,
    target: Target,
    placed: Placements,
    best: Placements,
    paths: list[Poses],
    settings: FitSettings,
) -> tuple[Cluster, ...]:
    """One cluster per `best` placement, with those of `placed` that equal it as members."""
    if not len(best):
        return ()
    scores = score_poses(
        model.structure, target.whole, target.contour_level, target.resolution, best.poses, model=model
    )
    value = np.array([scores[k].judged_by(settings.objective) for k in range(len(best))])
    trust = trust_in(scores, placed, model, target, settings.seed)
    everyone = Poses.concatenate([best.poses, placed.poses])
    precedence = np.concatenate([value, np.full(len(placed), -np.inf)])
    groups = group(everyone, precedence, settings.cluster_shift, settings.cluster_angle)
    return tuple(
        Cluster(
            representative=best.poses[[k]],
            members=everyone[groups.members(int(k))[1:]],
            hits=int(best.hits[k]),
            scores=scores[int(k)],
            confidence=float(trust[k]),
            path=paths[k],
        )
        for k in np.argsort(-value, kind="stable")
    )


def trust_in(
    scores: Scores, placed: Placements, model: Model, target: Target, seed: int
) -> Float64[ndarray, " cluster"]:
    """Confidence in clusters of these scores, beside all that climbed."""
    independent = independent_values(model.structure.approximate_volume, target.resolution)
    probe = model.density(target.resolution).subset(POINTS, seed)
    others = correlation_about_mean(target.whole, probe, placed.poses)
    return confidence(np.asarray(scores.correlation_about_mean), others, independent)


def _together(placed: Placements, best: Placements) -> Placements:
    """Polished placements first, then those that were not polished."""
    return Placements(
        Poses.concatenate([best.poses, placed.poses]),
        np.concatenate([best.value, placed.value]),
        np.concatenate([best.hits, placed.hits]),
        np.concatenate([np.arange(len(best)), np.full(len(placed), -1)]),
    )
