"""`difffit bench`: how fast, how often right and how accurate the fit is on this machine."""

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.files.atomic_write import atomic_write

CANCELLED = 130


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "bench",
        help="measure speed, success and accuracy on this machine",
        description="Fits the bundled sample and simulated maps with known answers, times the published method beside "
        "it, and measures how time and memory grow. About five minutes on two cores.",
    )
    _add_outputs(parser)
    _add_cases(parser)
    _add_parts(parser)
    parser.set_defaults(run=run_bench)


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("results")
    group.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    group.add_argument("--html", type=Path, metavar="FILE", help="write a page with tables and plots")
    group.add_argument("--markdown", type=Path, metavar="FILE", help="write a summary")
    group.add_argument("--read", type=Path, metavar="FILE", help="measure nothing; report what this JSON of a run says")


def _add_cases(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cases")
    group.add_argument("--cases", type=Path, metavar="FILE", help="a list of further cases (cases.json)")
    group.add_argument("--set", dest="group", metavar="NAME", help="only cases of this set: bundled, simulated, …")
    group.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these cases")
    group.add_argument("--seeds", nargs="+", type=int, default=[0], metavar="S", help="a run of each case per seed [0]")
    group.add_argument("--preset", metavar="P", help="fit the cases with this preset")


def _add_parts(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("parts")
    yes_or_no = argparse.BooleanOptionalAction
    group.add_argument("--simulated", action=yes_or_no, default=True, help="simulated cases")
    group.add_argument("--baseline", action=yes_or_no, default=True, help="the published method in plain torch")
    group.add_argument("--growth", action=yes_or_no, default=True, help="seconds and memory against size")
    group.add_argument(
        "--peers", action=yes_or_no, default=False, help="PowerFit and pyTME, installed by pip into a cache folder"
    )
    group.add_argument("--full", action="store_true", help="largest sizes and all iterations: an hour")
    group.add_argument("--cores", type=int, metavar="N", help="use so many cores (Linux)")


def run_bench(options: argparse.Namespace) -> int:
    """Measure or read, write what was asked for, print the summary; 0 when every case passed."""
    if options.html and not find_spec("matplotlib"):
        raise SettingsError("The page needs matplotlib for its plots: pip install matplotlib, or leave out --html.")
    report = _read(options.read) if options.read else _measure(options)
    _write(report, options)
    print(_lines(report))
    if not report.get("complete", True):
        return CANCELLED
    return 0 if all(run["passed"] for run in report["cases"]) else 1


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from difffit_core.bench.benchmark import BenchSettings, run_benchmark
    from difffit_core.bench.machine_facts import keep_to_cores

    if options.cores is not None:
        keep_to_cores(options.cores)
    settings = BenchSettings(
        cases=options.cases,
        group=options.group,
        names=tuple(options.only),
        seeds=tuple(options.seeds),
        simulated=options.simulated,
        baseline=options.baseline,
        growth=options.growth,
        peers=options.peers,
        full=options.full,
        fit_options=("--preset", options.preset) if options.preset else (),
        command=options.command_line,
    )
    return run_benchmark(settings, lambda line: print(line, flush=True))


def _read(path: Path) -> dict[str, Any]:
    """An earlier run, its goals judged anew from its figures; DiffFitError when the file is not one."""
    from difffit_core.bench.report import SCHEMA, judged

    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise DiffFitError(f"{path} cannot be read as JSON; name a file that `difffit bench --json` wrote.") from cause
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise DiffFitError(f"{path} is not of the kind {SCHEMA}; name a file that `difffit bench --json` wrote.")
    return judged(report)


def _write(report: dict[str, Any], options: argparse.Namespace) -> None:
    from difffit_core.bench.markdown import markdown_of

    if options.json:
        _write_text(options.json, json.dumps(report, indent=1))
    if options.html:
        from difffit_core.bench.page import page_of

        _write_text(options.html, page_of(report))
    if options.markdown:
        _write_text(options.markdown, markdown_of(report))


def _write_text(path: Path, text: str) -> None:
    with atomic_write(path) as stream:
        stream.write(text.encode())
    print(f"Written: {path}", file=sys.stderr)


def _lines(report: dict[str, Any]) -> str:
    """What must be reached, line by line."""
    signs = {True: "yes", False: "NO", None: "–"}
    return "\n".join(f"{signs[goal['met']]:<4} {goal['goal']}: {goal['measured']}" for goal in report["goals"])
