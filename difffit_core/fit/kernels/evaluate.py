"""The hot call: value and gradient of a batch of poses against a field, with one signature for all backends.

With the sums over the probe's points i of weight w, map value d and map gradient g (force ∇d, torque r × ∇d):
value = Σwd / S with S² = Σd² − (Σd)²/N (the weights have zero mean and unit length, so this is Pearson's
correlation), and its gradient = Σwg / S − value · (Σdg − d̄ Σg) / S². One pass, 21 sums per pose.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.probe import Probe
from difffit_core.fit.target import Field

N_MOMENTS = 21
NEIGHBOURHOOD = 16.0  # Å: poses this close sample much the same voxels


@dataclass(frozen=True)
class Evaluation:
    """Value of each pose and, when asked for, its gradient by translation (per Å) and rotation (per radian)."""

    value: Float64[ndarray, " pose"]
    force_xyz: Float64[ndarray, "pose 3"] | None = None
    torque_xyz: Float64[ndarray, "pose 3"] | None = None


Moments = Float64[ndarray, "pose 21"]
Backend = Callable[[Field, Probe, Poses, bool], Moments]


def evaluate(field: Field, probe: Probe, poses: Poses, backend: Backend, *, gradient: bool) -> Evaluation:
    """Value of every pose, and with `gradient` the six numbers that say how it changes.

    Torques turn the structure about its centroid by the right-hand rule, in the map's frame.
    """
    moments = backend(field, probe, poses, gradient)
    return correlate(moments, len(probe), field.variance_floor) if probe.correlates else _density(moments)


def correlate(moments: Moments, count: int, variance_floor: float) -> Evaluation:
    """Correlation about the mean and its gradient; below the variance floor the map counts as flat."""
    mean = moments[:, 1] / count
    spread = moments[:, 2] - moments[:, 1] * mean
    lowest = max(variance_floor, 1e-30) * count
    scale = 1 / np.sqrt(np.maximum(spread, lowest))
    value = moments[:, 0] * scale
    pull = np.where(spread > lowest, value * scale**2, 0.0)
    slope = moments[:, 3:9] * scale[:, None] - pull[:, None] * (moments[:, 9:15] - mean[:, None] * moments[:, 15:21])
    return Evaluation(value, slope[:, :3], slope[:, 3:])


def _density(moments: Moments) -> Evaluation:
    return Evaluation(moments[:, 0], moments[:, 3:6], moments[:, 6:9])


def numba_backend(field: Field, probe: Probe, poses: Poses, gradient: bool) -> Moments:
    """Compiled for this processor, on all its cores."""
    from difffit_core.fit.kernels.numba_kernel import pose_moments, pose_sums
    from difffit_core.fit.kernels.threads import spread

    kernel = pose_moments if gradient else pose_sums
    order = neighbours_together(poses.position_xyz)
    poses = poses[order]
    sums = np.zeros((len(poses), N_MOMENTS))
    matrices, positions = poses.matrices(), poses.position_xyz - field.origin_xyz
    inverse = 1 / field.voxel_size_xyz

    def work(part: slice) -> None:
        kernel(field.data, inverse, probe.points_xyz, probe.weights, matrices[part], positions[part], sums[part])

    spread(work, len(poses))
    moments = np.empty_like(sums)
    moments[order] = sums
    return moments


def neighbours_together(position_xyz: Float64[ndarray, "pose 3"]) -> Int64[ndarray, " pose"]:
    """An order in which poses follow each other that sample the same part of a map, which is then in the cache."""
    x, y, z = np.floor(position_xyz / NEIGHBOURHOOD).T
    return np.lexsort((x, y, z))


def torch_backend(device: str) -> Backend:
    """The readable reference, on any device that torch knows: cpu, cuda, mps."""
    from difffit_core.fit.kernels.torch_kernel import TorchKernel

    return TorchKernel(device)


def triton_backend(device: str) -> Backend:
    """Compiled for this graphics card; ImportError where torch ships no Triton."""
    from difffit_core.fit.kernels.triton_kernel import TritonKernel

    return TritonKernel(device)
