"""`difffit fetch`: maps, structures and predicted models by id."""

import argparse
import shutil
import sys
from pathlib import Path

from difffit_core.cli.progress import Progress
from difffit_core.errors import DiffFitError
from difffit_core.events import run
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.fetch import fetch, parse_id


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "fetch", help="maps and structures from EMDB, PDB and AlphaFold DB", description=__doc__
    )
    parser.add_argument("ids", nargs="+", metavar="ID", help="EMD-1234, 1abc, pdb_00001abc or AF-P12345")
    parser.add_argument("-o", "--output", type=Path, default=Path(), metavar="DIR", help="folder to write to [here]")
    parser.add_argument("--quiet", action="store_true", help="no progress and no remarks")
    parser.set_defaults(run=run_fetch)


def run_fetch(options: argparse.Namespace) -> int:
    """Fetch every id that can be fetched; the others are a sentence each and make the exit code 1."""
    for name in options.ids:
        parse_id(name)
    folder, failed = check_output_folder(options.output), 0
    for name in options.ids:
        try:
            with Progress(quiet=options.quiet) as progress:
                kept = run(fetch(name), progress)
        except DiffFitError as error:
            print(f"difffit: {error}", file=sys.stderr)
            failed += 1
            continue
        print(_copy(kept, folder))
    return 1 if failed else 0


def _copy(kept: Path, folder: Path) -> Path:
    """A copy of a file of the cache, which stays there for the next time."""
    target = folder / kept.name
    with open(kept, "rb") as source, atomic_write(target) as stream:
        shutil.copyfileobj(source, stream)
    return target
