"""The metrics of a structure that already stands somewhere in the map."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.results import Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import Job
from difffit_core.fit.device import choose_engine
from difffit_core.fit.fit_structure import prepare
from difffit_core.fit.model import Model
from difffit_core.fit.polish import polish
from difffit_core.fit.scores import score_poses
from difffit_core.fit.search import make_evaluator
from difffit_core.settings import FitSettings


@dataclass(frozen=True)
class ScoredPlacement:
    """All metrics of one placement."""

    scores: Scores
    map_from_model: Float64[ndarray, "3 4"]
    moved: float  # Å, RMSD between where the structure stood and the placement
    contour_level: float
    resolution: float


def score_where_it_stands(
    structure: Structure, volume: Volume, settings: FitSettings, *, polished: bool = False
) -> Job[ScoredPlacement]:
    """Metrics of the structure in the file's own coordinates; with `polished`, at the nearest maximum."""
    target = yield from prepare(volume, settings)
    centroid = structure.centroid_xyz
    pose = Poses(np.array([[0.0, 0.0, 0.0, 1.0]]), centroid[None])
    if polished:
        engine = choose_engine(settings.device, settings.backend)
        probe = Model(structure, settings.objective).probe(target.resolution)
        pose, _ = yield from polish(
            pose,
            probe,
            lambda part: make_evaluator(target.native, part, engine),
            structure.radius_of_gyration,
            settings.seed,
        )
    matrix = pose.map_from_model(centroid)[0]
    moved = structure.xyz @ matrix[:, :3].T + matrix[:, 3] - structure.xyz
    scores = score_poses(structure, volume, target.contour_level, target.resolution, pose)
    return ScoredPlacement(
        scores[0], matrix, float(np.sqrt((moved**2).sum(axis=1).mean())), target.contour_level, target.resolution
    )
