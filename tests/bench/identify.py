"""python -m tests.bench.identify --folder DIR: two domains hidden in a library, with several seeds; memory and time.

Every seed is a run of `difffit scan` in a process of its own, whose memory is read once a second, and a scan without
the two. A run that is finished is not repeated, one that was stopped goes on where it was, so the command can be given
again until all are there. It prints a table and, with --docs, puts it into docs/identify.md between two marks.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from difffit_core.bench.markdown import table
from difffit_core.events import run
from difffit_core.scan.case import ScanCase
from difffit_core.scan.library import Source, list_library
from difffit_core.scan.ranking import Ranking
from difffit_core.scan.runners import in_threads
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import FitSettings
from tests.bench.recalled import recalling
from tests.generated import put

psutil: Any = import_module("psutil")  # it has no types

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
DOCS = ROOT / "docs" / "identify.md"
HIDDEN = ("I7M317_D1", "I7MLV6_D3")
RESOLUTION = 5.0  # Å
SETTLED = 20  # candidates after which memory should not grow any more
HEAD = (
    "candidates, seed",
    "the two: ranks, largest q",
    "others: best p, q",
    "without the two: best p, q",
    "seconds (processor time)",
    "MB after 20 candidates, most after",
)


@dataclass
class Cost:
    """What a run took, the pieces of an interrupted one added up; memory (MB) is that of the last piece."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    settled_mb: float = 0.0  # when 20 candidates had been searched; 0 before
    most_mb: float = 0.0  # from then on
    done: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing, and print the table of all that is there."""
    options = parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        folder = options.folder / f"{options.candidates}-seed{seed}"
        library = library_of(options.data, options.candidates, options.folder)
        if run_with(folder, options.data, library, seed):
            print(f"{folder.name} failed; its messages are in {folder / 'messages.txt'}.", file=sys.stderr)
            return 1
        run_without(folder, options.data, library, seed)
    text = report(options.folder)
    print(text)
    if options.docs:
        put(DOCS, "identify", f"\n{text}\n\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    made = argparse.ArgumentParser(prog="python -m tests.bench.identify", description=__doc__)
    made.add_argument("--folder", type=Path, required=True, metavar="DIR", help="for the runs; those there are kept")
    made.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2, 3, 4], metavar="S", help="[0 1 2 3 4]")
    made.add_argument("--candidates", type=int, default=426, metavar="N", help="so many, the two included [426]")
    made.add_argument("--data", type=Path, default=SHARED, metavar="DIR", help="folder of cases/ and library/")
    made.add_argument("--docs", action="store_true", help="put the table into docs/identify.md")
    return made


def library_of(data: Path, candidates: int, folder: Path) -> Path:
    """A list of the first candidates by name, the two hidden ones among them."""
    names = sorted(path.resolve() for path in (data / "library").iterdir())
    others = [path for path in names if path.stem not in HIDDEN]
    chosen = [*others[: candidates - len(HIDDEN)], *(path for path in names if path.stem in HIDDEN)]
    listed = folder / f"{candidates}.txt"
    listed.write_text("\n".join(map(str, sorted(chosen))) + "\n", "utf-8")
    return listed


def run_with(folder: Path, data: Path, library: Path, seed: int) -> int:
    """The scan of all, as a user would start it; the exit code."""
    cost = read_cost(folder)
    if cost.done:
        return 0
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", "import sys; from difffit_core.cli import main; sys.exit(main())", "scan"]
    command += [str(map_of(data)), str(library), "-o", str(folder / "with"), "--resume", "--quiet"]
    command += ["--resolution", f"{RESOLUTION:g}", "--device", "cpu", "--seed", str(seed)]
    with (folder / "messages.txt").open("w") as messages:
        child = psutil.Popen(command, stdout=messages, stderr=messages, cwd=ROOT)
        return watch(child, folder, cost)


def watch(child: Any, folder: Path, cost: Cost) -> int:
    """Read the child's memory and processor time until it ends; the cost so far is written down every second."""
    begun, before, cpu_before = time.monotonic(), cost.seconds, cost.cpu_seconds
    started, cost.settled_mb, cost.most_mb = time.time(), 0.0, 0.0
    try:
        while (code := ended(child)) is None:
            found = sum(path.stat().st_mtime >= started for path in (folder / "with" / "results").glob("*.json"))
            memory, times = child.memory_info().rss / 1e6, child.cpu_times()
            cost.seconds, cost.cpu_seconds = before + time.monotonic() - begun, cpu_before + times.user + times.system
            if found >= SETTLED:
                cost.settled_mb = cost.settled_mb or memory
                cost.most_mb = max(cost.most_mb, memory)
            write_cost(folder, cost)
    finally:
        if child.poll() is None:
            child.terminate()
    cost.done = code == 0
    write_cost(folder, cost)
    return code


