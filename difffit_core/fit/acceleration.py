"""What fits are computed with on this machine, and what would make them faster, in words."""

import sys
from dataclasses import dataclass
from importlib.metadata import version

from difffit_core.fit.device import choose_engine, driver_is_here, may_have_card
from difffit_core.fit.kernels.threads import worker_count

SOURCES = "install DiffFit from its sources on this computer: it then takes the PyTorch that can use the card"


@dataclass(frozen=True)
class Acceleration:
    """Facts for the user; `card` is empty when none can be used, `advice` when nothing is to be done."""

    choice: str
    card: str
    torch: str
    advice: str


def find_acceleration() -> Acceleration:
    """Look for graphics cards; loads PyTorch only where a driver and a PyTorch that uses it are here (seconds)."""
    card = _name_of_card() if may_have_card() else ""
    engine = choose_engine("auto", "auto")
    place = card or f"{worker_count()} processor cores"
    return Acceleration(f"{engine.backend} on {place}", card, torch_build(version("torch")), advice(card, sys.platform))


def torch_build(installed: str) -> str:
    """The version of PyTorch, and what it was built for."""
    number, _, build = installed.partition("+")
    kinds = {"cpu": "for processors only", "cu": "for NVIDIA cards (CUDA)", "rocm": "for AMD cards (ROCm)"}
    kind = next((words for start, words in kinds.items() if build.startswith(start)), "")
    return f"PyTorch {number} {kind}".strip()


def advice(card: str, platform: str) -> str:
    """What to do to compute on a graphics card; empty when one is used."""
    if card:
        return ""
    if platform == "darwin":
        return "Apple's GPU can be chosen as the device under Options; the processor is usually as fast."
    if driver_is_here():
        return f"The driver of a graphics card is here, but this PyTorch cannot use the card: {SOURCES}."
    return f"No driver of an NVIDIA or AMD card was found. With a card, install its driver first, then {SOURCES}."


def _name_of_card() -> str:
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else ""
