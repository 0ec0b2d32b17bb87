"""python -m tests.bench.accuracy: RMSD to the truth of default fits into simulated maps, with and without noise.

Prints a Markdown table: for every resolution the median and the largest RMSD over the repeats (each with another
orientation and other noise), and beside it the least that the noise allows any program (Cramér-Rao bound).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from difffit_core.bench.cases import Case
from difffit_core.bench.markdown import table
from difffit_core.bench.simulated import Simulation, make_case
from difffit_core.bench.synthetic import placed_atoms
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.settings import FitSettings
from tests.bench.accuracy.bound import smallest_rmsd

NOISE = 0.05  # standard deviation over the maximum
HEAD = ("resolution (Å)", "no noise: median, largest", "5 % noise: median, largest", "5 % noise: bound")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    made = argparse.ArgumentParser(prog="python -m tests.bench.accuracy", description=__doc__)
    made.add_argument("--repeats", type=int, default=8, help="fits at each resolution and noise [8]")
    made.add_argument("--resolutions", type=float, nargs="+", default=[3.0, 4.0, 6.0, 8.0, 10.0], metavar="Å")
    options = made.parse_args(arguments)
    print(table(HEAD, [row(resolution, options.repeats) for resolution in options.resolutions]))
    return 0


def row(resolution: float, repeats: int) -> tuple[str, ...]:
    """One line of the table; RMSDs in Å."""
    clean: list[float] = []
    noisy: list[float] = []
    bounds: list[float] = []
    with TemporaryDirectory() as folder:
        for seed in range(repeats):
            for noise, errors in ((0.0, clean), (NOISE, noisy)):
                case = make_case(Simulation(f"accuracy-{resolution:g}-{seed}", resolution, noise), Path(folder), seed)
                errors.append(rmsd_of_fit(case))
            bounds.append(bound_of(case))
    return (
        f"{resolution:g}",
        f"{np.median(clean):.3f}, {max(clean):.3f}",
        f"{np.median(noisy):.3f}, {max(noisy):.3f}",
        f"{np.sqrt(np.mean(np.square(bounds))):.3f}",
    )


def rmsd_of_fit(case: Case) -> float:
    """Fit with default settings and compare the first placement with the truth (Å)."""
    structure, volume = read_structure(case.structure), read_volume(case.map)
    result = run(fit_structure(structure, volume, FitSettings(resolution=case.resolution)))
    found = placed_atoms(structure, result.map_from_model(0)[None])
    return float(np.sqrt(((found - placed_atoms(structure, case.truth)) ** 2).sum(axis=1).mean()))


def bound_of(case: Case) -> float:
    """Root mean square error (Å) that this case's noise allows at best."""
    return smallest_rmsd(read_structure(case.structure), case.truth, read_volume(case.map), case.resolution, NOISE)


if __name__ == "__main__":
    sys.exit(main())
