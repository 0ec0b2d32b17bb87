"""Engines of known behaviour for the window's tests, and what a recording viewport has seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.fitting import FitEngine
from difffit_core.data.poses import Poses
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import Job, Message, PosesImproved, StageAdvanced, StageStarted
from difffit_core.settings import FitSettings
from tests.document.items import make_result

STEPS = 20


def some_poses(count: int = 30) -> PosesImproved:
    spread = np.random.default_rng(0).uniform(10, 90, (count, 3))
    return PosesImproved(Poses(np.tile([0.0, 0, 0, 1], (count, 1)), spread), np.linspace(0.1, 0.7, count))


def stepping_fit(pause: float, steps: int = STEPS) -> Callable[[Structure, Volume, FitSettings], Job[FitResult]]:
    """A fit that yields every `pause` seconds and finds three clusters."""

    def fit(structure: Structure, volume: Volume, settings: FitSettings) -> Job[FitResult]:
        yield Message(f"begin {structure.name}")
        yield StageStarted("climb", steps)
        for step in range(1, steps + 1):
            time.sleep(pause)
            yield StageAdvanced(step)
            yield some_poses()
        return make_result()

    return fit


def failing_fit(error: Exception) -> Callable[[Structure, Volume, FitSettings], Job[FitResult]]:
    """A fit that raises at once."""

    def fit(structure: Structure, volume: Volume, settings: FitSettings) -> Job[FitResult]:
        yield StageStarted("prepare", 1)
        raise error

    return fit


def keep_one(structure: Structure, volume: Volume, settings: FitSettings, seen: PosesImproved) -> FitResult:
    """What a cancelled fit leaves: a single cluster."""
    return make_result(clusters=1)


def engine(fit: Callable[[Structure, Volume, FitSettings], Job[FitResult]]) -> FitEngine:
    def near(structure: Structure, volume: Volume, settings: FitSettings, pose: Poses) -> Job[FitResult]:
        return fit(structure, volume, settings)

    return FitEngine(fit, keep_one, near)


@dataclass
class RecordingView:
    """Stands for a viewport: notes every call in its order."""

    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def note(*arguments: Any, **named: Any) -> None:
            self.calls.append((name, arguments, named))

        return note

    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]

    def last(self, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return next((arguments, named) for called, arguments, named in reversed(self.calls) if called == name)
