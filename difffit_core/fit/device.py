"""What to compute with on this machine."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from difffit_core.data.poses import Poses
from difffit_core.errors import SettingsError
from difffit_core.fit.kernels.evaluate import Backend, numba_backend, torch_backend, triton_backend
from difffit_core.fit.probe import Probe
from difffit_core.fit.starts import even_rotations
from difffit_core.fit.target import Field

AGREEMENT = 1e-4  # of a kernel with torch, relative


@dataclass(frozen=True)
class Engine:
    """A backend of `evaluate` and where it runs."""

    evaluate: Backend
    backend: str
    device: str


def choose_engine(device: str, backend: str) -> Engine:
    """The engine for these settings; `auto` takes the fastest that works: a CUDA or ROCm card, else the processor.

    Raises SettingsError when the device or the combination is not available here.
    """
    if backend == "numba" and device not in ("auto", "cpu"):
        raise SettingsError(f"The numba backend computes on the processor; use --backend torch with --device {device}.")
    # looked for before torch is, which takes longer to load than a small fit
    on_cpu = device == "cpu" or (device == "auto" and not may_have_card())
    if backend == "numba" or (backend == "auto" and on_cpu):
        return Engine(numba_backend, "numba", "cpu")
    chosen = _torch_device(device)
    if backend == "triton":
        return _triton_engine(chosen)
    if backend == "auto" and chosen == "cuda" and triton_trouble(chosen) is None:
        return Engine(triton_backend(chosen), "triton", chosen)
    if backend == device == "auto" and chosen != "cuda":
        return Engine(numba_backend, "numba", "cpu")
    return Engine(torch_backend(chosen), "torch", chosen)


def may_have_card() -> bool:
    """Whether a driver for NVIDIA's or AMD's cards, and a PyTorch that uses it, are here; found without loading it."""
    return not version("torch").endswith("+cpu") and driver_is_here()


def driver_is_here() -> bool:
    """Whether a driver for NVIDIA's or AMD's cards is installed."""
    windows = Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32", "nvcuda.dll")
    drivers = [windows] if sys.platform == "win32" else [Path("/dev", name) for name in ("nvidiactl", "kfd", "dxg")]
    return any(path.exists() for path in drivers)


@cache
def triton_trouble(device: str) -> str | None:
    """Why the Triton kernel cannot be used on this device; None when it agrees with torch to 1e-4.

    Triton compiles on the user's machine and fails there in ways of its own: no C compiler, an old driver, a card
    that is not supported. Whatever it is, torch can do the work.
    """
    if device != "cuda":
        return "it needs a CUDA or ROCm graphics card"
    if importlib.util.find_spec("triton") is None:
        return "this PyTorch comes without it"
    try:
        difference = largest_difference(triton_backend(device), torch_backend(device))
    except Exception as error:
        return f"it failed with {type(error).__name__}: {error}".splitlines()[0]
    return None if difference < AGREEMENT else f"it differs from PyTorch by {difference:.1g}"


def largest_difference(mine: Backend, reference: Backend) -> float:
    """Between the sums of two backends over some poses in and out of a small field, relative to the largest of each."""
    random = np.random.default_rng(0)
    field = Field(random.random((9, 11, 10), np.float32), np.array([1.1, 1.0, 0.9]), np.zeros(3), 3.0, 1e-3)
    probe = Probe(random.normal(0, 2, (300, 3)).astype(np.float32), random.normal(0, 1, 300).astype(np.float32), True)
    poses = Poses(even_rotations(16, 0), random.uniform(-4, 14, (16, 3)))
    found, expected = mine(field, probe, poses, True), reference(field, probe, poses, True)
    return float((np.abs(found - expected).max(axis=0) / np.abs(expected).max(axis=0)).max())


def _triton_engine(device: str) -> Engine:
    trouble = triton_trouble(device)
    if trouble is not None:
        raise SettingsError(f"The Triton backend cannot be used here: {trouble}; use --backend torch.")
    return Engine(triton_backend(device), "triton", device)


def _torch_device(device: str) -> str:
    import torch

    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[device]:
        raise SettingsError(f"No {device} device works on this machine; use --device auto or --device cpu.")
    return device


def warm_up() -> None:
    """Load (or, the first time on a machine, compile) the kernels, so that the first fit does not wait for them."""
    from difffit_core.events import run
    from difffit_core.fit.fit_structure import fit_structure
    from difffit_core.fit.rehearsal import tiny_case
    from difffit_core.settings import FitSettings

    structure, volume = tiny_case()
    run(fit_structure(structure, volume, FitSettings(resolution=8.0, preset="fast", starts=8)))
