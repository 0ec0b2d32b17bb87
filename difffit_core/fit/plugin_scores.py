"""Scores that other packages bring, and clusters in their order."""

from dataclasses import replace

from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.plugins import SCORES, load_plugin, plugins


def plugin_score(
    name: str,
    structure: Structure,
    volume: Volume,
    map_from_model: Float64[ndarray, "3 4"],
    *,
    contour_level: float,
    resolution: float,
) -> float:
    """One installed score of one placement, the higher the better; PluginError when it is missing or fails."""
    score = load_plugin(SCORES, name)
    return float(score(structure, volume, map_from_model, contour_level=contour_level, resolution=resolution))


def plugin_scores(
    structure: Structure,
    volume: Volume,
    map_from_model: Float64[ndarray, "3 4"],
    *,
    contour_level: float,
    resolution: float,
) -> dict[str, float]:
    """All installed scores of one placement, by name."""
    where = {"contour_level": contour_level, "resolution": resolution}
    return {name: plugin_score(name, structure, volume, map_from_model, **where) for name in plugins(SCORES)}


def ranked_by(name: str, result: FitResult, structure: Structure, volume: Volume) -> FitResult:
    """The same clusters with the best by an installed score first; confidences stay those of the correlation."""
    where = {"contour_level": result.contour_level, "resolution": result.resolution}
    values = [
        plugin_score(name, structure, volume, result.map_from_model(index), **where)
        for index in range(len(result.clusters))
    ]
    order = sorted(range(len(values)), key=lambda index: -values[index])
    return replace(result, clusters=tuple(result.clusters[index] for index in order))
