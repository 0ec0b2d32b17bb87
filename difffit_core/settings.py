"""One declaration per setting: name, default, range, unit and help, read by command line, window and project file."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

from difffit_core.errors import SettingsError

PRESETS = ("fast", "balanced", "exhaustive", "paper")
PAPER_SETTINGS = ("paper_levels", "paper_order", "paper_negative", "paper_minimum_island", "paper_iterations")


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    choices: tuple[str, ...] = (),
    advanced: bool = False,
) -> Any:
    """A dataclass field with what a form or a command line needs to show it; `above` is an exclusive lower limit."""
    meta = {
        "help": help,
        "unit": unit,
        "low": low,
        "high": high,
        "above": above,
        "choices": choices,
        "advanced": advanced,
    }
    return field(default=default, metadata=meta)


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """How to fit one structure into one map."""

    resolution: float | None = setting(
        None,
        "resolution of the map; suggested from the voxel size when not given",
        unit="Å",
        above=0,
        high=100,
    )
    level: float | None = setting(None, "contour level; suggested when not given", unit="map units")
    preset: str = setting(
        "balanced", "how much to search; `paper` is the published method, for comparison", choices=PRESETS
    )
    objective: str = setting(
        "correlation",
        "what a placement is judged by: correlation about the mean, or mean density",
        choices=("correlation", "density"),
    )
    starts: int | None = setting(
        None,
        "placements to climb from; the preset's number when not given",
        low=1,
        high=100_000,
        advanced=True,
    )
    seed: int = setting(0, "same seed, same result", low=0, high=2**32 - 1, advanced=True)
    cluster_shift: float = setting(
        3.0, "placements closer than this are one cluster", unit="Å", above=0, high=100, advanced=True
    )
    cluster_angle: float = setting(
        6.0, "placements turned by less than this are one cluster", unit="°", above=0, high=180, advanced=True
    )
    device: str = setting("auto", "where to compute", choices=("auto", "cpu", "cuda", "mps"), advanced=True)
    backend: str = setting("auto", "what to compute with", choices=("auto", "numba", "torch", "triton"), advanced=True)
    paper_levels: int = setting(
        3, "smoothed levels of the published objective, beside the map itself", low=0, high=50, advanced=True
    )
    paper_order: str = setting(
        "auto",
        "whether negative space spreads into the smoothed levels (shrink) or density does (expand); "
        "auto: shrink for maps better than 5 Å",
        choices=("auto", "shrink", "expand"),
        advanced=True,
    )
    paper_negative: float = setting(
        -0.5, "published objective: density where the map has none; its maximum is 1", low=-100, high=0, advanced=True
    )
    paper_minimum_island: int = setting(
        100, "published objective: smaller islands are dust", unit="voxels", low=1, high=1_000_000, advanced=True
    )
    paper_iterations: int = setting(201, "steps of the published method", low=1, high=100_000, advanced=True)

    def __post_init__(self) -> None:
        for f in fields(self):
            check_setting(f.name, getattr(self, f.name), dict(f.metadata))


def check_setting(name: str, value: Any, meta: dict[str, Any]) -> None:
    """Raise SettingsError when `value` is outside what the declaration allows; None always means *suggest it*."""
    if value is None:
        return
    if meta["choices"]:
        if value not in meta["choices"]:
            raise SettingsError(f"{name} is {value!r}; choose one of {', '.join(meta['choices'])}.")
        return
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"{name} must be a finite number, not {value}.")
    unit = f" {meta['unit']}" if meta["unit"] else ""
    if meta["above"] is not None and value <= meta["above"]:
        raise SettingsError(f"{name} must be above {meta['above']:g}{unit}, not {value:g}.")
    if meta["low"] is not None and value < meta["low"]:
        raise SettingsError(f"{name} must be at least {meta['low']:g}{unit}, not {value:g}.")
    if meta["high"] is not None and value > meta["high"]:
        raise SettingsError(f"{name} must be at most {meta['high']:g}{unit}, not {value:g}.")


def require_positive(name: str, value: float, unit: str) -> None:
    """Raise SettingsError unless the value is a finite number above zero."""
    if not (math.isfinite(value) and value > 0):
        raise SettingsError(f"{name} must be above 0 {unit}, not {value:g}.")
