"""How many inputs ended how, and what the costliest of them took."""

import json
from dataclasses import asdict, dataclass, field

from tests.fuzz.trial import Trial

LINE = 240  # bytes: every state replaces the one before


@dataclass
class Tally:
    """Of one reader, of part or all of a run."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds of processor time
    largest: float = 0.0  # share of the memory that was allowed
    failures: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many there were."""
        return self.read + self.refused + len(self.failures)

    def add(self, trial: Trial) -> None:
        """Count one; failures are listed by whoever prints them."""
        self.read += trial.outcome == "read"
        self.refused += trial.outcome == "refused"
        self.slowest, self.largest = max(self.slowest, trial.cost.seconds), max(self.largest, trial.share_of_memory)

    def merge(self, other: "Tally") -> None:
        """Count those of another part as well."""
        self.read, self.refused = self.read + other.read, self.refused + other.refused
        self.slowest, self.largest = max(self.slowest, other.slowest), max(self.largest, other.largest)
        self.failures += other.failures

    def as_line(self, index: int) -> bytes:
        """Where the work stands: the number of the next input, and the counts before it."""
        return json.dumps({"index": index, **asdict(self)}).encode().ljust(LINE)


def tally_of_line(line: bytes) -> tuple[int, Tally]:
    """The reverse of `as_line`."""
    content = json.loads(line)
    return content.pop("index"), Tally(**content)
