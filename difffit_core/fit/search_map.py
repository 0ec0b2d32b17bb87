"""The map as the screen correlates with it: sharpened, cut to where a centroid can be, locally normalised.

Transforms cost as much as the grid is large, so the grid has room for a template around the candidates and no more.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.fft
from jaxtyping import Bool, Complex64, Float32
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.region import Region
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.fit.target import Target
from difffit_core.fit.template import Template

VARIANCE_FLOOR = 0.02  # of the largest local variance: empty regions do not divide by nothing
LEAST_FILLING = 0.25  # of the best: how full the average mask must be of density where a centroid may lie
GRID_PER_RESOLUTION = 2.5  # voxels of the search grid per resolution


@dataclass(frozen=True)
class SearchMap:
    """Sharpened density around the places where centroids are looked for, and the local normalisation."""

    volume: Volume  # low-passed: its grid is where centroids are looked for
    half_xyz: tuple[int, int, int]  # voxels from the centroid to the template's edge, in the worst orientation
    around: Float32[ndarray, "z2 y2 x2"]  # sharpened; voxel 0 lies `half_xyz` before the first of `volume`, periodic
    scale: Float32[ndarray, "z y x"]  # 1 / local standard deviation, zero where no centroid can be

    @property
    def padded(self) -> tuple[int, int, int]:
        """Voxels z y x of the periodic grid."""
        z, y, x = self.around.shape
        return z, y, x

    @cached_property
    def spectrum(self) -> Complex64[ndarray, "z2 y2 x3"]:
        """Half spectrum of the sharpened density."""
        return spectrum_of(self.around, self.padded)

    def half_turned(self, flips_xyz: tuple[bool, bool, bool]) -> "SearchMap":
        """The map turned by 180° about an axis of its grid: two axes are counted backwards, or none."""
        around, scale = self.around, self.scale
        for axis, (flip, half) in enumerate(zip(flips_xyz[::-1], self.half_xyz[::-1], strict=True)):
            if flip:
                # voxel v lies at span − 1 − v, where the span holds all candidates and a template
                span = scale.shape[axis] + 2 * half
                around = np.roll(np.flip(around, axis), span - around.shape[axis], axis)
                scale = np.flip(scale, axis)
        return replace(self, around=np.ascontiguousarray(around), scale=np.ascontiguousarray(scale))


def make_search_map(target: Target, template: Template, resolution: float, region: Region | None = None) -> SearchMap:
    """The sharpened map with its local variance under the template's rotation-averaged mask.

    FitError when no candidate is in the region.
    """
    volume, inside = search_region(target, resolution)
    sharpened = -_laplace(volume)
    half = _half_widths(template, volume)
    scale = _normalisation(sharpened, inside, _average_mask(template, volume, half), half)
    if region is not None:
        scale = within_region(volume, scale, region)
    low, high = _box(scale > 0, margin=1)  # a peak has neighbours
    window = tuple(slice(first, last) for first, last in zip(low, high, strict=True))
    candidates = volume.crop((low[2], low[1], low[0]), (high[2], high[1], high[0]))
    return SearchMap(candidates, half, _around(sharpened, half[::-1], low, high), np.ascontiguousarray(scale[window]))


def within_region(volume: Volume, scale: Float32[ndarray, "z y x"], region: Region) -> Float32[ndarray, "z y x"]:
    """The scale with zeros where no voxel's centroid is in the region; FitError when none is left."""
    candidates = np.argwhere(scale > 0)
    # a peak of the grid stands for everything in its voxel, corners included
    reach = 0.5 * float(np.linalg.norm(volume.voxel_size_xyz))
    inside = region.contains(volume.map_from_index(candidates[:, ::-1].astype(np.float64)), within=reach)
    if not inside.any():
        raise FitError("The molecule's centre finds no density in the region to search; choose a larger region.")
    left = np.zeros_like(scale)
    kept = tuple(candidates[inside].T)
    left[kept] = scale[kept]
    return left


def search_region(target: Target, resolution: float) -> tuple[Volume, Bool[ndarray, "z y x"]]:
    """The low-passed map cut to its contour with a small margin, and where it is above the contour."""
    volume = target.low_passed(resolution, voxels_per_resolution=GRID_PER_RESOLUTION)
    inside = volume.data > target.level_at(volume)
    low, high = _box(inside, margin=2)
    window = tuple(slice(first, last) for first, last in zip(low, high, strict=True))
    return volume.crop((low[2], low[1], low[0]), (high[2], high[1], high[0])), inside[window]


def spectrum_of(data: Float32[ndarray, "z y x"], padded: tuple[int, ...]) -> Complex64[ndarray, "z2 y2 x3"]:
    """Half spectrum of data at the corner of a grid of zeros; axis by axis, so that empty lines cost nothing."""
    lines = scipy.fft.rfft(data, padded[2], axis=2)
    planes = scipy.fft.fft(lines, padded[1], axis=1, overwrite_x=True)
    return scipy.fft.fft(planes, padded[0], axis=0, overwrite_x=True)


