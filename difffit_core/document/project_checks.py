"""Whether the numbers of a session from a file can be worked with; its types have been checked before."""

import math
from collections.abc import Iterable

import numpy as np
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.data.removal import Removal
from difffit_core.data.results import Cluster, FitResult
from difffit_core.data.volume import Volume
from difffit_core.document.session import MapItem, Session

UNIT = 1e-3  # how far from 1 the length of a quaternion may be


def require_usable(session: Session) -> None:
    """Raise ValueError when keys are not unique, or numbers are not those of maps, placements and removals."""
    for items in (session.maps, session.structures, session.fits, session.copies):
        if len({item.key for item in items}) != len(items):
            raise ValueError("keys that come twice")
    for item in session.maps:
        _require_usable_map(item)
    for fit in session.fits:
        _require_usable_result(fit.result)
    for copy in session.copies:
        _require_finite(copy.matrix)


def require_usable_volume(volume: Volume) -> None:
    """Raise ValueError unless this is finite 32-bit density on a grid that lies somewhere."""
    if volume.data.dtype != np.float32 or volume.data.ndim != 3 or min(volume.data.shape) < 2:
        raise ValueError("a map that is no density on a grid")
    if volume.voxel_size_xyz.shape != (3,) or volume.origin_xyz.shape != (3,):
        raise ValueError("a map without a place")
    low, high = float(volume.data.min()), float(volume.data.max())  # NaN and Inf survive in them
    _require_finite(np.array([low, high]), volume.voxel_size_xyz, volume.origin_xyz)
    if (volume.voxel_size_xyz <= 0).any():
        raise ValueError("a voxel size that is none")


def _require_usable_map(item: MapItem) -> None:
    _require_finite(np.array([item.contour_level, item.suggested_level, item.suggested_resolution, item.opacity]))
    for entry in item.removals:
        _require_usable_removal(entry.removal, item.base)
        _require_finite(np.array(entry.map_from_model, np.float64))


def _require_usable_removal(removal: Removal, volume: Volume) -> None:
    """Its box lies in the map, and its lists are as long as it has voxels."""
    ends = tuple(low + size for low, size in zip(removal.low_zyx, removal.shape_zyx, strict=True))
    if min(removal.low_zyx) < 0 or min(removal.shape_zyx) < 1 or any(map(int.__gt__, ends, volume.data.shape)):
        raise ValueError("a removal outside of its map")
    if len(removal.bits) != -(-math.prod(removal.shape_zyx) // 8):
        raise ValueError("a removal without its voxels")
    lists = [removal.before] if removal.amount is None else [removal.before, removal.amount]
    if {len(values) for values in lists} != {int(np.count_nonzero(removal.mask))}:
        raise ValueError("a removal without its densities")
    _require_finite(*lists, np.array([removal.fill]))


def _require_usable_result(result: FitResult) -> None:
    for cluster in result.clusters:
        _require_usable_cluster(cluster)
    climbed = result.climbed
    _require_poses(climbed.poses)
    if {len(climbed.value), len(climbed.hits), len(climbed.origin)} != {len(climbed.poses)}:
        raise ValueError("placements without their values")
    _require_finite(result.centroid_xyz, np.array([result.contour_level, result.resolution]))


def _require_usable_cluster(cluster: Cluster) -> None:
    for poses in (cluster.representative, cluster.members, cluster.path):
        _require_poses(poses)
    if len(cluster.representative) != 1 or {np.ndim(value) for value in _arrays_of(cluster)} != {0}:
        raise ValueError("a cluster without its one representative")


def _arrays_of(cluster: Cluster) -> Iterable[ndarray]:
    return vars(cluster.scores).values()


def _require_poses(poses: Poses) -> None:
    _require_finite(poses.orientation_xyzw, poses.position_xyz)
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(poses.orientation_xyzw, axis=1)
    if len(lengths) != len(poses.position_xyz) or not np.allclose(lengths, 1.0, atol=UNIT):
        raise ValueError("poses that are none")


def _require_finite(*arrays: ndarray) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("numbers that are not finite")
