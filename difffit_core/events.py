"""What long work says while it works: a `Job` yields events, returns its result and is cancelled by `close()`."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class StageStarted:
    """A stage of the work begins; it will take `steps` steps."""

    name: str
    steps: int


@dataclass(frozen=True)
class StageAdvanced:
    """The present stage has finished `step` of its steps."""

    step: int


@dataclass(frozen=True)
class PosesImproved:
    """The poses as they stand now, with the score of each (higher is better)."""

    poses: Any  # data.poses.Poses: this module lies below it
    scores: Any  # Float[" pose"], correlation about the mean or the preset's objective
    resolution: float | None = None  # Å, of the copy of the map that the scores belong to


@dataclass(frozen=True)
class Message:
    """A sentence worth showing in the log."""

    text: str


@dataclass(frozen=True)
class RankingChanged:
    """The ranking of a library as it stands now."""

    ranking: Any  # scan.ranking.Ranking: this module lies below it


@dataclass(frozen=True)
class RoundStarted:
    """A round of composing begins."""

    number: int  # from 1
    fits: int  # structures that will be fitted


@dataclass(frozen=True)
class CopiesFound:
    """What would be accepted if a running round found nothing else."""

    number: int  # of the round
    copies: Any  # tuple of compose.candidates.Candidate: those of earlier rounds, too


@dataclass(frozen=True)
class RoundEnded:
    """What a round of composing did, and how things stand after it."""

    round: Any  # compose.rounds.Round: this module lies below it
    copies: Any  # tuple of compose.candidates.Candidate: all so far, not polished together yet
    remaining: Any  # data.volume.Volume: the map less what these copies explain


Event = (
    StageStarted | StageAdvanced | PosesImproved | Message | RankingChanged | RoundStarted | CopiesFound | RoundEnded
)
Job = Generator[Event, None, T]


def run(job: "Job[T]", listener: Callable[[Event], None] | None = None) -> T:
    """Run a job to its end and return its result; every event goes to `listener`."""
    try:
        while True:
            event = next(job)
            if listener is not None:
                listener(event)
    except StopIteration as end:
        return end.value
    finally:
        job.close()