def ended(child: Any) -> int | None:
    """The exit code; None when it has not ended within a second."""
    try:
        return int(child.wait(timeout=1.0))
    except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
        return None


def run_without(folder: Path, data: Path, library: Path, seed: int) -> None:
    """The scan of all but the two; fits that the scan of all has made are not made again."""
    into = folder / "without"
    if (folder / "without.json").exists():
        return
    others = without_hidden(list_library(library, folder))
    case = ScanCase(map_of(data), FitSettings(resolution=RESOLUTION, seed=seed, preset="exhaustive", device="cpu"))
    work = recalling(folder / "with" / "results")
    ranking = run(scan_library(others, case, into, resume=True, runner=in_threads(work=work)))
    (folder / "without.json").write_text(json.dumps(best_of(ranking)), "utf-8")


def without_hidden(library: Sequence[Source]) -> list[Source]:
    """The library without the two."""
    return [source for source in library if source.name not in HIDDEN]


def best_of(ranking: Ranking) -> dict[str, Any]:
    """The first of a ranking."""
    first = ranking.rows[0]
    return {"name": first.name, "p": first.p, "q": first.q, "candidates": len(ranking.rows)}


def report(folder: Path) -> str:
    """The table of the runs in a folder that are finished."""
    runs = [path.parent for path in folder.glob("*-seed*/without.json")]
    runs.sort(key=lambda path: [-int(part) if n == 0 else int(part) for n, part in enumerate(path.name.split("-seed"))])
    return table(HEAD, [row(path) for path in runs])


def row(folder: Path) -> tuple[str, ...]:
    """One line of the table."""
    ranked = json.loads((folder / "with" / "ranking.json").read_text("utf-8"))["candidates"]
    two = [entry for entry in ranked if entry["name"] in HIDDEN]
    other = next(entry for entry in ranked if entry["name"] not in HIDDEN)
    without, cost = json.loads((folder / "without.json").read_text("utf-8")), read_cost(folder)
    growth = f"{100 * (cost.most_mb / cost.settled_mb - 1):+.1f} %" if cost.settled_mb else "–"
    return (
        f"{len(ranked)}, {folder.name.split('-seed')[1]}",
        f"{' and '.join(str(entry['rank']) for entry in two)}, {max(entry['q'] for entry in two):.1e}",
        f"{other['p']:.2g}, {other['q']:.2g}",
        f"{without['p']:.2g}, {without['q']:.2g}",
        f"{cost.seconds:.0f} ({cost.cpu_seconds:.0f})",
        f"{cost.settled_mb:.0f}, {cost.most_mb:.0f} ({growth})",
    )


def map_of(data: Path) -> Path:
    """The map in which the two are."""
    return data / "cases" / "domains" / "density2.mrc"


def read_cost(folder: Path) -> Cost:
    """What earlier pieces of a run took."""
    path = folder / "cost.json"
    return Cost(**json.loads(path.read_text("utf-8"))) if path.exists() else Cost()


def write_cost(folder: Path, cost: Cost) -> None:
    """Write it down."""
    (folder / "cost.json").write_text(json.dumps(asdict(cost)), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
