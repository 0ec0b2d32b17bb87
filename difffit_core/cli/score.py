"""`difffit score`: how well a structure fits where it stands, or after a local polish."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from difffit_core.cli.options import add_files, add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.events import run
from difffit_core.files.map_files import read_map
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.score_structure import ScoredPlacement, score_where_it_stands
from difffit_core.settings import PAPER_SETTINGS


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("score", help="metrics of a structure where it stands", description=__doc__)
    add_files(parser, several=False)
    parser.add_argument("--polish", action="store_true", help="move to the nearest maximum first")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="with --polish: write the moved structure")
    add_output(parser)
    add_settings(parser, leave_out=("preset", "starts", "cluster_shift", "cluster_angle", *PAPER_SETTINGS))
    parser.set_defaults(run=run_score)


def run_score(options: argparse.Namespace) -> int:
    """Read, score, print."""
    settings = settings_of(options)
    volume, structure = read_map(options.map).volume, read_structure(options.structure)
    with Progress(quiet=options.quiet) as progress:
        found = run(score_where_it_stands(structure, volume, settings, polished=options.polish), progress)
    if options.output is not None:
        write_placed_structure(options.output, structure, found.map_from_model)
    print(json.dumps(_as_dict(found), indent=1) if options.json else _as_text(found))
    return 0


def _as_dict(found: ScoredPlacement) -> dict[str, Any]:
    return {
        "contour_level": found.contour_level,
        "resolution": found.resolution,
        "scores": found.scores.as_dict(),
        "map_from_model": found.map_from_model.tolist(),
        "moved": found.moved,
    }


def _as_text(found: ScoredPlacement) -> str:
    lines = [f"{name.replace('_', ' '):<34} {value:.4g}" for name, value in found.scores.as_dict().items()]
    if not np.allclose(found.map_from_model, np.eye(3, 4)):
        lines.append(f"{'moved by (Å RMSD)':<34} {found.moved:.2f}")
    return "\n".join(lines)
