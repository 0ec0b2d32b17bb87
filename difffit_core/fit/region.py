"""A search that is confined: to a region of the map, to the neighbourhood of a pose, or both."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.region import Near, Region
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import FitError
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.fit.plan import FitPlan
from difffit_core.fit.screen import screen
from difffit_core.fit.starts import poses_near
from difffit_core.fit.target import Target, crop_to_contour
from difffit_core.settings import FitSettings

STEP_PER_RESOLUTION = 0.4  # Å of shift, and of arc at the radius of gyration, that a climb makes good for certain
FEWEST_NEAR, MOST_NEAR = 200, 60_000  # starts around a pose
SCREEN_BLUR = 16.0  # Å: what a search at low resolution sees beyond the molecule's edge


@dataclass(frozen=True)
class Limits:
    """Where placements may be; everywhere when neither is given."""

    region: Region | None = None
    near: Near | None = None

    def contains(self, poses: Poses, settings: FitSettings, *, spare: float = 0.0) -> Bool[ndarray, " pose"]:
        """Which poses are allowed, those up to `spare` Å outside of the region included.

        Around a given pose they may always differ by what members of a cluster do.
        """
        found = np.ones(len(poses), bool)
        if self.region is not None:
            found &= self.region.contains(poses.position_xyz, within=spare)
        if self.near is not None:
            found &= self.near.contains(poses, shift=settings.cluster_shift, angle=settings.cluster_angle)
        return found

    @property
    def text(self) -> str:
        """For a sentence about a search; empty when it is not confined."""
        near = f"within {self.near.shift:g} Å and {self.near.angle:g}° of a given place" if self.near else ""
        return " ".join(part for part in (near, "in a chosen region" if self.region else "") if part)

    @property
    def corners_xyz(self) -> Float64[ndarray, "2 3"] | None:
        """The box (Å) that holds every allowed centroid; None when there is no such box."""
        corners = [part.corners_xyz for part in (self.region, self.near) if part is not None]
        bounded = [corner for corner in corners if corner is not None]
        if not bounded:
            return None
        return np.stack([np.max([c[0] for c in bounded], axis=0), np.min([c[1] for c in bounded], axis=0)])


def narrow(target: Target, structure: Structure, limits: Limits) -> Target:
    """The part of the map that a structure can reach within its limits; FitError when there is nothing.

    A small region in a large map is searched in the time that a small map takes.
    """
    corners = limits.corners_xyz
    if corners is None:
        return target
    low, high = corners
    first, last = target.whole.corners_xyz
    if (high < first).any() or (low > last).any() or (low > high).any():
        raise FitError(
            f"The region to search lies outside of the map, which reaches from {_triple(first)} to {_triple(last)} Å."
        )
    reach = float(np.sqrt(((structure.xyz - structure.centroid_xyz) ** 2).sum(axis=1).max()))
    margin = reach + max(2 * target.resolution + 6.0, SCREEN_BLUR)
    volume = _cut(target.volume, low - margin, high + margin)
    _require_density(volume, target)
    return replace(target, volume=volume)


def hide(target: Target, region: Region | None) -> Target:
    """The map without the density that the region's masks leave out; FitError when nothing is left."""
    if region is None or not region.hides:
        return target
    volume = target.volume.with_data(_shown(target.volume, region))
    _require_density(volume, target)
    return replace(target, volume=crop_to_contour(volume, target.level, target.resolution))


def find_starts(
    structure: Structure, target: Target, plan: FitPlan, limits: Limits, settings: FitSettings, *, device: str = "cpu"
) -> Job[Poses]:
    """Where the climb begins: around the given pose, else the most promising poses of the whole (allowed) map."""
    if limits.near is None:
        poses, _ = yield from screen(structure, target, plan.screen, settings.seed, region=limits.region, device=device)
        return poses
    yield StageStarted("screen", 1)
    count = starts_near(limits.near, structure.radius_of_gyration, plan.screen.resolution)
    poses = poses_near(limits.near.pose, limits.near.shift, limits.near.angle, count, settings.seed)
    allowed = np.flatnonzero(limits.contains(poses, settings, spare=settings.cluster_shift))
    if len(allowed) == 0:
        raise FitError("Where the structure stands is not in the region to search; choose a larger region or distance.")
    yield StageAdvanced(1)
    return poses[allowed]


def starts_near(near: Near, arm: float, resolution: float) -> int:
    """Poses that leave no gap in a neighbourhood: its volume over that of a start's basin.

    `arm` is the radius of gyration (Å); the basin is as wide as a fraction of the resolution (Å), in shift and arc.
    """
    basin = STEP_PER_RESOLUTION * resolution
    angle = np.radians(near.angle)
    shifts = 1 + 4 / 3 * np.pi * (near.shift / basin) ** 3
    # rotations by less than a fill 8π (a − sin a) of SO(3), in cubic radians
    turns = 1 + 8 * np.pi * (angle - np.sin(angle)) * (arm / basin) ** 3
    return int(np.clip(shifts * turns, FEWEST_NEAR, MOST_NEAR))


def _cut(volume: Volume, low_xyz: Float64[ndarray, "3"], high_xyz: Float64[ndarray, "3"]) -> Volume:
    """The voxels between two corners (Å), at least two along every axis."""
    most = np.array(volume.shape_xyz)
    low = np.clip(np.floor(volume.index_from_map(low_xyz)), 0, most - 2).astype(int)
    high = np.clip(np.ceil(volume.index_from_map(high_xyz)) + 1, low + 2, most).astype(int)
    (x, y, z), (x1, y1, z1) = low.tolist(), high.tolist()
    return volume.crop((x, y, z), (x1, y1, z1))


def _shown(volume: Volume, region: Region) -> Float32[ndarray, "z y x"]:
    """The density with zeros where the region hides it; section by section, which keeps memory small."""
    nz, ny, nx = volume.data.shape
    y, x = np.mgrid[:ny, :nx]
    shown = np.empty_like(volume.data)
    for z in range(nz):
        index = np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1)
        seen = region.shows(volume.map_from_index(index.astype(np.float64)))
        shown[z] = volume.data[z] * seen.reshape(ny, nx)
    return shown


def _require_density(volume: Volume, target: Target) -> None:
    if not (volume.data > target.level).any():
        raise FitError(
            f"There is no density above the contour level {target.contour_level:g} in the region to search; "
            "choose a larger region or a lower level."
        )


def _triple(xyz: Float64[ndarray, "3"]) -> str:
    return "(" + ", ".join(f"{value:.1f}" for value in xyz) + ")"
