"""`python -m tests.fuzz`: damaged files through every reader; the long run of what `test_corpus.py` begins."""

import argparse
import os
import sys
from pathlib import Path

from tests.fuzz.campaign import ROOT, campaign
from tests.fuzz.readers import READERS
from tests.fuzz.table import write_table
from tests.fuzz.tally import Tally

PAGE = ROOT / "docs" / "trust.md"


def main(arguments: list[str]) -> int:
    """Run, say what was found, and with --table write it into the documentation; 1 when a promise was broken."""
    if sys.platform != "linux":
        print("Fuzzing needs Linux, whose kernel tells the memory of every single input.", file=sys.stderr)
        return 2
    options = parse(arguments)
    names = options.reader or list(READERS)

    def report(name: str, tally: Tally) -> None:
        print(f"{name:>10} {tally.inputs:>9,} of {options.inputs:,}  {len(tally.failures)} failures", flush=True)
        if options.table:  # as it goes: a run that is stopped has tried what it says
            write_table(PAGE, {name: tally}, options.seed)

    tallies = campaign(names, options.inputs, options.seed, options.jobs, options.keep, report)
    broken = [f"{name} {failure}" for name, tally in tallies.items() for failure in tally.failures]
    print("\n".join(broken) or "Every input ended in success or a sentence, within its time and memory.")
    return 1 if broken else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bootstrap.py fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="of each reader (default 100,000)")
    parser.add_argument("--reader", action="append", choices=list(READERS), help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same inputs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument(
        "--keep", type=Path, default=ROOT / "fuzz_output", help="folder for inputs that broke a promise"
    )
    parser.add_argument("--table", action="store_true", help="write the result into docs/trust.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
