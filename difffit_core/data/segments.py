"""A map in segments: a watershed of its density above the contour level.

Every voxel belongs to the maximum that steepest ascent leads to. In the map as it is, that are far too many; blurred,
maxima merge, and the blur is chosen so that as many are left as segments are wanted (scale space, as in Pintilie et
al., J. Struct. Biol. 170, 427, 2010).
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.region import Region, mask_of
from difffit_core.data.structure import CUBIC_ANGSTROM_PER_DALTON
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.events import Job, StageAdvanced, StageStarted, run

TYPICAL_VOLUME = 30_000 * CUBIC_ANGSTROM_PER_DALTON  # Å³ of a protein chain
FAINT = 1e-3  # of the highest maximum: rounding
SMALLEST = 0.01  # of the largest segment: smaller ones are dust
BISECTIONS = 8
NEIGHBOURS = [step for step in product((-1, 0, 1), repeat=3) if step != (0, 0, 0)]


@dataclass(frozen=True)
class Segment:
    """One segment; `label` is the value of its voxels."""

    label: int
    voxels: int
    volume: float  # Å³
    centre_xyz: tuple[float, float, float]  # Å, of its density


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Which segment each voxel of a map belongs to, 0 for none, and what the segments are, the largest first."""

    labels: Volume
    segments: tuple[Segment, ...]
    level: float  # map units


def segment_map(volume: Volume, level: float, *, count: int | None = None) -> Segmentation:
    """The density above a level (map units) in at most `count` segments; one per 36 nm³, a chain's worth, by default.

    Raises FitError when nothing is above the level.
    """
    return run(segmenting(volume, level, count=count))


def segmenting(volume: Volume, level: float, *, count: int | None = None) -> Job[Segmentation]:
    """The job behind `segment_map`."""
    inside = volume.data > level
    if not inside.any():
        raise FitError(
            f"The contour level {level:g} is above the map's maximum {volume.data.max():g}; choose a lower level."
        )
    yield StageStarted("segments", BISECTIONS + 2)
    window = ndimage.find_objects(inside.astype(np.int8))[0]
    above = np.where(inside, volume.data - np.float32(level), np.float32(0))[window]
    wanted = count or max(2, round(np.count_nonzero(inside) * volume.voxel_volume / TYPICAL_VOLUME))
    blurred = yield from _blurred_to(above, wanted, volume.voxel_size_xyz)
    labels = np.zeros(volume.data.shape, np.int32)
    labels[window] = _by_size(_basins(blurred) * inside[window])
    yield StageAdvanced(BISECTIONS + 2)
    return Segmentation(volume.with_data(labels.astype(np.float32)), _described(labels, volume, level), level)


def region_of(segmentation: Segmentation, label: int) -> Region:
    """Where a search has to stay that looks only at one segment."""
    chosen = segmentation.labels.data == np.float32(label)
    return Region((mask_of(segmentation.labels.with_data(chosen.astype(np.float32)), 0.5),))


def piece_of(volume: Volume, segmentation: Segmentation, label: int) -> Volume:
    """The density of one segment in its own box; around it, it is as far below the level as the map is above."""
    window = ndimage.find_objects((segmentation.labels.data == np.float32(label)).astype(np.int8))[0]
    low = tuple(max(0, part.start - 1) for part in window[::-1])
    high = tuple(min(size, part.stop + 1) for part, size in zip(window[::-1], volume.shape_xyz, strict=True))
    box, labels = volume.crop(low, high), segmentation.labels.crop(low, high)
    below = np.minimum(box.data, 2 * np.float32(segmentation.level) - box.data)
    return box.with_data(np.where(labels.data == np.float32(label), box.data, below).astype(np.float32))


def _blurred_to(
    density: Float32[ndarray, "z y x"], wanted: int, voxel_size_xyz: Float64[ndarray, "3"]
) -> Job[Float32[ndarray, "z y x"]]:
    """The density with the least blur that leaves no more maxima than are wanted."""
    sharp, soft = 0.0, float(max(density.shape * voxel_size_xyz[::-1])) / 2
    best = _blur(density, soft, voxel_size_xyz)
    for step in range(1, BISECTIONS + 1):
        yield StageAdvanced(step)
        middle = (sharp + soft) / 2 if sharp else soft / 4
        blurred = _blur(density, middle, voxel_size_xyz)
        if _count_maxima(blurred) > wanted:
            sharp = middle
        else:
            soft, best = middle, blurred
    return best


def _blur(
    density: Float32[ndarray, "z y x"], sigma: float, voxel_size_xyz: Float64[ndarray, "3"]
) -> Float32[ndarray, "z y x"]:
    return ndimage.gaussian_filter(density, sigma / voxel_size_xyz[::-1], mode="constant", truncate=3.0)


def _count_maxima(density: Float32[ndarray, "z y x"]) -> int:
    highest = density == ndimage.maximum_filter(density, 3)
    return int(np.count_nonzero(highest & (density > FAINT * density.max())))


def _basins(density: Float32[ndarray, "z y x"]) -> Int32[ndarray, "z y x"]:
    """A number per voxel, that of the maximum to which steepest ascent leads, from 1."""
    target = _highest_neighbour(density).ravel()
    while True:
        further = target[target]
        if np.array_equal(further, target):
            break
        target = further
    _, label = np.unique(target, return_inverse=True)
    return (label + 1).reshape(density.shape).astype(np.int32)


def _highest_neighbour(density: Float32[ndarray, "z y x"]) -> Int64[ndarray, "z y x"]:
    """Flat index of the highest voxel among each voxel and its 26 neighbours; itself at a maximum."""
    padded = np.pad(density, 1, constant_values=-np.inf)
    number = np.pad(np.arange(density.size).reshape(density.shape), 1)
    highest, where = density.copy(), number[1:-1, 1:-1, 1:-1].copy()
    for step in NEIGHBOURS:
        shifted = tuple(slice(1 + s, 1 + s + n) for s, n in zip(step, density.shape, strict=True))
        higher = padded[shifted] > highest
        highest[higher] = padded[shifted][higher]
        where[higher] = number[shifted][higher]
    return where


def _by_size(labels: Int32[ndarray, "z y x"]) -> Int32[ndarray, "z y x"]:
    """Labels from 1 by falling size; dust becomes 0."""
    size = np.bincount(labels.ravel())
    size[0] = 0
    order = np.argsort(-size, kind="stable")
    kept = order[(size[order] > 0) & (size[order] >= SMALLEST * size.max())]
    renamed = np.zeros(len(size), np.int32)
    renamed[kept] = np.arange(1, len(kept) + 1)
    return renamed[labels]


def _described(labels: Int32[ndarray, "z y x"], volume: Volume, level: float) -> tuple[Segment, ...]:
    numbers = np.arange(1, int(labels.max()) + 1)
    voxels = np.bincount(labels.ravel(), minlength=len(numbers) + 1)[1:]
    centres = np.array(ndimage.center_of_mass(np.maximum(volume.data - level, 0), labels, numbers), np.float64)
    segments = []
    for number, count, centre in zip(numbers.tolist(), voxels.tolist(), centres, strict=True):
        x, y, z = volume.map_from_index(centre[::-1]).tolist()
        segments.append(Segment(number, count, count * volume.voxel_volume, (x, y, z)))
    return tuple(segments)
