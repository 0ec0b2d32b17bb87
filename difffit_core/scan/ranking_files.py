"""A ranking on disk: `ranking.csv` and `ranking.json`."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from difffit_core.data.results import Scores
from difffit_core.files.atomic_write import atomic_write
from difffit_core.scan.ranking import EFFORTS, Ranking, Row
from difffit_core.scan.significance import Null

SCHEMA = "difffit/ranking/1"
METRICS = tuple(field.name for field in fields(Scores))


def ranking_as_dict(
    ranking: Ranking, *, command: Sequence[str], scan: Mapping[str, Any], seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The content of `ranking.json`; `scan` is that of `scan.json`."""
    return {
        "schema": SCHEMA,
        "version": version("difffit"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "complete": ranking.complete,
        "map": {"path": scan.get("map_path"), "sha256": scan["identity"]["map_sha256"]},
        "settings": scan["identity"]["settings"],
        "region": {"searched": scan["identity"]["region"], "excluded": scan["identity"]["exclude"]},
        "null": {effort: _null_as_dict(null) for effort, null in zip(EFFORTS, ranking.nulls, strict=False)},
        "candidates": [row_as_dict(row) for row in ranking.rows],
        "failed": [{"path": finding.path, "reason": finding.reason} for finding in ranking.failed],
        "duplicates": [{"path": path, "same_as": name} for path, name in ranking.duplicates],
        "seconds": dict(seconds),
    }


def _null_as_dict(null: Null) -> dict[str, Any]:
    location, scale = null.middle
    return {
        "location": location,
        "scale": scale,
        "slope": null.slope,
        "mean_log_atoms": null.mean_log_size,
        "candidates": null.candidates,
    }


def row_as_dict(row: Row) -> dict[str, Any]:
    """One candidate as plain data."""
    best = row.best
    return {
        "rank": row.rank,
        "name": row.name,
        "description": row.description,
        "path": row.path,
        "atoms": row.atoms,
        "score": row.score,
        "p": row.p,
        "q": row.q,
        "excess": row.judged.excess,
        "gap": row.judged.gap,
        "hits": best.hits,
        "confidence": best.confidence,
        "effort": row.effort,
        "scores": dict(best.scores),
        "map_from_model": [list(line) for line in best.map_from_model],
    }


def write_ranking(folder: Path, content: Mapping[str, Any]) -> None:
    """Write `ranking.csv` and then `ranking.json`, each in one step."""
    with atomic_write(folder / "ranking.csv") as stream:
        stream.write(ranking_csv(content).encode())
    with atomic_write(folder / "ranking.json") as stream:
        stream.write(json.dumps(content, indent=1).encode())


def ranking_csv(content: Mapping[str, Any]) -> str:
    """A line per candidate, the failed ones last with their reason."""
    plain = ("score", "p", "q", "excess", "gap", "confidence")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["rank", "name", "atoms", *plain, "hits", "effort", *METRICS, "path", "reason", "description"])
    for row in content["candidates"]:
        numbers = [f"{row[key]:.6g}" for key in plain]
        scores = [f"{row['scores'][metric]:.6g}" for metric in METRICS]
        facts = row["rank"], row["name"], row["atoms"]
        table.writerow([*facts, *numbers, row["hits"], row["effort"], *scores, row["path"], "", row["description"]])
    width = len(plain) + len(METRICS) + 2
    for failed in content["failed"]:
        table.writerow(["", Path(failed["path"]).name, "", *[""] * width, failed["path"], failed["reason"], ""])
    return text.getvalue()
