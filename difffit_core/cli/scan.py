"""`difffit scan`: which structures of a library are in a map, or in several maps.

With several maps every map has a folder of its own in DIR, and table.csv and table.html say which candidate is in
which map.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from difffit_core.cli.limits import SHAPES
from difffit_core.cli.options import add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.events import Event, RankingChanged, run
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.regions import read_region
from difffit_core.scan.case import ScanCase
from difffit_core.scan.library import Source, list_library
from difffit_core.scan.map_table import folders_of, table_as_text, table_of, write_table
from difffit_core.scan.output_folder import read_scan
from difffit_core.scan.ranking import EFFORTS, Ranking
from difffit_core.scan.ranking_files import ranking_as_dict, write_ranking
from difffit_core.scan.report import write_report
from difffit_core.scan.runners import Runner
from difffit_core.scan.scan_library import scan_library
from difffit_core.settings import PAPER_SETTINGS

SHOWN = 10  # candidates in the table on standard output


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("scan", help="rank a library of structures", description=__doc__)
    parser.add_argument(
        "maps", type=Path, nargs="+", metavar="MAP", help="density maps (MRC, CCP4, MAP; .gz and .bz2 too)"
    )
    parser.add_argument(
        "library",
        metavar="FOLDER",
        help="the candidates: a folder, a pattern in quotes, a list of paths (.txt), a zip or tar archive",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="for ranking.csv, ranking.json, report.html, results/; of several maps for a folder each",
    )
    parser.add_argument("--resume", action="store_true", help="continue the scan that is in DIR")
    parser.add_argument("--region", action="append", default=[], metavar="SHAPE", help=f"search here only: {SHAPES}")
    parser.add_argument("--exclude", action="append", default=[], metavar="SHAPE", help="and not here")
    _add_cluster(parser)
    add_output(parser)
    add_settings(parser, leave_out=(*PAPER_SETTINGS, "objective", "starts", "preset"))
    parser.add_argument(
        "--preset", choices=EFFORTS, default=EFFORTS[-1], help=f"effort that the best candidates get [{EFFORTS[-1]}]"
    )
    parser.set_defaults(run=run_scan)


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    cluster = parser.add_argument_group("cluster", "Dask workers instead of threads of this process.")
    cluster.add_argument("--scheduler", metavar="ADDRESS", help="of a running Dask scheduler, as in tcp://node1:8786")
    cluster.add_argument("--workers", type=int, metavar="N", help="start so many worker processes on this machine")


def run_scan(options: argparse.Namespace) -> int:
    """List, scan, write, print; after Ctrl-C what was found is ranked and written, and the exit code is 130."""
    read_region(options.region, options.exclude)  # a sentence now rather than one per candidate
    settings = settings_of(options)
    cases = [ScanCase(path, settings, tuple(options.region), tuple(options.exclude)) for path in options.maps]
    folder = check_output_folder(options.output)
    library = list_library(options.library, folder / "library")
    contents = scan_maps(options, cases, library, folder)
    last = next(reversed(contents.values()))
    if len(cases) == 1:
        print(json.dumps(last, indent=1) if options.json else as_text(last))
    else:
        print_table(folder, contents, options)
    if not options.quiet:
        print(f"The ranking is in {folder}.", file=sys.stderr)
    require_one_searched(contents.values())
    return 0 if last["complete"] else 130


def scan_maps(
    options: argparse.Namespace, cases: Sequence[ScanCase], library: tuple[Source, ...], folder: Path
) -> dict[str, dict[str, Any]]:
    """One scan after the other, each in its folder; what each `ranking.json` says, up to that which was cancelled."""
    contents: dict[str, dict[str, Any]] = {}
    folders = [folder] if len(cases) == 1 else folders_of([case.map_path for case in cases], folder)
    with runner_for(options) as runner:
        for case, into in zip(cases, folders, strict=True):
            try:
                contents[into.name] = scan_one(options, case, library, into, runner)
            except KeyboardInterrupt:
                if not contents:
                    raise
                break
            if not contents[into.name]["complete"]:
                break
    return contents


def scan_one(
    options: argparse.Namespace, case: ScanCase, library: tuple[Source, ...], folder: Path, runner: Runner | None
) -> dict[str, Any]:
    """Scan one map and write what was found, after Ctrl-C too; what `ranking.json` says."""
    begun = time.perf_counter()
    title = case.map_path.name if len(options.maps) > 1 else ""
    with Listener(quiet=options.quiet, title=title) as listener:
        try:
            run(scan_library(library, case, folder, resume=options.resume, runner=runner), listener)
        except KeyboardInterrupt:
            if listener.ranking is None:
                raise
    return write_all(folder, listener.ranking, options.command_line, time.perf_counter() - begun)


def print_table(folder: Path, contents: Mapping[str, dict[str, Any]], options: argparse.Namespace) -> None:
    """Write and print which candidates are in which map."""
    table = table_of(contents)
    write_table(folder, table)
    print(json.dumps(table.as_dict(), indent=1) if options.json else table_as_text(table))


def require_one_searched(contents: Iterable[Mapping[str, Any]]) -> None:
    """DiffFitError when nothing of a library could be searched in a map."""
    for content in contents:
        if content["complete"] and not content["candidates"]:
            count, reason = len(content["failed"]), content["failed"][0]["reason"]
            which = "The only candidate" if count == 1 else f"None of the {count} candidates"
            could = "could not" if count == 1 else "could"
            raise DiffFitError(f"{which} {could} be searched; the first of them because: {reason}")


class Listener(Progress):
    """Shows progress, and keeps the last ranking it heard of."""

    ranking: Ranking | None = None

    def __call__(self, event: Event) -> None:
        """Hear of one event."""
        super().__call__(event)
        if isinstance(event, RankingChanged):
            self.ranking = event.ranking


def runner_for(options: argparse.Namespace) -> AbstractContextManager[Runner | None]:
    """Who carries the tasks out: a cluster when one was asked for."""
    if options.scheduler is None and options.workers is None:
        return nullcontext()
    if options.workers is not None and options.workers < 1:
        raise SettingsError(f"--workers must be at least 1, not {options.workers}.")
    if options.scheduler is not None and options.workers is not None:
        raise SettingsError("--workers starts a cluster of its own; leave it out to use the one of --scheduler.")
    from difffit_core.scan.cluster import on_cluster

    return on_cluster(options.scheduler, options.workers or 0)


def write_all(folder: Path, ranking: Ranking | None, command: tuple[str, ...], seconds: float) -> dict[str, Any]:
    """Write table, JSON and report; returns what `ranking.json` says."""
    scan = read_scan(folder)
    if ranking is None or scan is None:
        raise DiffFitError(f"{folder} holds no scan any more; somebody has removed its files.")
    content = ranking_as_dict(ranking, command=command, scan=scan, seconds={"total": seconds})
    write_report(folder / "report.html", content)
    write_ranking(folder, content)
    return content


def as_text(content: dict[str, Any]) -> str:
    """The best candidates, and how many could not be searched."""
    lines = [f"{'rank':>4}  {'candidate':<28} {'atoms':>6}  {'score':>6}  {'p':>8}  {'q':>8}  {'correlation':>11}"]
    for row in content["candidates"][:SHOWN]:
        correlation = row["scores"]["correlation_about_mean"]
        lines.append(
            f"{row['rank']:>4}  {row['name'][:28]:<28} {row['atoms']:>6}  {row['score']:>6.1f}  {row['p']:>8.1e}"
            f"  {row['q']:>8.1e}  {correlation:>11.3f}"
        )
    if content["failed"]:
        first = content["failed"][0]
        lines.append(f"{len(content['failed'])} could not be searched, the first of them because: {first['reason']}")
    return "\n".join(lines)
