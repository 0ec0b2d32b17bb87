"""`difffit remove`: the map without the density that structures explain where they stand."""

import argparse
import json
from pathlib import Path
from typing import Any

from difffit_core.cli.options import add_files, add_output
from difffit_core.cli.progress import Progress
from difffit_core.data.placed import where_it_stands
from difffit_core.data.removal import MODES, Removal, RemovalSettings, explained_fraction
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import run
from difffit_core.files.map_files import read_map, write_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import prepare
from difffit_core.fit.subtract import remove_density
from difffit_core.settings import FitSettings, require_positive


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("remove", help="take explained density out of a map", description=__doc__)
    add_files(parser, several=True)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="map to write (.mrc, .mrc.gz)")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default=MODES[0],
        help="set to the solvent's density, or subtract the scaled simulated map [zero]",
    )
    parser.add_argument(
        "--radius",
        type=float,
        metavar="Å",
        help="take everything this near to an atom [as far as the structure's own simulated density reaches]",
    )
    parser.add_argument("--level", type=float, metavar="L", help="contour level (map units) [suggested]")
    parser.add_argument("--resolution", type=float, metavar="R", help="resolution of the map (Å) [suggested]")
    add_output(parser)
    parser.set_defaults(run=run_remove)


def run_remove(options: argparse.Namespace) -> int:
    """Read, remove, write, print."""
    given = FitSettings(level=options.level, resolution=options.resolution)
    if options.radius is not None:
        require_positive("radius", options.radius, "Å")
    opened = read_map(options.map)
    structures = [read_structure(path) for path in options.structures]
    with Progress(quiet=options.quiet) as progress:
        target = run(prepare(opened.volume, given), progress)
    settings = RemovalSettings(
        level=target.contour_level, resolution=target.resolution, mode=options.mode, radius=options.radius
    )
    remaining = remove_density(opened.volume, [where_it_stands(s) for s in structures], settings)
    write_volume(options.output, remaining.volume, like=opened.header)
    content = _as_dict(options, settings, opened.volume, structures, remaining.removals)
    print(json.dumps(content, indent=1) if options.json else _as_text(content))
    return 0


def _as_dict(
    options: argparse.Namespace,
    settings: RemovalSettings,
    volume: Volume,
    structures: list[Structure],
    removals: tuple[Removal, ...],
) -> dict[str, Any]:
    return {
        "map": str(options.map),
        "file": str(options.output),
        "mode": settings.mode,
        "radius": settings.radius,
        "contour_level": settings.level,
        "resolution": settings.resolution,
        "explained_fraction": explained_fraction(volume, settings.level, removals),
        "structures": [
            {
                "path": str(structure.source.path),
                "voxels": int(removal.mask.sum()),
                "explained_fraction": explained_fraction(volume, settings.level, [removal]),
            }
            for structure, removal in zip(structures, removals, strict=True)
        ],
    }


def _as_text(content: dict[str, Any]) -> str:
    rows = [f"{row['explained_fraction']:>7.1%}  {row['path']}" for row in content["structures"]]
    return "\n".join([*rows, f"{content['explained_fraction']:>7.1%}  of the density above the contour is explained"])