def correlation_of(
    spectrum: Complex64[ndarray, "z2 y2 x3"], shape: tuple[int, ...], padded: tuple[int, ...]
) -> Float32[ndarray, "z y x"]:
    """Inverse of `spectrum_of`, computed only where a centroid is looked for: the corner of `shape`."""
    planes = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)[: shape[0]]
    lines = scipy.fft.ifft(planes, axis=1, overwrite_x=True)[:, : shape[1]]
    return scipy.fft.irfft(lines, padded[2], axis=2)[:, :, : shape[2]]


def _box(where: Bool[ndarray, "z y x"], margin: int) -> tuple[list[int], list[int]]:
    """First and last (exclusive) index z y x of what is true, widened within the grid."""
    low, high = [], []
    for axis, size in enumerate(where.shape):
        hit = np.flatnonzero(where.any(axis=tuple(k for k in range(3) if k != axis)))
        low.append(max(0, int(hit[0]) - margin))
        high.append(min(size, int(hit[-1]) + 1 + margin))
    return low, high


def _normalisation(
    sharpened: Float32[ndarray, "z y x"],
    inside: Bool[ndarray, "z y x"],
    ball: Float32[ndarray, "z3 y3 x3"],
    half_xyz: tuple[int, int, int],
) -> Float32[ndarray, "z y x"]:
    """1 / local standard deviation under the average mask, and zero where that holds too little density."""
    shape = sharpened.shape
    everywhere = [0, 0, 0], list(shape)
    padded = _around(sharpened, half_xyz[::-1], *everywhere).shape
    weight = float(ball.sum())
    mask = np.conj(spectrum_of(ball, padded))

    def under_mask(data: Float32[ndarray, "z y x"]) -> Float32[ndarray, "z y x"]:
        spectrum = spectrum_of(_around(data, half_xyz[::-1], *everywhere), padded)
        return correlation_of(spectrum * mask, shape, padded) / np.float32(weight)

    filled = under_mask(inside.astype(np.float32))
    variance = under_mask(sharpened * sharpened) - under_mask(sharpened) ** 2
    scale = 1 / np.sqrt(np.maximum(variance, VARIANCE_FLOOR * variance.max()) * weight)
    scale[filled < LEAST_FILLING * filled.max()] = 0
    return scale.astype(np.float32)


def _around(
    data: Float32[ndarray, "z y x"], half_zyx: tuple[int, ...], low: list[int], high: list[int]
) -> Float32[ndarray, "z2 y2 x2"]:
    """What a template with its centroid between `low` and `high` (exclusive) can touch, on a periodic grid.

    A template at the corner of the grid reports the first candidate. It may wrap round where no density is.
    """
    source, place, shape = [], [], []
    for axis, (size, half, first, last) in enumerate(zip(data.shape, half_zyx, low, high, strict=True)):
        begin, end = max(0, first - half), min(size, last + half)
        source.append(slice(begin, end))
        place.append(slice(begin - first + half, end - first + half))
        room = half + max(end - first, last - begin)
        shape.append(scipy.fft.next_fast_len(room, real=axis == 2))
    out = np.zeros(shape, np.float32)
    out[tuple(place)] = data[tuple(source)]
    return out


def _laplace(volume: Volume) -> Float32[ndarray, "z y x"]:
    """Laplacian per Å², voxel sizes honoured."""
    out = np.zeros_like(volume.data)
    for axis in range(3):
        kernel = np.array([1.0, -2.0, 1.0]) / volume.voxel_size_xyz[2 - axis] ** 2
        out += ndimage.correlate1d(volume.data, kernel, axis=axis, mode="nearest")
    return out


def _half_widths(template: Template, volume: Volume) -> tuple[int, int, int]:
    """Voxels x y z from the centroid to the template's edge in the worst orientation."""
    x, y, z = (int(np.ceil(template.radius / v)) for v in volume.voxel_size_xyz)
    return x, y, z


def _average_mask(template: Template, volume: Volume, half: tuple[int, int, int]) -> Float32[ndarray, "z y x"]:
    """The template's mask averaged over all rotations: a function of the distance from the centroid."""
    index = np.indices(template.inside.shape)[::-1].reshape(3, -1).T
    distance = np.sqrt((((index - template.centroid_index_xyz) * template.spacing) ** 2).sum(axis=1))
    bins = (distance / template.spacing).astype(int)
    profile = np.bincount(bins, template.inside.ravel()) / np.maximum(np.bincount(bins), 1)
    axes = [np.arange(-h, h + 1) * v for h, v in zip(half, volume.voxel_size_xyz, strict=True)]
    z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij", sparse=True)
    radius = np.sqrt(x * x + y * y + z * z) / template.spacing
    return np.interp(radius, np.arange(len(profile)) + 0.5, profile, right=0.0).astype(np.float32)
