"""python -m tests.bench.scan_overhead: what a scan costs per candidate beside the fits, with made-up fits.

Tiny candidates, each a file that is read and checksummed; stages, p-values, result files and live rankings are real.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from difffit_core.events import run
from difffit_core.scan.case import ScanCase
from difffit_core.scan.library import list_library
from difffit_core.scan.runners import in_threads
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import FitSettings
from tests.scan.making import make_map, pretend

ATOM = "ATOM      1  CA  ALA A   1      11.000  12.000  13.000  1.00 10.00           C\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    made = argparse.ArgumentParser(prog="python -m tests.bench.scan_overhead", description=__doc__)
    made.add_argument("--candidates", type=int, default=10_000, metavar="N", help="[10000]")
    count = made.parse_args(arguments).candidates
    seconds, cpu_seconds = measure(count)
    print(f"{count} candidates: {1e3 * cpu_seconds:.2f} ms of processor time each, {1e3 * seconds:.2f} ms in all")
    return 0


def measure(count: int) -> tuple[float, float]:
    """Seconds and processor seconds per candidate."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        library = folder / "library"
        library.mkdir()
        for k in range(count):
            (library / f"tiny-{k:05d}.pdb").write_text(f"{ATOM}REMARK {k}\n", "utf-8")
        excess = np.random.default_rng(0).gumbel(-1.6, 0.36, count)
        work = pretend(lambda tiny, preset: float(excess[int(tiny[-5:])]))
        case = ScanCase(make_map(folder / "map.mrc"), FitSettings(resolution=6.0, preset="exhaustive", device="cpu"))
        begun, cpu = time.perf_counter(), time.process_time()
        run(scan_library(list_library(library, folder), case, folder / "out", runner=in_threads(2, work)))
        return (time.perf_counter() - begun) / count, (time.process_time() - cpu) / count


if __name__ == "__main__":
    sys.exit(main())
