"""How much to search: what follows from the structure's size, the map's volume and the preset."""

from dataclasses import dataclass

import numpy as np

from difffit_core.data.structure import Structure
from difffit_core.fit.screen import ScreenPlan
from difffit_core.fit.search_map import GRID_PER_RESOLUTION
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

SHARPEST_SCREEN = 8.0  # Å: sharper maps have too small a basin, duller ones lose small proteins in crowded maps
# poses that the screen keeps per start, for a structure that fills its map and for one that is lost in it: there the
# right pose may be the screen's ten thousandth, when it lies between the rotations that are screened; the exact score
# ranks it among the first thousand
SURVIVORS_PER_START = (3, 14)


@dataclass(frozen=True)
class Effort:
    """What a preset means.

    Of two numbers the first is for a structure that fills its map, the second for one that is lost in it.
    `arc_per_resolution` is the typical arc between neighbouring rotations at the radius of gyration, over the
    screening resolution.
    """

    least_rotations: tuple[int, int]
    arc_per_resolution: tuple[float, float]
    point_rotations: tuple[float, float]  # voxels times rotations that the screen may cost
    starts: int  # poses that climb at the first level
    polished: int  # clusters that are polished


EFFORTS = {
    "fast": Effort((300, 300), (0.9, 0.65), (1.5e8, 5e8), 400, 40),
    "balanced": Effort((1400, 1700), (0.8, 0.55), (5e8, 2.5e9), 1000, 60),
    "exhaustive": Effort((2400, 2400), (0.5, 0.33), (5e9, 1e10), 4000, 120),
}


@dataclass(frozen=True)
class Level:
    """One stage of the climb: a sharpness of the map, and how many poses and points take part."""

    resolution: float  # Å
    poses: int
    points: int


@dataclass(frozen=True)
class FitPlan:
    """Everything the search does, before it begins."""

    screen: ScreenPlan
    levels: tuple[Level, ...]  # from the screen's resolution to the map's own
    polished: int


def make_plan(structure: Structure, target: Target, settings: FitSettings) -> FitPlan:
    """Rotations dense enough for the structure's size at the finest screening resolution that is affordable."""
    effort = EFFORTS[settings.preset]
    crowded = crowding(structure, target)
    arc = float(np.interp(crowded, [0, 1], effort.arc_per_resolution))
    budget = float(np.interp(crowded, [0, 1], effort.point_rotations))
    least = int(np.interp(crowded, [0, 1], effort.least_rotations))
    resolution = screening_resolution(structure, target, arc, least, budget)
    starts = settings.starts or effort.starts
    count = rotations_for(structure, resolution, arc, least)
    survivors = float(np.interp(crowded, [0, 1], SURVIVORS_PER_START))
    screen = ScreenPlan(resolution, count, per_rotation=8, keep=int(survivors * starts))
    return FitPlan(screen, climb_levels(resolution, target.resolution, starts), effort.polished)


def crowding(structure: Structure, target: Target) -> float:
    """From 0, when the structure is at least half of what the map shows, to 1, when it is a tenth or less."""
    ratio = target.contour_volume / structure.approximate_volume
    return float(np.clip(np.log(ratio / 2) / np.log(5), 0, 1))


def rotations_for(structure: Structure, resolution: float, arc: float, least: int) -> int:
    """Even rotations that leave a typical arc of `arc` · resolution (Å) at the radius of gyration.

    Each of n rotations owns 8π²/n of the volume of SO(3), and the typical distance to the nearest is 0.55 of the
    side of a cube of that volume.
    """
    gap = arc * resolution / max(structure.radius_of_gyration, 1.0)
    return max(least, int(8 * np.pi**2 * (0.55 / gap) ** 3))


def screening_resolution(structure: Structure, target: Target, arc: float, least: int, budget: float) -> float:
    """The map's resolution, at least 8 Å, and more when a large structure would need too many rotations.

    A large structure fills much of its map and is easy to tell from the rest at low resolution; with resolution d
    the number of rotations falls with d⁻³ and that of voxels with d⁻³.
    """
    resolution = max(target.resolution, SHARPEST_SCREEN)
    reach = np.sqrt(((structure.xyz - structure.centroid_xyz) ** 2).sum(axis=1).max())
    while True:
        voxel = resolution / GRID_PER_RESOLUTION
        # the transforms of the padded map, and turning the template, which costs about as much per voxel
        voxels = float(np.prod((target.extent_xyz + reach) / voxel)) + (2 * reach / voxel) ** 3
        if rotations_for(structure, resolution, arc, least) * voxels <= budget or resolution > 60:
            return float(resolution)
        resolution *= 1.08


def climb_levels(first: float, last: float, starts: int) -> tuple[Level, ...]:
    """From the screening resolution to the map's own in steps of at most 1.7, fewer poses and more points each."""
    count = max(1, int(np.ceil(np.log(first / last) / np.log(1.7) - 0.1))) if first > last * 1.05 else 0
    sharpness = [first * (last / first) ** (k / count) for k in range(count)] + [last] if count else [last]
    poses = [max(50, int(starts * 0.4**k)) for k in range(len(sharpness))]
    return tuple(Level(r, n, 500 + 500 * k) for k, (r, n) in enumerate(zip(sharpness, poses, strict=True)))
