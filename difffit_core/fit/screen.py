"""All translations at once: a local correlation by FFT for each of many rotations.

Map and simulated map are low-passed and sharpened by a Laplacian, which removes the slow background that makes
dense neighbours attractive. Per rotation one forward and one inverse transform give the numerator of the
correlation everywhere; the local variance is that under the *rotation-averaged* mask, computed once. That is an
approximation, good enough to choose what `climb` starts from: every survivor is rescored exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.fft
from jaxtyping import Bool, Complex64, Float32, Float64, Int64, UInt8
from numpy import ndarray
from scipy import ndimage

from difffit_core.data.poses import Poses
from difffit_core.data.region import Region
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.fit.kernels.screen_numba import best_peaks, turn_template
from difffit_core.fit.kernels.threads import pool, worker_count
from difffit_core.fit.simulate import simulate_map
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import Target

MASK_ABOVE = 0.15  # of the simulated maximum: further out the template would reach into the neighbours
VARIANCE_FLOOR = 0.02  # of the largest local variance: empty regions do not divide by nothing
LEAST_FILLING = 0.25  # of the best: how full the average mask must be of density where a centroid may lie
GRID_PER_RESOLUTION = 2.5  # voxels of the search grid per resolution


@dataclass(frozen=True)
class ScreenPlan:
    """How finely to screen."""

    resolution: float  # Å, of the low-passed map
    rotations: int
    per_rotation: int  # translations kept of each
    keep: int  # poses kept in all


@dataclass(frozen=True)
class Template:
    """Sharpened simulated density on a cubic grid, and where it counts."""

    density: Float32[ndarray, "z y x"]
    inside: Float32[ndarray, "z y x"]  # 1 inside the mask, 0 outside
    cells: UInt8[ndarray, "z y x"]  # of the eight corners above each voxel, 0 none, 1 some, 2 all are inside
    box_xyz: Float64[ndarray, "2 3"]  # lowest and highest index of the mask's cells
    spacing: float  # Å
    centroid_index_xyz: Float64[ndarray, "3"]
    radius: float  # Å from the centroid to the farthest point of the mask


@dataclass(frozen=True)
class SearchMap:
    """The sharpened map's spectrum on a grid with room for the template, and the local normalisation."""

    volume: Volume  # low-passed: its grid is where centroids are looked for
    half_xyz: tuple[int, int, int]  # voxels from the centroid to the template's edge, in the worst orientation
    spectrum: Complex64[ndarray, "z2 y2 x2"]  # half spectrum of the padded map
    padded: tuple[int, int, int]  # z y x
    scale: Float32[ndarray, "z y x"]  # 1 / local standard deviation, zero where no centroid can be


# fills in scores [rotation, peak] and flat grid indices of the best translations of each of these rotations (matrices),
# yielding how many are done
Sweep = Callable[[Float64[ndarray, "rotation 3 3"], Float32[ndarray, "rotation peak"], ndarray], Iterator[int]]


def screen(
    structure: Structure,
    target: Target,
    plan: ScreenPlan,
    seed: int,
    *,
    region: Region | None = None,
    device: str = "cpu",
) -> Job[tuple[Poses, ndarray]]:
    """The most promising poses with their centroid in the region, best first, and their screening scores [pose]."""
    yield StageStarted("screen", plan.rotations)
    template = make_template(structure, plan.resolution)
    search_map = make_search_map(target, template, plan.resolution)
    if region is not None:
        search_map = replace(search_map, scale=within_region(search_map, region))
    orientations = even_rotations(plan.rotations, seed)
    matrices = Poses(orientations, np.zeros((plan.rotations, 3))).matrices()
    values = np.zeros((plan.rotations, plan.per_rotation), np.float32)
    indices = np.full((plan.rotations, plan.per_rotation), -1, np.int64)
    for done in make_sweep(template, search_map, device)(matrices, values, indices):
        yield StageAdvanced(done)
    return _collect(search_map, orientations, values, indices, plan.keep)


