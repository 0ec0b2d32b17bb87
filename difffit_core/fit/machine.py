"""What there is to compute with, measured."""

import time
from typing import Any

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.fit.device import choose_engine, triton_trouble
from difffit_core.fit.kernels.evaluate import Backend, evaluate
from difffit_core.fit.kernels.threads import worker_count
from difffit_core.fit.probe import density_probe
from difffit_core.fit.rehearsal import tiny_case
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import prepare_target

N_POSES = 400


def describe_machine() -> dict[str, Any]:
    """Cores, accelerators, and nanoseconds per point of each backend that works here, without and with gradient."""
    import torch

    chosen = choose_engine("auto", "auto")
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices.append("cuda")
    if torch.backends.mps.is_available():
        devices.append("mps")
    engines = {"numba cpu": choose_engine("cpu", "numba")}
    engines |= {f"torch {device}": choose_engine(device, "torch") for device in devices}
    if triton_trouble("cuda" if "cuda" in devices else "cpu") is None:
        engines["triton cuda"] = choose_engine("cuda", "triton")
    return {
        "cores": worker_count(),
        "accelerator": torch.cuda.get_device_name() if "cuda" in devices else "mps" if "mps" in devices else None,
        "automatic_choice": f"{chosen.backend} on {chosen.device}",
        "nanoseconds_per_point": {name: measure(engine.evaluate) for name, engine in engines.items()},
    }


def measure(backend: Backend) -> dict[str, float]:
    """Nanoseconds per point of one backend, the best of three, on a small case."""
    structure, volume = tiny_case()
    target = prepare_target(volume, 0.1 * float(volume.data.max()), 8.0)
    probe = density_probe(structure, 8.0, above=0.02, voxel_size=1.0)
    poses = Poses(even_rotations(N_POSES, 0), np.tile(structure.centroid_xyz, (N_POSES, 1)))

    def seconds(gradient: bool) -> float:
        begun = time.perf_counter()
        evaluate(target.native, probe, poses, backend, gradient=gradient)
        return time.perf_counter() - begun

    points = len(probe) * N_POSES
    return {
        name: 1e9 / points * min(seconds(gradient) for _ in range(3))
        for name, gradient in (("value", False), ("gradient", True))
    }
