"""Adam over a batch of poses, as the published method runs it: on quaternion components and positions.

A pose has seven parameters, x y z w of a quaternion of any length and the position (Å). The engine's kernels return
a force (per Å) and a torque (per radian); turning by a small ω in the map's frame changes a unit quaternion q̂ by
½ (ω, 0) ⊗ q̂, and multiplying by a unit quaternion keeps lengths and angles, so that the gradient by q̂ is
2 (torque, 0) ⊗ q̂. It is at right angles to q̂: normalising a quaternion q only divides it by |q|.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.data.poses import Poses
from difffit_core.fit.kernels.evaluate import Evaluation

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8  # Kingma & Ba, arXiv 1412.6980; what torch.optim.Adam takes


@dataclass(frozen=True)
class Adam:
    """Parameters on their way and the running means of their slope and of its square."""

    parameters: Float64[ndarray, "pose 7"]
    first: Float64[ndarray, "pose 7"]
    second: Float64[ndarray, "pose 7"]
    steps: int

    @property
    def poses(self) -> Poses:
        """The poses that the parameters stand for."""
        quaternion = self.parameters[:, :4]
        return Poses(quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True), self.parameters[:, 4:])


def begin(poses: Poses) -> Adam:
    """The state before the first step."""
    parameters = np.concatenate([poses.orientation_xyzw, poses.position_xyz], axis=1)
    return Adam(parameters, np.zeros_like(parameters), np.zeros_like(parameters), 0)


def step(state: Adam, slope: Float64[ndarray, "pose 7"], rate: Float64[ndarray, "7"]) -> Adam:
    """One step uphill; `rate` is the learning rate of each parameter."""
    steps = state.steps + 1
    first = FIRST_DECAY * state.first + (1 - FIRST_DECAY) * slope
    second = SECOND_DECAY * state.second + (1 - SECOND_DECAY) * slope**2
    mean = first / (1 - FIRST_DECAY**steps)
    spread = np.sqrt(second / (1 - SECOND_DECAY**steps))
    return Adam(state.parameters + rate * mean / (spread + EPSILON), first, second, steps)


def slope_of(state: Adam, found: Evaluation) -> Float64[ndarray, "pose 7"]:
    """How the value changes with each parameter: four numbers by quaternion component, three per Å."""
    if found.force_xyz is None or found.torque_xyz is None:
        raise ValueError("climbing needs gradients")
    quaternion = state.parameters[:, :4]
    vector, scalar = quaternion[:, :3], quaternion[:, 3:]
    turned = found.torque_xyz * scalar + np.cross(found.torque_xyz, vector)
    by_quaternion = np.concatenate([turned, -(found.torque_xyz * vector).sum(axis=1, keepdims=True)], axis=1)
    by_quaternion *= 2 / (quaternion**2).sum(axis=1, keepdims=True)
    return np.concatenate([by_quaternion, found.force_xyz], axis=1)