def make_sweep(template: Template, search_map: SearchMap, device: str) -> Sweep:
    """All rotations of a template in a search map: compiled code on the processor's cores, else torch on the device."""
    if device != "cpu":
        from difffit_core.fit.kernels.torch_screen import TorchSweep

        return TorchSweep(template, search_map, device)

    def on_processor(matrices: ndarray, values: ndarray, indices: ndarray) -> Iterator[int]:
        def work(k: int) -> None:
            _screen_rotation(template, search_map, matrices[k], values[k], indices[k])

        step = worker_count() * 4
        for first in range(0, len(matrices), step):
            last = min(first + step, len(matrices))
            list(pool().map(work, range(first, last)))
            yield last

    return on_processor


def make_template(structure: Structure, resolution: float) -> Template:
    """The structure's simulated map at `resolution`, sharpened, in its own frame, finer than the search grid."""
    spacing = resolution / 5
    simulated = simulate_map(structure, resolution, voxel_size=spacing)
    data = simulated.data
    inside = data > MASK_ABOVE * data.max()
    corner = simulated.index_from_map(structure.centroid_xyz)
    reach = (np.argwhere(inside)[:, ::-1] - corner) * spacing
    radius = float(np.sqrt((reach**2).sum(axis=1).max())) + spacing
    cells, box = mask_cells(inside)
    return Template(-ndimage.laplace(data), inside.astype(np.float32), cells, box, spacing, corner, radius)


def mask_cells(inside: Bool[ndarray, "z y x"]) -> tuple[UInt8[ndarray, "z y x"], Float64[ndarray, "2 3"]]:
    """What a template's cells hold and the box around those that hold something, as `Template` describes them."""
    corners = np.lib.stride_tricks.sliding_window_view(inside, (2, 2, 2)).sum(axis=(3, 4, 5))
    cells = np.zeros(inside.shape, np.uint8)
    cells[:-1, :-1, :-1] = (corners > 0).astype(np.uint8) + (corners == 8)
    filled = np.argwhere(cells)[:, ::-1]
    return cells, np.stack([filled.min(axis=0), filled.max(axis=0) + 0.999]).astype(np.float64)


def make_search_map(target: Target, template: Template, resolution: float) -> SearchMap:
    """The sharpened map with its local variance under the template's rotation-averaged mask."""
    volume, inside = search_region(target, resolution)
    sharpened = -_laplace(volume)
    half = _half_widths(template, volume)
    shape = volume.data.shape
    # wrapping round may touch what lies within half a template of the opposite face, where no centroid can be
    padded = tuple(scipy.fft.next_fast_len(int(n + h), real=True) for n, h in zip(shape, half[::-1], strict=True))
    ball = _average_mask(template, volume, half)
    weight = float(ball.sum())
    mask = np.conj(_spectrum(ball, padded))

    def under_mask(data: Float32[ndarray, "z y x"]) -> Float32[ndarray, "z y x"]:
        return _correlation(_spectrum(_shifted(data, half, padded), padded) * mask, shape, padded) / np.float32(weight)

    filled = under_mask(inside.astype(np.float32))
    variance = under_mask(sharpened * sharpened) - under_mask(sharpened) ** 2
    scale = 1 / np.sqrt(np.maximum(variance, VARIANCE_FLOOR * variance.max()) * weight)
    scale[filled < LEAST_FILLING * filled.max()] = 0
    spectrum = _spectrum(_shifted(sharpened, half, padded), padded)
    return SearchMap(volume, half, spectrum, (padded[0], padded[1], padded[2]), scale.astype(np.float32))


def within_region(search_map: SearchMap, region: Region) -> Float32[ndarray, "z y x"]:
    """The search map's scale with zeros where no voxel's centroid is in the region; FitError when none is left."""
    volume = search_map.volume
    candidates = np.argwhere(search_map.scale > 0)
    # a peak of the grid stands for everything in its voxel, corners included
    reach = 0.5 * float(np.linalg.norm(volume.voxel_size_xyz))
    inside = region.contains(volume.map_from_index(candidates[:, ::-1].astype(np.float64)), within=reach)
    if not inside.any():
        raise FitError("The molecule's centre finds no density in the region to search; choose a larger region.")
    scale = np.zeros_like(search_map.scale)
    kept = tuple(candidates[inside].T)
    scale[kept] = search_map.scale[kept]
    return scale


