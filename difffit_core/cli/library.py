"""`difffit library`: a folder of models as a library for `difffit scan`.

Predicted models lose what they are not sure of, and come apart into rigid domains where the file with their predicted
aligned errors lies beside them. What is too small and what is there already is left out. library.csv says what became
of every model; a scan shows its descriptions.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from difffit_core.cli.options import add_output
from difffit_core.cli.progress import Progress
from difffit_core.data.rigid_domains import FEWEST, MOST_ERROR
from difffit_core.errors import DiffFitError
from difffit_core.events import run
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.split_structure import CONFIDENT_PLDDT
from difffit_core.scan.library import TABLE, list_library
from difffit_core.scan.library_parts import LEAST_IDENTITY, Entry, Preparing
from difffit_core.scan.prepare_library import prepare_library
from difffit_core.settings import require_positive

SHOWN = 10  # of what was left out


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("library", help="prepare a library of structures for a scan", description=__doc__)
    parser.add_argument(
        "models", metavar="FOLDER", help="the models: a folder, a pattern in quotes, a list, an archive"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="LIB", help="folder for the candidates")
    parser.add_argument("--chains", action="store_true", help="make every chain a candidate of its own")
    confident = f"[{CONFIDENT_PLDDT:g} for models that say they are predicted]"
    parser.add_argument("--plddt", type=float, metavar="P", help=f"leave out residues below this pLDDT {confident}")
    parser.add_argument(
        "--pae-limit",
        type=float,
        default=MOST_ERROR,
        metavar="Å",
        help=f"mean predicted aligned error within a domain [{MOST_ERROR:g}]",
    )
    parser.add_argument("--min-residues", type=int, default=FEWEST, metavar="N", help=f"of a candidate [{FEWEST}]")
    parser.add_argument("--max-residues", type=int, metavar="N", help="of a candidate [any]")
    parser.add_argument(
        "--identity",
        type=float,
        default=LEAST_IDENTITY,
        metavar="P",
        help=f"percent of the sequence from which models of one shape are one candidate [{LEAST_IDENTITY:g}]",
    )
    parser.add_argument("--keep-duplicates", action="store_true", help="make no difference for models that are alike")
    add_output(parser)
    parser.set_defaults(run=run_library)


def run_library(options: argparse.Namespace) -> int:
    """List, prepare, print."""
    require_positive("pae-limit", options.pae_limit, "Å")
    how = Preparing(
        chains=options.chains,
        plddt=options.plddt,
        most_error=options.pae_limit,
        fewest=options.min_residues,
        most=options.max_residues,
        identity=101.0 if options.keep_duplicates else options.identity,
    )
    folder = check_output_folder(options.output)
    models = list_library(options.models, folder / ".models")
    with Progress(quiet=options.quiet) as progress:
        entries = run(prepare_library(models, folder, how), progress)
    shown = [{name: value for name, value in asdict(entry).items() if name != "sequence"} for entry in entries]
    print(json.dumps(shown, indent=1) if options.json else as_text(entries, len(models), folder))
    if all(entry.reason for entry in entries):
        raise DiffFitError(f"No candidate could be made; {folder / TABLE} says why.")
    return 0


def as_text(entries: Sequence[Entry], models: int, folder: Path) -> str:
    """How many there are, and what was left out."""
    left_out = [entry for entry in entries if entry.reason]
    made = len(entries) - len(left_out)
    lines = [f"Candidates in {folder}: {made}, of {models} models."]
    lines += [f"left out: {entry.source} {entry.part}: {entry.reason}" for entry in left_out[:SHOWN]]
    more = len(left_out) - SHOWN
    return "\n".join([*lines, f"and {more} more, in {folder / TABLE}"] if more > 0 else lines)
