"""What a fit leaves on disk: `fits.json`, `clusters.csv` and the placed structures."""

import csv
import io
import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from difffit_core.data.results import Cluster, FitResult, Scores
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.placed_structures import unique_placed_name, write_placed_structures
from difffit_core.files.structure_parsing import StructureFormat
from difffit_core.settings import FitSettings

SCHEMA = "difffit/fits/1"


@dataclass(frozen=True)
class FitReport:
    """Fits of one or several structures into one map, and how they came to be."""

    command: tuple[str, ...]
    map_path: Path
    volume: Volume
    structures: tuple[Structure, ...]
    results: tuple[FitResult, ...]  # one per structure
    settings: FitSettings
    seconds: Mapping[str, float]  # total, read, screen, climb, polish


@dataclass(frozen=True)
class RankedCluster:
    """A cluster among those of all structures."""

    rank: int  # from 1
    structure: int  # index into the report's structures
    index: int  # of the cluster in its structure's result
    cluster: Cluster


def ranked(report: FitReport) -> list[RankedCluster]:
    """The clusters of all structures, best first by what the settings judge by."""
    objective = report.settings.objective
    rows = [(s, k, c) for s, result in enumerate(report.results) for k, c in enumerate(result.clusters)]
    rows.sort(key=lambda row: -row[2].scores.judged_by(objective))
    return [RankedCluster(rank, s, k, cluster) for rank, (s, k, cluster) in enumerate(rows, 1)]


def placed_name(row: RankedCluster, report: FitReport, file_format: StructureFormat) -> str:
    """Where a placement's structure lies in the output folder."""
    return f"placed/{unique_placed_name(row.rank, report.structures[row.structure].name, file_format)}"


def report_as_dict(report: FitReport, *, top: int, file_format: StructureFormat) -> dict[str, Any]:
    """The content of `fits.json`; the best `top` clusters name a file of a placed structure."""
    result = report.results[0]
    return {
        "schema": SCHEMA,
        "version": version("difffit"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(report.command),
        "map": _map_as_dict(report, result),
        "structures": [{"path": str(s.source.path), "atoms": len(s)} for s in report.structures],
        "settings": asdict(report.settings),
        "device": result.device,
        "backend": result.backend,
        "seed": report.settings.seed,
        "seconds": dict(report.seconds),
        "clusters": [
            {
                "rank": row.rank,
                "structure": row.structure,
                "hits": row.cluster.hits,
                "confidence": row.cluster.confidence,
                "scores": row.cluster.scores.as_dict(),
                "map_from_model": report.results[row.structure].map_from_model(row.index).tolist(),
                "file": placed_name(row, report, file_format) if row.rank <= top else None,
            }
            for row in ranked(report)
        ],
    }


def _map_as_dict(report: FitReport, result: FitResult) -> dict[str, Any]:
    return {
        "path": str(report.map_path),
        "shape_zyx": list(report.volume.data.shape),
        "voxel_size_xyz": report.volume.voxel_size_xyz.tolist(),
        "origin_xyz": report.volume.origin_xyz.tolist(),
        "contour_level": result.contour_level,
        "resolution": result.resolution,
    }


def write_fit_folder(
    folder: Path | str, report: FitReport, *, top: int = 10, file_format: StructureFormat = "cif"
) -> dict[str, Any]:
    """Write `fits.json`, `clusters.csv` and `placed/` and return what `fits.json` says.

    The placed structures appear all at once and replace those of an earlier run; `fits.json` comes last, so a folder
    that has it is complete.
    """
    begun = time.perf_counter()
    folder = check_output_folder(folder)
    _write_placed(folder, report, top, file_format)
    content = report_as_dict(report, top=top, file_format=file_format)
    with atomic_write(folder / "clusters.csv") as stream:
        stream.write(_csv(content["clusters"], report).encode())
    spent = time.perf_counter() - begun
    content["seconds"]["write"] = spent
    content["seconds"]["total"] = content["seconds"].get("total", 0.0) + spent
    with atomic_write(folder / "fits.json") as stream:
        stream.write(json.dumps(content, indent=1).encode())
    return content


def _write_placed(folder: Path, report: FitReport, top: int, file_format: StructureFormat) -> None:
    rows = [row for row in ranked(report) if row.rank <= top]
    try:
        with tempfile.TemporaryDirectory(prefix=".placed-", dir=folder) as scratch:
            for s, structure in enumerate(report.structures):
                mine = [row for row in rows if row.structure == s]
                placements = [
                    (
                        Path(scratch) / Path(placed_name(row, report, file_format)).name,
                        report.results[s].map_from_model(row.index),
                    )
                    for row in mine
                ]
                write_placed_structures(structure, placements, format=file_format)
            target = folder / "placed"
            if target.exists():
                shutil.rmtree(target)
            shutil.copytree(scratch, target)
            target.chmod(folder.stat().st_mode & 0o777)  # not the temporary folder's, which is private
    except OSError as cause:
        raise DiffFitError(f"The placed structures cannot be written into {folder}: {cause.strerror}.") from cause


def _csv(clusters: list[dict[str, Any]], report: FitReport) -> str:
    metrics = [field.name for field in fields(Scores)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["rank", "structure", "hits", "confidence", *metrics, "file"])
    for row in clusters:
        name = report.structures[row["structure"]].name
        scores = [f"{row['scores'][m]:.6g}" for m in metrics]
        table.writerow([row["rank"], name, row["hits"], f"{row['confidence']:.4f}", *scores, row["file"] or ""])
    return text.getvalue()
