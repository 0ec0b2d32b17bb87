"""Other programs that search a map for a structure and come with pip: how each is installed, called and understood."""

import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from platformdirs import user_cache_path
from scipy.spatial.transform import Rotation

from difffit_core.bench.measure import Cost, measure
from difffit_core.data.structure import Structure
from difffit_core.errors import DiffFitError
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.kernels.threads import worker_count

TOP = 50  # placements that are asked for
LOW_PASS, HIGH_PASS = 8.0, 40.0  # Å: unfiltered, pyTME's best peaks lie at the walls of the map


@dataclass(frozen=True)
class Peer:
    """One program with one setting."""

    package: str  # pinned, as pip knows it
    angle: int  # degrees between the orientations that it tries
    commands: Callable[[Path, Path, Path, float], list[list[str]]]  # programs, map, structure, resolution
    placed: str  # pattern of the files that it leaves, best first when sorted by number

    @property
    def name(self) -> str:
        """Program and version."""
        return self.package.replace("==", " ")


def powerfit(angle: int) -> Peer:
    """PowerFit: core-weighted local correlation of Laplacian-filtered density, by FFT."""

    def commands(map_path: Path, structure: Path, out: Path, resolution: float) -> list[list[str]]:
        return [
            ["powerfit", str(map_path), f"{resolution:g}", str(structure), "-a", str(angle), "-d", str(out)]
            + ["-n", str(TOP), "-p", str(worker_count())]
        ]

    return Peer("powerfit-em==6.0.2", angle, commands, "fit_*.pdb")


def pytme(angle: int) -> Peer:
    """pyTME: masked correlation of band-passed density, by FFT, then the peaks as placed structures."""

    def commands(map_path: Path, structure: Path, out: Path, resolution: float) -> list[list[str]]:
        found = str(out / "found.pickle")
        match = ["match_template", "-m", str(map_path), "-i", str(structure), "-a", str(angle), "-s", "CAM"]
        match += ["--lowpass", f"{max(LOW_PASS, resolution):g}", "--highpass", f"{HIGH_PASS:g}", "--centering"]
        match += ["--pad-edges", "-n", str(worker_count()), "-o", found]
        peaks = ["postprocess", "--input-file", found, "--output-format", "alignment", "--num-peaks", str(TOP)]
        peaks += ["--min-distance", "3", "--mask-edges", "--output-prefix", str(out / "placed")]
        return [match, peaks]

    return Peer("pytme==0.3.6", angle, commands, "placed_*.pdb")


def programs_of(peer: Peer, say: Callable[[str], None]) -> Path:
    """The folder of the peer's programs, in an environment of its own that is made the first time."""
    folder = user_cache_path("difffit", appauthor=False) / "peers" / peer.package.replace("==", "-")
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    done = folder / "installed"
    if not done.exists():
        say(f"Installing {peer.name} into {folder} …")
        venv.create(folder, with_pip=True, clear=True)
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet", peer.package]
        if subprocess.run(install, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            raise DiffFitError(f"{peer.name} could not be installed by pip; check the network, or leave out --peers.")
        done.touch()
    return programs


def run_peer(peer: Peer, programs: Path, map_path: Path, structure: Path, out: Path, resolution: float) -> Cost:
    """Run all commands of a peer, one after the other; times add up."""
    out.mkdir()
    costs = []
    for program, *arguments in peer.commands(map_path, structure, out, resolution):
        suffix = ".exe" if sys.platform == "win32" else ""
        costs.append(measure([str(programs / (program + suffix)), *arguments]))
        if costs[-1].code:
            break
    return sum_of(costs)


def sum_of(costs: Sequence[Cost]) -> Cost:
    """The cost of commands that ran one after the other."""
    cpu = [cost.cpu_seconds for cost in costs if cost.cpu_seconds is not None]
    peak = [cost.peak_mb for cost in costs if cost.peak_mb is not None]
    wall = sum(cost.wall_seconds for cost in costs)
    return Cost(costs[-1].code, costs[-1].error, wall, sum(cpu) if cpu else None, max(peak) if peak else None)


def placements_in(folder: Path, pattern: str, model: Structure) -> list[Float64[ndarray, "3 4"]]:
    """Matrices that take the model to each placed copy of it in a folder, in the order of the files' numbers."""
    files = sorted(folder.glob(pattern), key=lambda file: int("".join(filter(str.isdigit, file.stem)) or 0))
    return [superposition(model, read_structure(file)) for file in files]


def superposition(model: Structure, placed: Structure) -> Float64[ndarray, "3 4"]:
    """The rigid transform from the model to a copy that may lack some atoms (pyTME leaves out ligands)."""
    where = {key: k for k, key in enumerate(_atom_keys(model))}
    pairs = np.array([(where[key], k) for k, key in enumerate(_atom_keys(placed)) if key in where])
    if len(pairs) < 3:
        raise DiffFitError(f"{placed.name} does not hold the atoms of {model.name}.")
    source, target = model.xyz[pairs[:, 0]], placed.xyz[pairs[:, 1]]
    turn, _ = Rotation.align_vectors(target - target.mean(axis=0), source - source.mean(axis=0))
    matrix = turn.as_matrix()
    return np.column_stack([matrix, target.mean(axis=0) - matrix @ source.mean(axis=0)])


def _atom_keys(structure: Structure) -> list[tuple[str, int, str, str]]:
    columns = (structure.chain, structure.residue_number, structure.insertion_code, structure.atom_name)
    return list(zip(*(column.tolist() for column in columns), strict=True))
