"""How far a scan is: the library is read, then all candidates are searched a little, some more, a few thoroughly."""

from dataclasses import dataclass, replace
from typing import Self

from difffit_core.events import Event, StageAdvanced, StageStarted

# shares of the whole time, roughly, when all three searches are made
SHARES = {"prepare": 0.02, "read library": 0.02, "scan fast": 0.66, "scan balanced": 0.2, "scan exhaustive": 0.1}
TITLES = {
    "prepare": "Preparing the map",
    "read library": "Reading the library",
    "scan fast": "All candidates",
    "scan balanced": "Promising candidates",
    "scan exhaustive": "Best candidates",
}
LAST = {"fast": "scan fast", "balanced": "scan balanced", "exhaustive": "scan exhaustive"}  # stage by effort


@dataclass(frozen=True)
class ScanProgress:
    """Where a scan is."""

    effort: str
    stage: str = ""
    step: int = 0
    steps: int = 0

    def after(self, event: Event) -> Self:
        """The progress once this event is known."""
        match event:
            case StageStarted(name, steps):
                return replace(self, stage=name, step=0, steps=steps)
            case StageAdvanced(step):
                return replace(self, step=step)
        return self

    @property
    def fraction(self) -> float:
        """Share of the work that is done, 0 to 1."""
        shares = self._shares
        if self.stage not in shares:
            return 0.0
        names = list(shares)
        before = sum(shares[name] for name in names[: names.index(self.stage)])
        within = self.step / self.steps if self.steps else 0.0
        return min(1.0, (before + shares[self.stage] * within) / sum(shares.values()))

    @property
    def text(self) -> str:
        """What is being done, for a person."""
        title = TITLES.get(self.stage, "Starting")
        return f"{title} · {self.step} of {self.steps}" if self.steps > 1 else title

    @property
    def _shares(self) -> dict[str, float]:
        """Of the stages that there will be."""
        names = list(SHARES)
        return {name: SHARES[name] for name in names[: names.index(LAST[self.effort]) + 1]}