def search_region(target: Target, resolution: float) -> tuple[Volume, Bool[ndarray, "z y x"]]:
    """The low-passed map cut to its contour with a small margin, and where it is above the contour."""
    volume = target.low_passed(resolution, voxels_per_resolution=GRID_PER_RESOLUTION)
    inside = volume.data > target.level_at(volume)
    low, high = [], []
    for axis in range(3):
        hit = np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != 2 - axis)))
        low.append(max(0, int(hit[0]) - 2))
        high.append(min(inside.shape[2 - axis], int(hit[-1]) + 3))
    window = tuple(slice(lo, hi) for lo, hi in zip(low[::-1], high[::-1], strict=True))
    return volume.crop((low[0], low[1], low[2]), (high[0], high[1], high[2])), inside[window]


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


def _shifted(
    data: Float32[ndarray, "z y x"], half_xyz: tuple[int, int, int], padded: tuple[int, ...]
) -> Float32[ndarray, "z2 y2 x2"]:
    """The map moved by half a template on the periodic grid, so that a template at the corner reports its centroid."""
    out = np.zeros(padded, np.float32)
    out[tuple(slice(0, n) for n in data.shape)] = data
    return np.roll(out, half_xyz[::-1], axis=(0, 1, 2))


def _spectrum(data: Float32[ndarray, "z y x"], padded: tuple[int, ...]) -> Complex64[ndarray, "z2 y2 x2"]:
    """Half spectrum of data at the corner of a grid of zeros; axis by axis, so that empty lines cost nothing."""
    lines = scipy.fft.rfft(data, padded[2], axis=2)
    planes = scipy.fft.fft(lines, padded[1], axis=1)
    return scipy.fft.fft(planes, padded[0], axis=0)


def _correlation(
    spectrum: Complex64[ndarray, "z2 y2 x2"], shape: tuple[int, ...], padded: tuple[int, ...]
) -> Float32[ndarray, "z y x"]:
    """Inverse of `_spectrum`, computed only where a centroid is looked for: the corner of `shape`."""
    planes = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)[: shape[0]]
    lines = scipy.fft.ifft(planes, axis=1, overwrite_x=True)[:, : shape[1]]
    return scipy.fft.irfft(lines, padded[2], axis=2)[:, :, : shape[2]]


def _screen_rotation(
    template: Template,
    search_map: SearchMap,
    matrix: Float64[ndarray, "3 3"],
    values: Float32[ndarray, " peak"],
    indices: Int64[ndarray, " peak"],
) -> None:
    """Fill in the best translations of one rotation: scores and flat grid indices, best first."""
    volume, half = search_map.volume, search_map.half_xyz
    turned = np.empty(tuple(2 * h + 1 for h in half[::-1]), np.float32)
    turn_template(
        template.density,
        template.inside,
        template.cells,
        template.box_xyz,
        template.spacing,
        template.centroid_index_xyz,
        matrix,
        volume.voxel_size_xyz,
        np.array(half),
        turned,
    )
    spectrum = _spectrum(turned, search_map.padded)
    np.conjugate(spectrum, out=spectrum)
    spectrum *= search_map.spectrum
    numerator = _correlation(spectrum, volume.data.shape, search_map.padded)
    best_peaks(numerator * search_map.scale, values, indices)


def _collect(
    search_map: SearchMap,
    orientations: Float64[ndarray, "rotation 4"],
    values: Float32[ndarray, "rotation peak"],
    indices: Int64[ndarray, "rotation peak"],
    keep: int,
) -> tuple[Poses, Float64[ndarray, " pose"]]:
    """The best poses over all rotations, best first."""
    rotation, peak = np.nonzero(indices >= 0)
    order = np.argsort(-values[rotation, peak], kind="stable")[:keep]
    rotation, peak = rotation[order], peak[order]
    zyx = np.stack(np.unravel_index(indices[rotation, peak], search_map.volume.data.shape), axis=1)
    position = search_map.volume.map_from_index(zyx[:, ::-1].astype(np.float64))
    return Poses(orientations[rotation], position), values[rotation, peak].astype(np.float64)
