"""The end of every search: placements become clusters with all metrics and a confidence."""

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster
from difffit_core.data.structure import Structure
from difffit_core.fit.clusters import group
from difffit_core.fit.confidence import confidence, independent_values
from difffit_core.fit.placements import Placements
from difffit_core.fit.scores import score_poses
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings


def conclude(
    structure: Structure, target: Target, placed: Placements, best: Placements, settings: FitSettings
) -> tuple[Cluster, ...]:
    """The `best` placements as clusters, ranked by what the settings judge by; `placed` are all that climbed."""
    if not len(best.poses):
        return ()
    scores = score_poses(structure, target.whole, target.contour_level, target.resolution, best.poses)
    value = np.array([scores[k].judged_by(settings.objective) for k in range(len(best.poses))])
    independent = independent_values(structure.approximate_volume, target.resolution)
    trust = confidence(np.asarray(scores.correlation_about_mean), independent)
    everyone = Poses.concatenate([best.poses, placed.poses])
    precedence = np.concatenate([value, np.full(len(placed.poses), -np.inf)])
    groups = group(everyone, precedence, settings.cluster_shift, settings.cluster_angle)
    return tuple(
        Cluster(best.poses[[k]], everyone[groups.members(k)[1:]], int(best.hits[k]), scores[int(k)], float(trust[k]))
        for k in np.argsort(-value, kind="stable")
    )
