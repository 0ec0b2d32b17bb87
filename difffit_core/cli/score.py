"""`difffit score`: how well a structure fits where it stands, or after a local polish."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from difffit_core.cli.options import add_files, add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.data.poses import Poses
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import run
from difffit_core.files.map_files import read_map
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.plugin_scores import plugin_scores
from difffit_core.fit.q_score import SIGMA, typical_q_score
from difffit_core.fit.residue_scores import score_residues
from difffit_core.fit.score_structure import ScoredPlacement, score_where_it_stands
from difffit_core.settings import PAPER_SETTINGS, require_positive


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("score", help="metrics of a structure where it stands", description=__doc__)
    add_files(parser, several=False)
    parser.add_argument("--polish", action="store_true", help="move to the nearest maximum first")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="with --polish: write the moved structure")
    parser.add_argument("--residues", action="store_true", help="metrics of every residue as well")
    parser.add_argument(
        "--q-sigma",
        type=float,
        default=SIGMA,
        metavar="Å",
        help=f"width of the Gaussian of a resolved atom in the Q-score [{SIGMA}, of the paper; EMDB reports: 0.4]",
    )
    add_output(parser)
    add_settings(parser, leave_out=("preset", "starts", "cluster_shift", "cluster_angle", *PAPER_SETTINGS))
    parser.set_defaults(run=run_score)


def run_score(options: argparse.Namespace) -> int:
    """Read, score, print."""
    settings = settings_of(options)
    require_positive("q-sigma", options.q_sigma, "Å")
    volume, structure = read_map(options.map).volume, read_structure(options.structure)
    with Progress(quiet=options.quiet) as progress:
        found = run(score_where_it_stands(structure, volume, settings, polished=options.polish), progress)
    residues = _residues(structure, volume, found, options.q_sigma)
    where = {"contour_level": found.contour_level, "resolution": found.resolution}
    others = plugin_scores(structure, volume, found.map_from_model, **where)
    if options.output is not None:
        write_placed_structure(options.output, structure, found.map_from_model)
    if options.json:
        print(json.dumps(_as_dict(found, residues, others, options), indent=1))
    else:
        print(_as_text(found, residues, others, options))
    return 0


def _residues(structure: Structure, volume: Volume, found: ScoredPlacement, q_sigma: float) -> ResidueScores:
    pose = Poses.from_matrices(found.map_from_model[None], structure.centroid_xyz)
    return score_residues(structure, volume, found.contour_level, found.resolution, pose, q_sigma=q_sigma)


def _overall(found: ScoredPlacement, residues: ResidueScores) -> dict[str, float]:
    return {
        **found.scores.as_dict(),
        "atom_inclusion": residues.atom_inclusion,
        "q_score": residues.mean_q_score,
    }


def _as_dict(
    found: ScoredPlacement, residues: ResidueScores, others: dict[str, float], options: argparse.Namespace
) -> dict[str, Any]:
    content = {
        "contour_level": found.contour_level,
        "resolution": found.resolution,
        "q_sigma": options.q_sigma,
        "scores": {**_overall(found, residues), **others},
        "map_from_model": found.map_from_model.tolist(),
        "moved": found.moved,
    }
    return {**content, "residues": residues.as_rows()} if options.residues else content


def _as_text(
    found: ScoredPlacement, residues: ResidueScores, others: dict[str, float], options: argparse.Namespace
) -> str:
    lines = [f"{name.replace('_', ' '):<34} {value:.4g}" for name, value in _overall(found, residues).items()]
    typical = typical_q_score(found.resolution)
    if options.q_sigma == SIGMA and typical is not None:
        lines[-1] += f"  (proteins at {found.resolution:.3g} Å: about {typical:.2f})"
    lines += [f"{name:<34} {value:.4g}" for name, value in others.items()]
    if not np.allclose(found.map_from_model, np.eye(3, 4)):
        lines.append(f"{'moved by (Å RMSD)':<34} {found.moved:.2f}")
    if options.residues:
        lines += ["", *_table(residues)]
    return "\n".join(lines)


def _table(residues: ResidueScores) -> list[str]:
    """A heading and a line per residue."""
    heading = f"{'chain':<6}{'number':>6}  {'name':<5}{'atoms':>5}{'density':>10}{'inside':>8}{'Q':>7}{'CC':>7}"
    return [heading, *map(_line, residues.as_rows())]


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['chain']:<6}{row['number']:>6}{row['insertion_code'] or ' '} {row['name']:<5}{row['atoms']:>5}"
        f"{row['mean_density']:>10.4g}{row['inclusion']:>8.0%}{row['q_score']:>7.2f}{row['correlation']:>7.2f}"
    )
