"""`difffit compose`: a complex from its chains."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from difffit_core.cli.options import add_files, add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.compose.candidates import Candidate
from difffit_core.compose.rounds import Composition, compose
from difffit_core.data.structure import Structure
from difffit_core.errors import SettingsError
from difffit_core.events import run
from difffit_core.files.assembly_files import AssemblyCopy, assembly_as_dict, write_assembly, write_assembly_json
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.map_files import MapFile, read_map, write_volume
from difffit_core.files.structure_files import read_structure


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("compose", help="build a complex from its chains", description=__doc__)
    add_files(parser, several=True)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="for assembly.cif, assembly.json, remaining.mrc"
    )
    parser.add_argument(
        "--copies",
        default="",
        metavar="A=2,B=4",
        help="at most so many copies of a structure, named by its file without suffix [as many as are confident]",
    )
    add_output(parser)
    add_settings(parser)
    parser.set_defaults(run=run_compose)


def run_compose(options: argparse.Namespace) -> int:
    """Read, compose, write, print."""
    begun = time.perf_counter()
    settings = settings_of(options)
    folder = check_output_folder(options.output)
    opened = read_map(options.map)
    structures = tuple(read_structure(path) for path in options.structures)
    most = copies_asked_for(options.copies, structures)
    with Progress(quiet=options.quiet) as progress:
        composition = run(compose(structures, opened.volume, settings, most=most), progress)
    content = write_composition(folder, composition, structures, opened, time.perf_counter() - begun)
    print(json.dumps(content, indent=1) if options.json else as_text(content))
    if not options.quiet and composition.copies:
        print(f"The assembly is in {folder / 'assembly.cif'}.", file=sys.stderr)
    return 0


def copies_asked_for(text: str, structures: Sequence[Structure]) -> dict[int, int]:
    """`A=2,B=4` as structure index → number; SettingsError when a name is unknown or a number is none."""
    names = {structure.source.path.name.split(".")[0]: k for k, structure in enumerate(structures)}
    most: dict[int, int] = {}
    for part in filter(None, text.split(",")):
        name, _, number = part.partition("=")
        if name not in names:
            raise SettingsError(f"--copies names {name!r}; the structures are {', '.join(names)}.")
        if not number.isdigit() or int(number) < 1:
            raise SettingsError(f"--copies {part}: say how many copies, for example {name}=2.")
        most[names[name]] = int(number)
    return most


def write_composition(
    folder: Path, composition: Composition, structures: Sequence[Structure], opened: MapFile, seconds: float
) -> dict[str, Any]:
    """Write `assembly.cif`, `remaining.mrc` and, last, `assembly.json`; returns what the last one says."""
    copies = [_assembly_copy(copy) for copy in composition.copies]
    names = write_assembly(folder / "assembly.cif", copies) if copies else []
    write_volume(folder / "remaining.mrc", composition.remaining, like=opened.header)
    content = assembly_as_dict(
        copies,
        names,
        explained_fraction=composition.explained_fraction,
        rounds=[_round(r.number, r.accepted, r.tried, structures) for r in composition.rounds],
        symmetry=composition.symmetry.as_dict() if composition.symmetry else None,
        left_out=[{"structure": left.structure, "reason": left.reason} for left in composition.left_out],
        seconds={"total": seconds},
    )
    for entry, copy, others in zip(content["copies"], composition.copies, composition.alternatives, strict=True):
        entry["structure"] = copy.structure
        entry["alternatives"] = [_alternative(other) for other in others]
    content["clashes"] = {"before": composition.clashes[0], "after": composition.clashes[1]}
    content["map"] = {"contour_level": composition.contour_level, "resolution": composition.resolution}
    write_assembly_json(folder / "assembly.json", content)
    return content


def as_text(content: dict[str, Any]) -> str:
    """A line per copy, then what was left out and what it explains."""
    lines = [f"{'copy':<24} {'chain':<6} {'round':>5}  {'confidence':>10}  {'correlation':>11}"]
    for copy in content["copies"]:
        score = copy["scores"]["correlation_about_mean"]
        where = f"{copy['name'][:24]:<24} {copy['chain'][:6]:<6} {copy['round']:>5}"
        lines.append(f"{where}  {copy['confidence']:>10.2f}  {score:>11.3f}")
    lines += [f"left out: {left['reason']}" for left in content["left_out"]]
    if content["symmetry"]:
        lines.append(f"symmetry of the map: {content['symmetry']['group']}")
    lines.append(f"explained: {content['explained_fraction']:.0%} of the density above the contour")
    return "\n".join(lines)


def _assembly_copy(copy: Candidate) -> AssemblyCopy:
    return AssemblyCopy(
        copy.placed, copy.placed.structure.name, copy.cluster.scores.as_dict(), copy.confidence, copy.round
    )


def _round(
    number: int, accepted: Sequence[Candidate], tried: Sequence[int], structures: Sequence[Structure]
) -> dict[str, Any]:
    return {
        "number": number,
        "tried": [structures[k].name for k in tried],
        "accepted": [c.placed.structure.name for c in accepted],
    }


def _alternative(candidate: Candidate) -> dict[str, Any]:
    return {
        "round": candidate.round,
        "confidence": candidate.confidence,
        "correlation_about_mean": candidate.score,
        "map_from_model": candidate.placed.map_from_model.tolist(),
    }
