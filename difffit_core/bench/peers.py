"""Peers on the same cases; the default fits each case in the same run.

A peer's answer counts when it is turned by no more than the angle between the orientations that it tries.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from difffit_core.bench.cases import Case
from difffit_core.bench.compare import NEAR_ANGLE, Verdict, judge
from difffit_core.bench.peer_programs import TOP, Peer, placements_in, powerfit, programs_of, pytme, run_peer
from difffit_core.bench.runs import run_case
from difffit_core.bench.scramble import random_move, scramble
from difffit_core.bench.synthetic import map_of_copies
from difffit_core.data.volume import Volume
from difffit_core.files.map_files import read_volume, write_volume
from difffit_core.files.structure_files import read_structure

GROEL_RESOLUTION = 7.0  # Å
CROWDED = ("ribosome30S-C", "ribosome30S-D")  # proteins S3 and S4 in the whole small subunit


@dataclass(frozen=True)
class PeerRun:
    """One program on one case."""

    case: str
    program: str
    setting: str
    seconds: float  # of the whole process, or of both
    cpu_seconds: float | None
    peak_mb: float | None
    verdict: Verdict
    of: int  # true places
    error: str = ""


def settings() -> list[Peer]:
    """The peers, each from coarse to fine; pyTME takes ten times as long at 10° and is left at 20°."""
    return [powerfit(20), powerfit(10), pytme(20)]


def compare(cases: Sequence[Case], say: Callable[[str], None]) -> Iterator[PeerRun]:
    """Every program on every case that the larger cases offer, or on the bundled sample."""
    peers = settings()
    programs = {peer.package: programs_of(peer, say) for peer in peers}
    with tempfile.TemporaryDirectory() as folder:
        for case in peer_cases(cases, Path(folder)):
            yield run_ours(case)
            for peer in peers:
                yield run_theirs(peer, programs[peer.package], case)


def peer_cases(cases: Sequence[Case], folder: Path) -> Iterator[Case]:
    """The cases of ENGINE's table, made in a folder; the bundled sample where none of them is at hand."""
    named = {case.name: case for case in cases}
    made = False
    for name in CROWDED:
        if name in named:
            yield binned(named[name], folder)
            made = True
    if groel := next((case for case in cases if case.name.startswith("groel")), None):
        yield simulated_assembly(groel, folder)
        made = True
    if domain := next((case for case in reversed(cases) if case.name.startswith("domains")), None):
        yield domain
        made = True
    if not made:
        yield next(case for case in cases if case.group == "bundled")


def binned(case: Case, folder: Path) -> Case:
    """The same case in a map of half as many voxels along each axis."""
    path = folder / f"{case.name}-binned.mrc"
    if not path.exists():
        write_volume(path, halved(read_volume(case.map)))
    return replace(case, name=f"{case.name}-binned", map=path)


def halved(volume: Volume) -> Volume:
    """Means of 2 × 2 × 2 voxels; their centres lie half a voxel further."""
    z, y, x = (n // 2 for n in volume.data.shape)
    blocks = volume.data[: 2 * z, : 2 * y, : 2 * x].reshape(z, 2, y, 2, x, 2)
    mean = blocks.mean(axis=(1, 3, 5), dtype=np.float32)
    return Volume(mean, 2 * volume.voxel_size_xyz, volume.origin_xyz + 0.5 * volume.voxel_size_xyz)


def simulated_assembly(case: Case, folder: Path) -> Case:
    """All copies of a case in a simulated map at 7 Å on the grid of its own map."""
    structure = read_structure(case.structure, chains=case.chains or None)
    volume = map_of_copies(structure, case.truth, read_volume(case.map), GROEL_RESOLUTION)
    path = folder / f"{case.name}-7A.mrc"
    write_volume(path, volume)
    name = f"{case.name}-7A"
    return replace(case, name=name, map=path, resolution=GROEL_RESOLUTION, level=None, copies=len(case.truth))


def run_ours(case: Case) -> PeerRun:
    """`difffit fit` with its defaults, the whole process timed as the peers' are; as many placements are written."""
    run = run_case(case, 0, ("--top", str(TOP)))
    verdict = Verdict(run.rank, run.rmsd, run.copies)
    return PeerRun(
        case.name, "difffit", "default", run.wall_seconds, run.cpu_seconds, run.peak_mb, verdict, run.of, run.error
    )


def run_theirs(peer: Peer, programs: Path, case: Case) -> PeerRun:
    """A peer on the same moved structure."""
    move = random_move(np.random.default_rng([0, 7919]))
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "model.pdb", Path(folder) / "out"
        xyz = scramble(case.structure, case.chains, path, move)
        cost = run_peer(peer, programs, plain_map(case.map, Path(folder)), path, out, case.resolution)
        error = (cost.error.splitlines() or [f"exit code {cost.code}"])[-1] if cost.code else ""
        placements = [] if error else placements_in(out, peer.placed, read_structure(path))
    verdict = judge(placements, case.truth, move, xyz, near_angle=max(NEAR_ANGLE, peer.angle))
    return PeerRun(
        case.name,
        peer.name,
        f"{peer.angle}°",
        cost.wall_seconds,
        cost.cpu_seconds,
        cost.peak_mb,
        verdict,
        len(case.truth),
        error,
    )


def plain_map(path: Path, folder: Path) -> Path:
    """The map as every program reads it: axes x y z, not compressed, position in both header fields."""
    copy = folder / "map.mrc"
    write_volume(copy, read_volume(path))
    return copy
