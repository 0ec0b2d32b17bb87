"""python -m tests.bench: fit the bundled samples, or a list of cases, and print what it took.

Further options go to `difffit fit`, for example `--preset fast`.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from difffit_core.bench.cases import Case, bundled_cases, choose, read_cases
from difffit_core.bench.runs import Run, run_case
from difffit_core.bench.table import HEADER, row, summary


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    made.add_argument("--cases", type=Path, help="a list of cases (cases.json) instead of the bundled samples")
    made.add_argument("--set", dest="group", help="only the cases of this set, for example develop")
    made.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these cases")
    made.add_argument("--seeds", nargs="+", type=int, default=[0], help="one run of each case per seed")
    made.add_argument("--json", type=Path, help="also write the figures to this file")
    made.add_argument("--cold", action="store_true", help="leave out the first run that warms the caches")
    return made


def run_all(cases: Sequence[Case], seeds: Sequence[int], extra: Sequence[str]) -> list[Run]:
    """Run every case with every seed, and print each row as it comes."""
    print(HEADER)
    runs = []
    for case in cases:
        for seed in seeds:
            runs.append(run_case(case, seed, extra))
            print(row(runs[-1]), flush=True)
    return runs


def machine() -> dict[str, str | int | None]:
    """What the figures were measured on."""
    return {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when every run put a true placement first, close enough."""
    options, extra = parser().parse_known_args(arguments)
    cases = choose(read_cases(options.cases) if options.cases else bundled_cases(), options.group, options.only)
    if not cases:
        print("No case has that name or set; see the list of cases for what there is.", file=sys.stderr)
        return 1
    if not options.cold:
        run_case(cases[0], 0, extra)
    runs = run_all(cases, options.seeds, extra)
    print(summary(runs))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "cases": [asdict(r) for r in runs]}, indent=1))
    return 0 if all(run.passed for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
