"""The map as the search sees it: background at zero, cropped to where the molecule can be, at any sharpness."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.fft
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.contour import background, subset
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.fit.simulate import SIGMA_PER_RESOLUTION

BORDER = 2  # voxels of zero around the field: a point beyond reads zero and feels no force
VARIANCE_FLOOR = 0.01  # of the variance inside the contour: flat regions score nothing rather than noise


@dataclass(frozen=True)
class Field:
    """Density to be sampled by `evaluate`: background zero, with a border of zeros on every side.

    data [z, y, x]; origin is the centre of voxel [0, 0, 0] of the bordered grid (Å). `variance_floor` is the least
    variance (map units squared) that a correlation is normalised with.
    """

    data: Float32[ndarray, "z y x"]
    voxel_size_xyz: Float64[ndarray, "3"]
    origin_xyz: Float64[ndarray, "3"]
    resolution: float
    variance_floor: float


@dataclass(frozen=True)
class Target:
    """A map prepared for fitting; share one between all structures that are fitted into it."""

    whole: Volume  # as read
    volume: Volume  # cropped, background subtracted
    background: float  # map units
    contour_level: float  # map units
    resolution: float  # Å

    @property
    def level(self) -> float:
        """The contour level above the background."""
        return self.contour_level - self.background

    @cached_property
    def contour_volume(self) -> float:
        """Å³ above the contour level."""
        return float(np.count_nonzero(self.volume.data > self.level)) * self.volume.voxel_volume

    @cached_property
    def extent_xyz(self) -> Float64[ndarray, "3"]:
        """Å along x y z of the box around the density above the contour."""
        inside = self.volume.data > self.level
        spans = [np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != 2 - k))) for k in range(3)]
        return np.array([span[-1] - span[0] + 1 for span in spans]) * self.volume.voxel_size_xyz

    @cached_property
    def native(self) -> Field:
        """The map itself."""
        return _field(self.volume, self.resolution, self.level)

    def low_passed(self, resolution: float, *, voxels_per_resolution: float = 3.0) -> Volume:
        """The map blurred to `resolution` (Å) on a grid of about a third of it."""
        return low_pass(self.volume, self.resolution, resolution, resolution / voxels_per_resolution)

    def field(self, resolution: float) -> Field:
        """The map blurred to `resolution` (Å), ready to be sampled; the map itself when it is not sharper."""
        if resolution <= self.resolution * 1.01:
            return self.native
        volume = self.low_passed(resolution)
        return _field(volume, resolution, self.level_at(volume))

    def level_at(self, volume: Volume) -> float:
        """The level that encloses in a blurred copy the volume that the contour encloses in the map."""
        share = min(0.9, self.contour_volume / (volume.data.size * volume.voxel_volume))
        return float(np.quantile(volume.data, 1 - share))


def prepare_target(volume: Volume, level: float, resolution: float) -> Target:
    """Subtract the background and crop to the region above the contour; FitError when nothing is above it."""
    if not volume.data.max() > level:
        raise FitError(
            f"The contour level {level:g} is above the map's maximum {volume.data.max():g}; choose a lower level."
        )
    mode, _ = background(subset(volume.data[::2, ::2, ::2]))
    base = min(mode, level)
    cropped = crop_to_contour(volume, level, resolution)
    clean = cropped.with_data(cropped.data - np.float32(base))
    return Target(volume, clean, base, level, resolution)


def crop_to_contour(volume: Volume, level: float, resolution: float) -> Volume:
    """The part of a map that holds all density above a level but dust, with a margin that a blur needs."""
    return volume.crop(*_region(volume, level, margin=2 * resolution + 6.0))


def _region(volume: Volume, level: float, margin: float) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Index box x y z around everything above the level but dust, widened by `margin` Å."""
    step = np.maximum(1, np.round(3.0 / volume.voxel_size_xyz).astype(int))
    occupied = _without_dust(_any_above(volume.data, level, step[::-1]))
    low, high = [], []
    for axis, (size, voxel) in enumerate(zip(volume.shape_xyz, volume.voxel_size_xyz, strict=True)):
        hit = np.flatnonzero(occupied.any(axis=tuple(k for k in range(3) if k != 2 - axis)))
        pad = int(np.ceil(margin / voxel))
        low.append(max(0, int(hit[0] * step[axis]) - pad))
        high.append(min(size, int((hit[-1] + 1) * step[axis]) + pad))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def _any_above(data: Float32[ndarray, "z y x"], level: float, step_zyx: ndarray) -> Bool[ndarray, "z2 y2 x2"]:
    """Whether any voxel of each block is above the level."""
    inside = data > level
    for axis, step in enumerate(step_zyx):
        inside = np.moveaxis(inside, axis, 0)
        blocks = inside[::step].copy()
        for k in range(1, step):
            rest = inside[k::step]
            blocks[: len(rest)] |= rest  # the last block may lack some
        inside = np.moveaxis(blocks, 0, axis)
    return inside


