"""`difffit simulate`: the map that a structure would give."""

import argparse
from pathlib import Path

from difffit_core.errors import SettingsError
from difffit_core.files.map_files import read_map, write_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.simulate import simulate_map
from difffit_core.settings import require_positive


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("simulate", help="simulated map of a structure", description=__doc__)
    parser.add_argument("structure", type=Path, metavar="STRUCTURE", help="atomic structure (PDB, mmCIF)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="map to write (.mrc, .mrc.gz)")
    parser.add_argument("--resolution", type=float, required=True, metavar="R", help="sharpness (Å): σ = 0.225 · R")
    grid = parser.add_mutually_exclusive_group()
    grid.add_argument("--voxel-size", type=float, metavar="V", help="Å per voxel [a third of the resolution]")
    grid.add_argument("--like", type=Path, metavar="MAP", help="use the grid of this map")
    parser.set_defaults(run=run_simulate)


def run_simulate(options: argparse.Namespace) -> int:
    """Read, simulate, write."""
    require_positive("resolution", options.resolution, "Å")
    if options.voxel_size is not None:
        require_positive("voxel size", options.voxel_size, "Å")
        if options.voxel_size > options.resolution / 2:
            raise SettingsError(
                f"A voxel size of {options.voxel_size:g} Å cannot hold a resolution of {options.resolution:g} Å; "
                "use at most half of it."
            )
    structure = read_structure(options.structure)
    like = read_map(options.like).volume if options.like else None
    volume = simulate_map(structure, options.resolution, voxel_size=options.voxel_size, like=like)
    write_volume(options.output, volume)
    return 0
