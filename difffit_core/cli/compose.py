"""`difffit compose`: a complex from its chains."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from difffit_core.cli.compose_parts import Wanted, asked_for
from difffit_core.cli.options import add_files, add_output, add_settings, settings_of
from difffit_core.cli.progress import Progress
from difffit_core.compose.assembly_quality import Quality
from difffit_core.compose.candidates import Candidate
from difffit_core.compose.decisions import Alternative, LeftOut, sentence
from difffit_core.compose.parts import CHAINS, DOMAINS
from difffit_core.compose.rounds import Composition, Round, compose_assembly
from difffit_core.compose.symmetry import check_symmetry
from difffit_core.data.structure import Structure
from difffit_core.events import run
from difffit_core.files.assembly_files import AssemblyCopy, assembly_as_dict, write_assembly, write_assembly_json
from difffit_core.files.atomic_write import check_output_folder
from difffit_core.files.map_files import MapFile, read_map, write_volume

SHOWN = 6  # alternatives on standard output ...
CLOSE = 0.8  # ... of at least so much of the copy's correlation


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
        help="at most so many copies of a structure or part, named by its file without suffix "
        "[as many as are confident]",
    )
    _add_splitting(parser)
    parser.add_argument(
        "--symmetry",
        default="auto",
        metavar="S",
        help="of the map: auto, none, helical, a point group like D7, or file (assembly records of the structures) "
        "[auto]",
    )
    add_output(parser)
    add_settings(parser)
    parser.set_defaults(run=run_compose)


def _add_splitting(parser: argparse.ArgumentParser) -> None:
    """How structures are taken apart."""
    parser.add_argument(
        "--split",
        choices=(CHAINS, DOMAINS),
        help="take the structures apart first: chains, or rigid domains of predicted models without what is not sure; "
        "parts that are copies of each other are placed as often as they occur",
    )
    parser.add_argument(
        "--pae",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="with --split domains: predicted aligned errors (JSON) of the structures, in their order, one --pae each; "
        "without, domains are what residues of low pLDDT separate",
    )


def run_compose(options: argparse.Namespace) -> int:
    """Read, compose, write, print."""
    begun = time.perf_counter()
    settings = settings_of(options)
    check_symmetry(options.symmetry)
    folder = check_output_folder(options.output)
    opened = read_map(options.map)
    wanted = asked_for(options.structures, options.split, options.pae, options.copies, folder)
    with Progress(quiet=options.quiet) as progress:
        job = compose_assembly(wanted.structures, opened.volume, settings, most=wanted.most, symmetry=options.symmetry)
        composition = run(job, progress)
    content = write_composition(folder, composition, wanted, opened, time.perf_counter() - begun)
    print(json.dumps(content, indent=1) if options.json else as_text(content))
    if not options.quiet and composition.copies:
        print(f"The assembly is in {folder / 'assembly.cif'}.", file=sys.stderr)
    return 0


def write_composition(
    folder: Path, composition: Composition, wanted: Wanted, opened: MapFile, seconds: float
) -> dict[str, Any]:
    """Write `assembly.cif`, `remaining.mrc` and, last, `assembly.json`; returns what the last one says."""
    copies = [_assembly_copy(copy) for copy in composition.copies]
    names = write_assembly(folder / "assembly.cif", copies) if copies else []
    write_volume(folder / "remaining.mrc", composition.remaining, like=opened.header)
    content = assembly_as_dict(
        copies,
        names,
        explained_fraction=composition.explained_fraction,
        rounds=[_round(entry, wanted.structures) for entry in composition.rounds],
        symmetry=_symmetry(composition),
        left_out=[_left_out(left) for left in composition.left_out],
        seconds={"total": seconds},
    )
    for entry, copy, others in zip(content["copies"], composition.copies, composition.alternatives, strict=True):
        entry["structure"] = copy.structure
        origin = wanted.origins[copy.structure]
        entry["from"] = origin.as_dict() if origin is not None else None
        entry["found_by"] = "symmetry" if copy.by_symmetry else "fit"
        entry["alternatives"] = [_alternative(other, copy) for other in others]
    content["stopped"] = composition.stopped
    content["clashes"] = {when: quality.clashes for when, quality in _polish(composition)}
    content["correlation"] = {when: quality.correlation for when, quality in _polish(composition)}
    content["map"] = {"contour_level": composition.contour_level, "resolution": composition.resolution}
    write_assembly_json(folder / "assembly.json", content)
    return content


def _left_out(left: LeftOut) -> dict[str, Any]:
    alternatives = [_place(candidate) for candidate in left.alternatives]
    return {"structure": left.structure, "reason": left.reason, "alternatives": alternatives}


def _polish(composition: Composition) -> "zip[tuple[str, Quality]]":
    """The assembly's quality before and after the joint polish."""
    return zip(("before", "after"), composition.quality, strict=True)


