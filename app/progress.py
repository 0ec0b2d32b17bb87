"""How far a fit is and how long it will take, from its stages."""

from dataclasses import dataclass, replace
from typing import Self

from difffit_core.events import Event, StageAdvanced, StageStarted

SHARES = {"prepare": 0.05, "screen": 0.4, "climb": 0.4, "polish": 0.15}  # of the whole time, roughly
PAPER_SHARES = {"prepare": 0.05, "climb": 0.95}  # the published method has these two stages only
TITLES = {"prepare": "Preparing", "screen": "Searching", "climb": "Climbing", "polish": "Polishing"}
SAY_NOTHING_BEFORE = 0.4  # seconds: earlier estimates jump about


@dataclass(frozen=True)
class Progress:
    """Where a job is: its stage, the step in it, and the share (0 to 1) of the whole that lies behind."""

    stage: str = ""
    step: int = 0
    steps: int = 0
    before: float = 0.0  # share of the stages that have ended
    preset: str = "balanced"

    def after(self, event: Event) -> Self:
        """The progress once this event is known."""
        match event:
            case StageStarted(name, steps):
                return replace(self, stage=name, step=0, steps=steps, before=self.before + self._share)
            case StageAdvanced(step):
                return replace(self, step=step)
        return self

    @property
    def fraction(self) -> float:
        """Share of the job that is done, 0 to 1."""
        within = self.step / self.steps if self.steps else 0.0
        return min(1.0, self.before + self._share * min(1.0, within))

    @property
    def _share(self) -> float:
        """Of the present stage in the whole."""
        return (PAPER_SHARES if self.preset == "paper" else SHARES).get(self.stage, 0.0)

    @property
    def text(self) -> str:
        """The stage and the step in it, for a person."""
        title = TITLES.get(self.stage, self.stage.capitalize() or "Starting")
        return f"{title} · {self.step} of {self.steps}" if self.steps > 1 and self.step else title


def time_left(fraction: float, elapsed: float) -> str:
    """What remains when this share took `elapsed` seconds; empty as long as one cannot know."""
    if fraction <= 0.02 or elapsed < SAY_NOTHING_BEFORE:
        return ""
    seconds = elapsed * (1.0 - fraction) / fraction
    if seconds < 1.0:
        return "under 1 s left"
    return f"about {describe_seconds(seconds)} left"


def describe_seconds(seconds: float) -> str:
    """A duration as a person would say it."""
    if seconds < 10:
        return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"
    if seconds < 90:
        return f"{round(seconds / 5) * 5:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 10 else f"{minutes} min"
