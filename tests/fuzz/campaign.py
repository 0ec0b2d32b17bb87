"""Many inputs through every reader, by processes that may die: what was tried, and what broke the promise."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.readers import READERS
from tests.fuzz.tally import LINE, Tally, tally_of_line
from tests.fuzz.trial import input_of

ROOT = Path(__file__).parents[2]
BLOCK = 20_000  # inputs that one process reads


def campaign(
    names: list[str], inputs: int, seed: int, jobs: int, keep: Path, report: Callable[[str, Tally], None]
) -> dict[str, Tally]:
    """So many inputs through each of these readers; those that break the promise are kept in a folder.

    `report` hears how far a reader has come, block by block.
    """
    tallies = {name: Tally() for name in names}
    with ThreadPoolExecutor(jobs) as pool:
        parts = {
            pool.submit(read_block, name, seed, range(first, min(first + BLOCK, inputs)), keep): name
            for first in range(0, inputs, BLOCK)
            for name in names
        }
        for part in as_completed(parts):
            tally = tallies[parts[part]]
            tally.merge(part.result())
            report(parts[part], tally)
    return tallies


def read_block(name: str, seed: int, indices: range, keep: Path) -> Tally:
    """Some inputs, by as many processes as it takes: each input that ends one is a failure."""
    total = Tally()
    with TemporaryDirectory() as folder:
        progress = Path(folder) / "progress"
        while indices:
            reached, tally, killed = _run_worker(name, seed, indices, progress)
            total.merge(tally)
            total.failures += [killed] if killed else []
            indices = range(reached + 1 if killed else indices.stop, indices.stop)
    for failure in total.failures:
        _keep_input(name, seed, failure, keep)
    return total


def _run_worker(name: str, seed: int, indices: range, progress: Path) -> tuple[int, Tally, str]:
    """How far one process came, what it counted, and what ended it before its end."""
    progress.write_bytes(Tally().as_line(indices.start))
    command = [sys.executable, "-m", "tests.fuzz.worker", name, str(seed), str(indices.start), str(len(indices))]
    lower = [] if os.name == "nt" else ["nice", "-n", "10"]
    done = subprocess.run([*lower, *command, str(progress)], cwd=ROOT, capture_output=True, check=False)
    reached, tally = tally_of_line(progress.read_bytes()[:LINE])
    tally.failures = [f"{entry['index']} {entry['failure']}" for entry in _lines(done.stdout)]
    if done.returncode == 0:
        return reached, tally, ""
    if done.returncode > 0:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    how = "hangs" if done.returncode == -signal.SIGALRM else signal.Signals(-done.returncode).name
    return reached, tally, f"{reached} ended the process: {how}"


def _lines(output: bytes) -> Iterator[dict[str, str]]:
    yield from (json.loads(line) for line in output.splitlines())


def _keep_input(name: str, seed: int, failure: str, keep: Path) -> None:
    index = failure.partition(" ")[0]
    keep.mkdir(parents=True, exist_ok=True)
    (keep / f"{name}-{seed}-{index}").write_bytes(input_of(name, seed, int(index), READERS[name].seeds()))