def as_text(content: dict[str, Any]) -> str:
    """A line per copy, then what was left out and what it explains."""
    lines = [f"{'copy':<24} {'chain':<6} {'round':>5}  {'confidence':>10}  {'correlation':>11}"]
    for copy in content["copies"]:
        score = copy["scores"]["correlation_about_mean"]
        where = f"{copy['name'][:24]:<24} {copy['chain'][:6]:<6} {copy['round']:>5}"
        origin = f"  {copy['from']['residues']} of {Path(copy['from']['path']).name}" if copy["from"] else ""
        lines.append(f"{where}  {copy['confidence']:>10.2f}  {score:>11.3f}{origin}")
    lines += [f"withdrawn in round {r['number']}: {w['reason']}" for r in content["rounds"] for w in r["withdrawn"]]
    lines += [f"left out: {left['reason']}" for left in content["left_out"]]
    lines += [f"alternative: {text}" for text in _close_alternatives(content["copies"])[:SHOWN]]
    if content["symmetry"]:
        lines.append(f"symmetry of the map: {content['symmetry']['group']}")
    if content["copies"]:
        lines.append(_polish_line(content["clashes"], content["correlation"]))
    lines.append(f"stopped: {content['stopped']}")
    lines.append(f"explained: {content['explained_fraction']:.0%} of the density above the contour")
    return "\n".join(lines)


def _polish_line(clashes: dict[str, int], correlation: dict[str, float]) -> str:
    return (
        f"joint polish: atoms that clash with another copy {clashes['before']} before, {clashes['after']} after; "
        f"correlation of the assembly {correlation['before']:.3f} before, {correlation['after']:.3f} after"
    )


def _close_alternatives(copies: Sequence[dict[str, Any]]) -> list[str]:
    """Those that fit nearly as well as the copy, each once; all of them are in `assembly.json`."""
    key = "correlation_about_mean"
    close = [
        other["text"] for copy in copies for other in copy["alternatives"] if other[key] >= CLOSE * copy["scores"][key]
    ]
    return list(dict.fromkeys(close))


def _assembly_copy(copy: Candidate) -> AssemblyCopy:
    return AssemblyCopy(
        copy.placed, copy.placed.structure.name, copy.cluster.scores.as_dict(), copy.confidence, copy.round
    )


def _round(entry: Round, structures: Sequence[Structure]) -> dict[str, Any]:
    return {
        "number": entry.number,
        "tried": [structures[k].name for k in entry.tried],
        "accepted": [copy.placed.structure.name for copy in entry.accepted],
        "withdrawn": [{"structure": one.copy.placed.structure.name, "reason": one.reason} for one in entry.withdrawn],
        "explained_fraction": entry.explained_fraction,
    }


def _symmetry(composition: Composition) -> dict[str, Any] | None:
    """The map's symmetry and, by their numbers in `copies`, what it relates; None where it relates nothing."""
    orbits = [list(orbit.copies) for orbit in composition.orbits]
    known = composition.symmetry
    if known is None and all(len(orbit) < 2 for orbit in orbits):
        return None
    return {
        **(known.as_dict() if known is not None else {"group": "file"}),
        "orbits": orbits,
        "asymmetric_unit": [orbit[0] for orbit in orbits],
        "averaged": composition.averaged,
    }


def _alternative(other: Alternative, copy: Candidate) -> dict[str, Any]:
    structure, text = other.candidate.structure, sentence(other, copy)
    return {"structure": structure, "elsewhere": other.elsewhere, "text": text, **_place(other.candidate)}


def _place(candidate: Candidate) -> dict[str, Any]:
    return {
        "round": candidate.round,
        "confidence": candidate.confidence,
        "correlation_about_mean": candidate.score,
        "map_from_model": candidate.placed.map_from_model.tolist(),
    }
