"""`difffit fit`: one or several structures into one map."""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from difffit_core.cli.limits import SearchLimits, add_limits, limits_of
from difffit_core.cli.options import add_files, add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.events import run
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.fit_report import FitReport, ranked, report_as_dict, write_fit_folder
from difffit_core.files.map_files import MapFile, read_map
from difffit_core.files.report_page import page_of_fits, write_page
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_into, prepare, so_far
from difffit_core.fit.target import Target
from difffit_core.settings import FitSettings

SHOWN = 10  # clusters in the table on standard output


@dataclass(frozen=True)
class Fits:
    """Results of the structures that were fitted, and whether that was all of them."""

    structures: tuple[Structure, ...]
    results: tuple[FitResult, ...]
    complete: bool


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("fit", help="place structures into a map", description=__doc__)
    add_files(parser, several=True)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for fits.json, clusters.csv, placed/")
    parser.add_argument("--top", type=_at_least_one, default=10, metavar="N", help="placements to write [10]")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write a report as an HTML page")
    parser.add_argument("--format", choices=("cif", "pdb"), default="cif", help="of placed structures [cif]")
    add_output(parser)
    add_limits(parser)
    add_settings(parser)
    parser.set_defaults(run=run_fit)


def run_fit(options: argparse.Namespace) -> int:
    """Read, fit, write, print; after Ctrl-C what was found is written and the exit code is 130."""
    begun = time.perf_counter()
    settings = settings_of(options)
    if options.output is not None:
        check_output_folder(options.output)
    if options.report is not None:
        check_output_folder(options.report.parent)
    limits = limits_of(options)
    opened = read_map(options.map)
    structures = tuple(read_structure(path) for path in options.structures)
    seconds = {"read": time.perf_counter() - begun}
    _remark(opened, quiet=options.quiet)
    fits = fit_all(structures, opened, settings, limits, quiet=options.quiet)
    if not fits.results:
        raise KeyboardInterrupt
    for stage in ("screen", "climb", "polish"):
        seconds[stage] = sum(result.seconds.get(stage, 0.0) for result in fits.results)
    seconds["total"] = time.perf_counter() - begun
    report = FitReport(
        options.command_line, options.map, opened.volume, fits.structures, fits.results, settings, seconds
    )
    show(report, options)
    return 0 if fits.complete else 130


def fit_all(
    structures: tuple[Structure, ...], opened: MapFile, settings: FitSettings, limits: SearchLimits, *, quiet: bool
) -> Fits:
    """Fit one structure after the other into the map, prepared once; Ctrl-C ends with what was found."""
    results: list[FitResult] = []
    target: Target | None = None
    with Progress(quiet=quiet) as progress:
        try:
            target = run(prepare(opened.volume, settings), progress)
            for structure in structures:
                progress.last_poses = None
                near = limits.near(structure)
                results.append(run(fit_into(structure, target, settings, region=limits.region, near=near), progress))
        except KeyboardInterrupt:
            seen = progress.last_poses
            if target is not None and seen is not None:
                left = structures[len(results)]
                results.append(so_far(left, target, seen, settings, region=limits.region, near=limits.near(left)))
            return Fits(structures[: len(results)], tuple(results), complete=False)
    return Fits(structures, tuple(results), complete=True)


def show(report: FitReport, options: argparse.Namespace) -> None:
    """Write the folder when one was named, and print the JSON or a table."""
    if options.output is not None:
        content = write_fit_folder(options.output, report, top=options.top, file_format=options.format)
    else:
        content = report_as_dict(report, top=0, file_format=options.format)
    if options.report is not None:
        write_page(options.report, page_of_fits(report))
    if options.json:
        print(json.dumps(content, indent=1))
        return
    print(f"{'rank':>4}  {'structure':<24} {'hits':>4}  {'confidence':>10}  {'correlation':>11}  {'inside':>6}")
    for row in ranked(report)[:SHOWN]:
        scores, name = row.cluster.scores, report.structures[row.structure].name
        print(
            f"{row.rank:>4}  {name[:24]:<24} {row.cluster.hits:>4}  {row.cluster.confidence:>10.2f}"
            f"  {float(scores.correlation_about_mean):>11.3f}  {float(scores.fraction_inside):>6.0%}"
        )
    if options.output is not None and not options.quiet:
        print(f"Placed structures and tables are in {options.output}.", file=sys.stderr)


def _remark(opened: MapFile, *, quiet: bool) -> None:
    if not quiet:
        for warning in opened.warnings:
            print(warning, file=sys.stderr)


def _at_least_one(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