def _without_dust(occupied: Bool[ndarray, "z y x"]) -> Bool[ndarray, "z y x"]:
    """Only the islands that have at least a fiftieth of the largest one's size, and more than one block."""
    labels, count = ndimage.label(occupied)
    if count == 1:
        return occupied
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return (sizes >= min(max(2, 0.02 * sizes.max()), sizes.max()))[labels]


def _field(volume: Volume, resolution: float, level: float) -> Field:
    inside = volume.data[volume.data > level]
    variance = float(inside.var()) if len(inside) > 1 else float(volume.data.var())
    return Field(
        np.pad(volume.data, BORDER),
        volume.voxel_size_xyz,
        volume.map_from_index(np.full(3, -float(BORDER))),
        resolution,
        VARIANCE_FLOOR * max(variance, float(volume.data.var())),
    )


def low_pass(volume: Volume, resolution: float, to_resolution: float, voxel_size: float) -> Volume:
    """Blur from one resolution to another (Å) and resample to about `voxel_size` (Å), in Fourier space.

    The grid is padded by the blur's reach so that opposite faces do not touch, and keeps the position of voxel
    [0, 0, 0]'s padded predecessor as its origin.
    """
    sigma = SIGMA_PER_RESOLUTION * np.sqrt(max(to_resolution**2 - resolution**2, 0.0))
    shape = np.array(volume.data.shape)
    voxel_zyx = volume.voxel_size_xyz[::-1]
    pad = np.ceil(3 * sigma / voxel_zyx).astype(int)
    padded = np.array([scipy.fft.next_fast_len(int(n), real=True) for n in shape + 2 * pad])
    fine = np.zeros(padded, np.float32)
    fine[tuple(slice(p, p + n) for p, n in zip(pad, shape, strict=True))] = volume.data
    length = padded * voxel_zyx
    coarse = np.minimum([scipy.fft.next_fast_len(int(np.ceil(s / voxel_size)), real=True) for s in length], padded)
    spectrum = _cropped_spectrum(fine, tuple(coarse.tolist()))
    for axis in range(3):
        n = coarse[axis]
        k = (scipy.fft.rfftfreq(n) if axis == 2 else scipy.fft.fftfreq(n)) * n / length[axis]
        decay = np.exp(-2 * (np.pi * sigma * k) ** 2).astype(np.float32)
        spectrum *= decay.reshape([-1 if a == axis else 1 for a in range(3)])
    data = scipy.fft.irfftn(spectrum, tuple(coarse), workers=-1) * np.float32(coarse.prod() / padded.prod())
    coarse_voxel_xyz = np.asarray((length / coarse)[::-1], np.float64)
    return Volume(
        np.ascontiguousarray(data, np.float32), coarse_voxel_xyz, volume.map_from_index(-pad[::-1].astype(np.float64))
    )


def _cropped_spectrum(data: Float32[ndarray, "z y x"], shape: tuple[int, ...]) -> ndarray:
    """Half spectrum of `data` with only the frequencies that a grid of `shape` can hold."""
    # after each axis only what is kept goes on: resampling to a third leaves a ninth of the last axis to transform
    spectrum = scipy.fft.rfft(data, axis=2, workers=-1)[:, :, : shape[2] // 2 + 1]
    for axis in (1, 0):
        spectrum = scipy.fft.fft(spectrum, axis=axis, workers=-1)
        full, n = spectrum.shape[axis], shape[axis]
        if n < full:
            spectrum = np.take(spectrum, np.r_[0 : (n + 1) // 2, full - n // 2 : full], axis=axis)
    return np.ascontiguousarray(spectrum)


def suggested_resolution(volume: Volume) -> float:
    """A guess at the resolution (Å): three voxels, the sampling most maps are made with."""
    return float(np.clip(3 * volume.voxel_size_xyz.mean(), 2.0, 30.0))
