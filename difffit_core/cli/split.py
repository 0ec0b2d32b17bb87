"""`difffit split`: a model into chains or rigid domains, a map into segments.

Chains that are copies of each other become one part. With --pae a predicted model comes apart where its predicted
aligned errors say that it may bend, with --domains where residues of low pLDDT separate what does not pack together.
Segments of a map can be searched one by one: `difffit fit --region segment:DIR/segments.mrc:1`.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from difffit_core.cli.options import add_output
from difffit_core.data.contour import suggested_level
from difffit_core.data.rigid_domains import MOST_ERROR
from difffit_core.data.segments import segment_map
from difffit_core.errors import SettingsError
from difffit_core.files.kinds import is_map
from difffit_core.files.map_files import read_map
from difffit_core.files.pae import read_pae
from difffit_core.files.split_files import segmentation_as_dict, split_as_dict, write_segmentation, write_split
from difffit_core.files.split_structure import CONFIDENT_PLDDT, Split, split_chains, split_domains
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import require_positive

OF_STRUCTURES, OF_MAPS = ("pae", "domains", "plddt", "pae_limit"), ("segments", "level")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "split", help="chains or rigid domains of a model, segments of a map", description=__doc__
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="structure (PDB, mmCIF) or map (MRC, CCP4, MAP)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the parts and split.json")
    _add_structures(parser)
    density = parser.add_argument_group("a map")
    density.add_argument("--segments", type=int, metavar="N", help="at most so many [one per 36 nm³]")
    density.add_argument("--level", type=float, metavar="L", help="contour level (map units) [suggested]")
    add_output(parser)
    parser.set_defaults(run=run_split)


def _add_structures(parser: argparse.ArgumentParser) -> None:
    """What only structures need."""
    model = parser.add_argument_group("a structure")
    model.add_argument(
        "--pae",
        type=Path,
        metavar="FILE",
        help="predicted aligned errors (JSON of AlphaFold DB, AlphaFold 3 or ColabFold): rigid domains, not chains",
    )
    model.add_argument(
        "--domains",
        action="store_const",
        const=True,
        help="rigid domains, not chains, also without --pae: what residues of low pLDDT separate",
    )
    model.add_argument(
        "--plddt",
        type=float,
        metavar="P",
        help=f"leave out residues below this pLDDT, 0 to 100 [{CONFIDENT_PLDDT:g} for domains, else none]",
    )
    model.add_argument(
        "--pae-limit", type=float, metavar="Å", help=f"mean predicted aligned error within a domain [{MOST_ERROR:g}]"
    )


def run_split(options: argparse.Namespace) -> int:
    """Read, split, write, print."""
    density = is_map(options.file)
    _refuse(options, OF_STRUCTURES if density else OF_MAPS, "a structure" if density else "a map")
    content = _split_map(options) if density else _split_structure(options)
    print(json.dumps(content, indent=1) if options.json else _as_text(content))
    return 0


def _refuse(options: argparse.Namespace, names: tuple[str, ...], of: str) -> None:
    for name in names:
        if getattr(options, name) is not None:
            option = name.replace("_", "-")
            raise SettingsError(f"--{option} is for splitting {of}; leave it out for {options.file.name}.")


def _split_structure(options: argparse.Namespace) -> dict[str, Any]:
    if options.plddt is not None and not 0 <= options.plddt <= 100:
        raise SettingsError(f"plddt must be from 0 to 100, not {options.plddt:g}.")
    if options.pae_limit is not None:
        require_positive("pae-limit", options.pae_limit, "Å")
        if options.pae is None:
            raise SettingsError("--pae-limit needs --pae, the file with the predicted aligned errors.")
    split = _parts(options)
    if options.output is None:
        return split_as_dict(split, options.file)
    return write_split(options.output, split, options.file)


def _parts(options: argparse.Namespace) -> Split:
    structure = read_structure(options.file)
    if options.pae is None and not options.domains:
        return split_chains(structure, plddt=options.plddt)
    plddt = CONFIDENT_PLDDT if options.plddt is None else options.plddt
    limit = MOST_ERROR if options.pae_limit is None else options.pae_limit
    pae = read_pae(options.pae) if options.pae is not None else None
    return split_domains(structure, pae, plddt=plddt, most_error=limit)


def _split_map(options: argparse.Namespace) -> dict[str, Any]:
    if options.segments is not None and options.segments < 1:
        raise SettingsError(f"segments must be at least 1, not {options.segments}.")
    opened = read_map(options.file)
    level = suggested_level(opened.volume) if options.level is None else options.level
    segmentation = segment_map(opened.volume, level, count=options.segments)
    if options.output is None:
        return segmentation_as_dict(segmentation, options.file)
    return write_segmentation(options.output, segmentation, options.file, like=opened.header)


def _as_text(content: dict[str, Any]) -> str:
    if "segments" in content:
        return "\n".join([f"contour level {content['contour_level']:.4g}", *map(_segment_line, content["segments"])])
    rows = [
        f"{part['file']:<28} {part['atoms']:>7}  {part['copies']:>6}  {part['residues']}" for part in content["parts"]
    ]
    heading = f"{'part':<28} {'atoms':>7}  {'copies':>6}  residues"
    return "\n".join([heading, *rows, *(f"left out: {reason}" for reason in content["left_out"])])


def _segment_line(segment: dict[str, Any]) -> str:
    x, y, z = segment["centre_xyz"]
    return f"segment {segment['label']:>3}  {segment['volume'] / 1000:>7.1f} nm³  centre {x:.1f}, {y:.1f}, {z:.1f} Å"
