"""A process that reads inputs one after the other; any of them may end it, so a file says how far it has come.

`python -m tests.fuzz.worker READER SEED FIRST COUNT PROGRESS_FILE` prints a line of JSON for every failure. Linux only.
"""

import json
import mmap
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.readers import READERS
from tests.fuzz.tally import Tally
from tests.fuzz.trial import attempt, input_of, memory_allowed

HANGS = 60  # seconds of the clock, after which the system ends the process
ROOM = 3 << 30  # bytes of address space beyond what the process begins with


def main(arguments: list[str]) -> int:
    """Read the inputs."""
    name, (seed, first, count) = arguments[0], map(int, arguments[1:4])
    warnings.simplefilter("error", RuntimeWarning)
    with TemporaryDirectory(prefix="difffit-fuzz-") as parent, open(arguments[4], "r+b") as progress:
        work(name, seed, range(first, first + count), Path(parent), progress.fileno())
    return 0


def work(name: str, seed: int, indices: range, parent: Path, progress: int) -> None:
    """Try every input; before each the progress file is brought up to date."""
    folder = parent / "in"
    folder.mkdir()
    reader, valid, tally = READERS[name], READERS[name].seeds(), Tally()
    allowed = memory_allowed(reader, valid, folder)
    limit_address_space()
    for index in indices:
        os.pwrite(progress, tally.as_line(index), 0)
        content = input_of(name, seed, index, valid)
        signal.setitimer(signal.ITIMER_REAL, HANGS)
        trial = attempt(reader, content, folder, allowed)
        tally.add(trial)
        if trial.failure:
            print(json.dumps({"index": index, "failure": f"{trial.outcome}: {trial.failure}"}), flush=True)
    os.pwrite(progress, tally.as_line(indices.stop), 0)


def limit_address_space() -> None:
    """Memory that a header promises cannot be had: asking for it is an error that is seen."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * mmap.PAGESIZE
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
