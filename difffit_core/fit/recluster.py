"""The same placements in other clusters, without fitting again."""

from dataclasses import replace

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.fit.conclude import clusters_of
from difffit_core.fit.model import Model
from difffit_core.fit.placements import merge
from difffit_core.fit.target import prepare_target
from difffit_core.settings import FitSettings

MOST_CLUSTERS = 120  # scored again, best first


def recluster(
    structure: Structure, volume: Volume, result: FitResult, settings: FitSettings, *, shift: float, angle: float
) -> FitResult:
    """The result with clusters of `shift` Å and `angle` degrees; takes a fraction of a second.

    `settings` are those of the fit: they say what clusters are ranked by. Placements that become clusters of their own
    were not polished.
    """
    chosen = replace(settings, cluster_shift=shift, cluster_angle=angle)
    target = prepare_target(volume, result.contour_level, result.resolution)
    best = merge(result.climbed, shift, angle).best(MOST_CLUSTERS)
    paths = [_path(result, pose) for pose in (best.poses[[k]] for k in range(len(best)))]
    clusters = clusters_of(Model(structure), target, result.climbed, best, paths, chosen)
    return replace(result, clusters=clusters)


def _path(result: FitResult, pose: Poses) -> Poses:
    """What the cluster that stands exactly there had visited; the pose alone when there was none."""
    for cluster in result.clusters:
        if np.array_equal(cluster.representative.position_xyz, pose.position_xyz):
            return cluster.path
    return pose
