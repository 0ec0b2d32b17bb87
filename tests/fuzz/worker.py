"""A process that reads inputs one after the other; it may be ended by any of them, and says how far it came.

`python -m tests.fuzz.worker READER SEED FIRST COUNT PROGRESS_FILE` prints a line of JSON for every failure, and the
counts when it ends.
"""

import json
import os
import resource
import signal
import sys
import warnings
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.readers import READERS
from tests.fuzz.trial import Trial, attempt, input_of, memory_allowed

HANGS = 60  # seconds of the clock, after which the system ends the process
ROOM = 3 << 30  # bytes of address space beyond what the process begins with


def main(arguments: list[str]) -> int:
    """Read the inputs."""
    name, seed, first, count = arguments[0], int(arguments[1]), int(arguments[2]), int(arguments[3])
    warnings.simplefilter("error", RuntimeWarning)
    counts: Counter[str] = Counter()
    slowest = largest = 0.0
    with TemporaryDirectory(prefix="difffit-fuzz-") as parent, open(arguments[4], "r+b") as progress:
        folder = Path(parent) / "in"
        folder.mkdir()
        reader, valid = READERS[name], READERS[name].seeds()
        allowed = memory_allowed(reader, valid, folder)
        limit_address_space()
        for index in range(first, first + count):
            os.pwrite(progress.fileno(), str(index).rjust(20).encode(), 0)
            content = input_of(name, seed, index, valid)
            signal.setitimer(signal.ITIMER_REAL, HANGS)
            trial = attempt(reader, content, folder, allowed)
            counts[trial.outcome] += 1
            slowest, largest = max(slowest, trial.cost.seconds), max(largest, trial.cost.memory / allowed * 4)
            _report(index, trial)
    print(json.dumps({"counts": counts, "slowest": slowest, "largest": largest}), flush=True)
    return 0


def _report(index: int, trial: Trial) -> None:
    if trial.failure:
        print(json.dumps({"index": index, "outcome": trial.outcome, "failure": trial.failure}), flush=True)


def limit_address_space() -> None:
    """Memory that a header promises cannot be had: asking for it is an error that is seen."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
