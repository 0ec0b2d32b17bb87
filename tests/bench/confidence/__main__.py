"""python -m tests.bench.confidence: fits of structures that are not in the map, and of some that are.

Writes every fit to a JSON file and prints how many controls reached each confidence. Needs the larger cases
(DIFFFIT_SHARED_DATA, or the folder shared/data beside the project).
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import FitResult
from difffit_core.data.volume import Volume
from difffit_core.errors import DiffFitError
from difffit_core.events import run
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.fit.simulate import simulate_map
from difffit_core.settings import FitSettings
from tests.bench.confidence.controls import Control, own_controls, without

# what lies in a map under another entry's name must not count as absent from it
RELATED = {
    "ribosome30S": ("5no2", "5uz4", "6zu5"),
    "gammasecretase": ("5fn3", "5fn5"),
    "groel": ("4v8r", "1oel"),
    "haemoglobin": ("5me2",),
    "5fxk": ("5iou",),
}
ALIKE = {
    "haemoglobin": ("A", "B", "C", "D")
}  # chains that resemble each other: one is no control while another is there
SIMULATED = {
    "5fxk.pdb.gz": (6.0, 2.0),
    "5iyz.pdb.gz": (4.0, 1.3),
    "5fwm.pdb.gz": (8.0, 2.5),
    "5fkv.pdb.gz": (10.0, 3.3),
}
NOISE = 0.05  # of the maximum, in simulated maps


def main(arguments: Sequence[str] | None = None) -> int:
    """Run controls and positives; 0 when at most one in a hundred controls is called certain."""
    options = parser().parse_args(arguments)
    folder = Path(os.environ.get("DIFFFIT_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data")
    rows = [
        fit_one(control, options.preset, seed)
        for control in controls(folder, options.per_map)
        for seed in range(options.seeds if control.kind == "present" else 1)
    ]
    options.json.write_text(json.dumps(rows, indent=1))
    report(rows)
    controls_only = [row for row in rows if row["kind"] != "present"]
    certain = sum(row["confidence"] >= 0.99 for row in controls_only)
    return 0 if certain <= 0.01 * len(controls_only) else 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m tests.bench.confidence", description=__doc__)
    made.add_argument("--per-map", type=int, default=34, help="absent chains fitted into each map [34]")
    made.add_argument("--seeds", type=int, default=3, help="fits of each structure that is there [3]")
    made.add_argument("--preset", default="balanced")
    made.add_argument("--json", type=Path, default=Path("bench_output/confidence.json"))
    return made


def controls(folder: Path, per_map: int) -> Iterator[Control]:
    """All controls: absent chains in real and simulated maps, and spoiled versions of what is there."""
    cases = json.loads((folder / "cases.json").read_text())["fit"]
    for map_path in sorted({case["map"] for case in cases}):
        volume, name = read_volume(folder / map_path), Path(map_path).parent.name
        mine = [case for case in cases if case["map"] == map_path]
        yield from absent(folder, name, volume, mine[0]["resolution"], per_map)
        for k, case in enumerate(mine):
            if case["atoms"] > 10_000:
                continue  # minutes each, and nothing that a smaller one does not show
            structure = read_structure(folder / case["structure"])
            truth = np.array(case["truth"])
            yield Control("present", name, structure.name, case["resolution"], volume, structure, truth)
            alike = [c for c in mine if Path(c["structure"]).stem in ALIKE.get(name, ())] or [case]
            if case not in alike:
                continue  # the whole complex
            emptied = volume
            for other in alike:
                atoms = read_structure(folder / other["structure"])
                emptied = without(emptied, atoms, case["resolution"], np.array(other["truth"]))
            yield from own_controls(name, volume, emptied, structure, case["resolution"], k)
    for file, (resolution, voxel) in SIMULATED.items():
        structure = read_structure(folder / "simulation" / file)
        clean = simulate_map(structure, resolution, voxel_size=voxel)
        noise = np.random.default_rng(0).normal(0, NOISE * clean.data.max(), clean.data.shape)
        noisy = clean.with_data(clean.data + noise.astype(np.float32))
        yield from absent(folder, file.split(".")[0], noisy, resolution, per_map)


def absent(folder: Path, name: str, volume: Volume, resolution: float, count: int) -> Iterator[Control]:
    """Chains of unrelated entries, every few of the library, another selection for each map."""
    entries = list(csv.DictReader((folder / "library.csv").open()))
    taboo = (*RELATED.get(name, ()), name)
    chosen = [row for row in entries if not row["source_entry"].lower().startswith(taboo)]
    order = np.random.default_rng(len(name) + int(10 * resolution)).permutation(len(chosen))[:count]
    for k in order:
        structure = read_structure(folder / "library" / f"{chosen[k]['name']}.pdb")
        yield Control("absent", name, structure.name, resolution, volume, structure)


def fit_one(control: Control, preset: str, seed: int) -> dict[str, Any]:
    """Fit a control and report the confidence of its best cluster."""
    settings = FitSettings(resolution=control.resolution, preset=preset, seed=seed)
    try:
        result = run(fit_structure(control.structure, control.volume, settings))
    except DiffFitError as error:  # nothing is left above any contour: refused, hence not confident
        print(f"{control.kind:<10} {control.map_name:<16} {control.structure_name:<18} refused: {error}", flush=True)
        return {"kind": control.kind, "map": control.map_name, "structure": control.structure_name, "confidence": 0.0}
    scores = [float(c.scores.correlation_about_mean) for c in result.clusters]
    row = {
        "kind": control.kind,
        "map": control.map_name,
        "structure": control.structure_name,
        "atoms": len(control.structure),
        "resolution": control.resolution,
        "seed": seed,
        "confidence": max((c.confidence for c in result.clusters), default=0.0),
        "right": control.truth is not None and is_right(result, control),
        "scores": scores,
    }
    print(
        f"{row['kind']:<10} {row['map']:<16} {row['structure']:<18} {row['confidence']:.4f}  {scores[:3]}", flush=True
    )
    return row


def is_right(result: FitResult, control: Control) -> bool:
    """Whether the first cluster is a true placement: within 3 Å and 6°."""
    first = result.clusters[0].representative
    true = Poses.from_matrices(np.asarray(control.truth), result.centroid_xyz)
    shift = np.linalg.norm(true.position_xyz - first.position_xyz, axis=1)
    angle = angles_between(true.orientation_xyzw, first.orientation_xyzw)
    return bool(((shift <= 3) & (angle <= 6)).any())


def report(rows: list[dict[str, Any]]) -> None:
    """Share of controls, and of structures that are there, at or above each confidence."""
    control = np.array([row["confidence"] for row in rows if row["kind"] != "present"])
    present = np.array([row["confidence"] for row in rows if row["kind"] == "present" and row["right"]])
    for bound in (0.5, 0.9, 0.95, 0.99, 0.999):
        print(
            f"confidence >= {bound}: {np.count_nonzero(control >= bound)} of {len(control)} controls, "
            f"{np.count_nonzero(present >= bound)} of {len(present)} true first placements"
        )


if __name__ == "__main__":
    sys.exit(main())
