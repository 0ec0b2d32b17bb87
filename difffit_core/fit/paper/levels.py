"""The target of the published objective: the filtered map and its smoothed levels, as one volume.

Luo et al., IEEE TVCG 2025 (doi 10.1109/TVCG.2024.3456404), eq. 1–4: the loss of a pose is the weighted sum over all
levels of the mean density at the atoms, −Σ_j w_j · mean_i S(x_i, V_j). Trilinear sampling S is linear in the volume,
so that sampling Σ_j w_j·V_j once gives the same loss and the same gradient, however many levels there are.

What lies outside the box is negative space, as it is inside the box where there is no density: leaving the map never
pays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.fit.kernels.threads import spread
from difffit_core.fit.target import BORDER, Field
from difffit_core.settings import FitSettings

REACH = 2  # voxels: the smoothing kernel has 2 · REACH + 1 along each axis
EXPAND_FROM = 5.0  # Å: maps of this resolution and worse are smoothed before negative space is filled in


@dataclass(frozen=True)
class Recipe:
    """How the levels are made."""

    smoothed: int  # levels beside the filtered map itself
    order: str  # "shrink": negative space takes part in the smoothing; "expand": it is filled in afterwards
    negative: float  # the negative space value, below zero
    minimum_island: int  # voxels

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight w_j of each level: all the same, one in all."""
        return (1 / (self.smoothed + 1),) * (self.smoothed + 1)


def recipe_of(settings: FitSettings, resolution: float) -> Recipe:
    """The recipe that the settings ask for in a map of this resolution (Å)."""
    order = settings.paper_order
    if order == "auto":
        order = "shrink" if resolution < EXPAND_FROM else "expand"
    return Recipe(settings.paper_levels, order, settings.paper_negative, settings.paper_minimum_island)


def filtered(volume: Volume, level: float, recipe: Recipe) -> Volume:
    """The density above the contour level without small islands, largest value one, zero elsewhere.

    Cropped to the region that smoothing can reach; beyond it every level is negative space.
    """
    inside = volume.data > level
    if not inside.any():
        raise FitError(
            f"The contour level {level:g} is above the map's maximum {volume.data.max():g}; choose a lower level."
        )
    low, high = _occupied(inside, margin=REACH * (recipe.smoothed + 1))
    part = volume.crop(low, high)
    kept = np.where(large_islands(part.data > level, recipe.minimum_island), part.data, np.float32(0))
    largest = kept.max()
    if largest <= 0:
        raise FitError(
            f"Nothing above the contour level {level:g} has {recipe.minimum_island} connected voxels with density "
            f"above zero; choose a lower level or a smaller minimum island."
        )
    return part.with_data(kept / largest)


def large_islands(inside: Bool[ndarray, "z y x"], minimum: int) -> Bool[ndarray, "z y x"]:
    """Only the islands, connected through faces, that have at least `minimum` voxels."""
    labels, _ = ndimage.label(inside)
    large = np.bincount(labels.ravel()) >= minimum
    large[0] = False  # what is not inside at all
    return large[labels]


def levels(density: Float32[ndarray, "z y x"], recipe: Recipe) -> Iterator[Float32[ndarray, "z y x"]]:
    """The filtered map and each smoothed level, with the negative space value wherever they are not above zero."""
    for k in range(recipe.smoothed + 1):
        if k > 0:
            density = smooth(density)
        filled = np.where(density > 0, density, np.float32(recipe.negative))
        if recipe.order == "shrink":
            density = filled
        yield filled


def combine(
    parts: Iterable[Float32[ndarray, "z y x"]], weights: Sequence[float], outside: float
) -> Float32[ndarray, "z2 y2 x2"]:
    """Σ_j w_j·V_j, with a border of the same sum of the value outside."""
    total = sum(np.float32(weight) * part for weight, part in zip(weights, parts, strict=True))
    return np.pad(total, BORDER, constant_values=outside * sum(weights))


def field_of(density: Volume, recipe: Recipe, resolution: float) -> Field:
    """The combined volume of a filtered map, ready to be sampled; clamped at its border it goes on as negative."""
    return Field(
        combine(levels(density.data, recipe), recipe.weights, recipe.negative),
        density.voxel_size_xyz,
        density.map_from_index(np.full(3, -float(BORDER))),
        resolution,
        variance_floor=0.0,  # of correlations, which this objective does not compute
    )


def smooth(density: Float32[ndarray, "z y x"]) -> Float32[ndarray, "z y x"]:
    """Convolved with a normalised 5 × 5 × 5 Gaussian of σ = 1 voxel; the map is mirrored at its outermost voxels."""
    for axis in range(3):
        density = _smooth_along(density, axis)
    return density


def _smooth_along(density: Float32[ndarray, "z y x"], axis: int) -> Float32[ndarray, "z y x"]:
    offset = np.arange(-REACH, REACH + 1)
    kernel = np.exp(-0.5 * offset**2)
    kernel /= kernel.sum()
    out = np.empty_like(density)

    def work(part: slice) -> None:
        slab = (slice(None), part) if axis == 0 else (part,)  # slabs across another axis need no neighbours
        ndimage.correlate1d(density[slab], kernel, axis, output=out[slab], mode="mirror")

    spread(work, density.shape[1 if axis == 0 else 0])
    return out


def _occupied(inside: Bool[ndarray, "z y x"], margin: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Index box x y z around what is inside, widened by `margin` voxels as far as the map goes."""
    low, high = [], []
    for axis in (2, 1, 0):
        hit = np.flatnonzero(inside.any(axis=tuple(k for k in range(3) if k != axis)))
        low.append(max(0, int(hit[0]) - margin))
        high.append(min(inside.shape[axis], int(hit[-1]) + 1 + margin))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])
