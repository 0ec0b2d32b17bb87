"""What to compute with on this machine."""

from dataclasses import dataclass

from difffit_core.errors import SettingsError
from difffit_core.fit.kernels.evaluate import Backend, numba_backend, torch_backend


@dataclass(frozen=True)
class Engine:
    """A backend of `evaluate` and where it runs."""

    evaluate: Backend
    backend: str
    device: str


def choose_engine(device: str, backend: str) -> Engine:
    """The engine for these settings; `auto` takes the compiled kernels, the fastest on a processor.

    Raises SettingsError when the device or the combination is not available here.
    """
    if backend == "numba" and device not in ("auto", "cpu"):
        raise SettingsError(f"The numba backend computes on the processor; use --backend torch with --device {device}.")
    if device in ("auto", "cpu") and backend in ("auto", "numba"):
        return Engine(numba_backend, "numba", "cpu")
    chosen = _torch_device(device)
    return Engine(torch_backend(chosen), "torch", chosen)


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
