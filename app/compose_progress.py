"""How far composing is: symmetry first, then rounds of fits, then the joint polish."""

from dataclasses import dataclass, field, replace
from typing import Self

from app.progress import Progress
from difffit_core.events import Event, Message, RoundEnded, RoundStarted, StageAdvanced, StageStarted

SYMMETRY, ROUNDS = 0.1, 0.8  # shares of the whole time, roughly; the joint polish takes the rest
FIT_STAGES = ("prepare", "screen", "climb", "polish")


@dataclass(frozen=True)
class ComposeProgress:
    """Where composing is; nobody knows how many rounds there will be, so each counts half of what is left."""

    preset: str
    round: int = 0  # 0 before the first one
    fits: int = 1  # in this round
    begun: int = 0  # of them
    stage: Progress = field(default_factory=Progress)
    note: str = ""  # what is being fitted

    def after(self, event: Event) -> Self:
        """The progress once this event is known."""
        match event:
            case RoundStarted(number, fits):
                return replace(self, round=number, fits=fits, begun=0, stage=Progress(preset=self.preset))
            case RoundEnded():
                return replace(self, begun=self.fits + 1, stage=Progress(preset=self.preset))
            case StageStarted(name) if name == self._first:
                return replace(self, begun=self.begun + 1, stage=Progress(preset=self.preset).after(event))
            case StageStarted(name) if name not in FIT_STAGES:
                return replace(self, note="", stage=Progress().after(event))
            case StageStarted() | StageAdvanced():
                return replace(self, stage=self.stage.after(event))
            case Message(text):
                return replace(self, note=text.rstrip("."))
        return self

    @property
    def fraction(self) -> float:
        """Share of the work that is done, 0 to 1."""
        within = self.stage.step / self.stage.steps if self.stage.steps else 0.0
        if self.stage.stage == "joint polish":
            return SYMMETRY + ROUNDS + (1 - SYMMETRY - ROUNDS) * within
        if not self.round:
            return SYMMETRY * within if self.stage.stage not in FIT_STAGES else 0.0
        done = min(1.0, (max(self.begun - 1, 0) + self.stage.fraction) / self.fits)
        return SYMMETRY + ROUNDS * (1 - 0.5 ** (self.round - 1) + 0.5**self.round * done)

    @property
    def text(self) -> str:
        """What is being done, for a person."""
        return " · ".join(part for part in (self.note, self.stage.text) if part)

    @property
    def _first(self) -> str:
        """The stage that a fit begins with."""
        return "climb" if self.preset == "paper" else "screen"
