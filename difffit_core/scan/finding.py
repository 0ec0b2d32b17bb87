"""What is known of one candidate, and the file that keeps it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from difffit_core.data.well_formed import require_declared_types
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.limits import parse_json

SCHEMA = "difffit/candidate/1"
MOST_ATOMS, MOST_EXCESS = 10**9, 1e9  # no structure has more, no placement stands out further


@dataclass(frozen=True)
class Attempt:
    """What a search of one effort found: the best placement and how far it stands out."""

    excess: float
    gap: float
    places: int
    scale: float
    hits: int
    confidence: float
    scores: Mapping[str, float]
    map_from_model: tuple[tuple[float, ...], ...]  # 3 × 4: the file's coordinates (Å) to the map's frame
    seconds: float


@dataclass(frozen=True)
class Finding:
    """A candidate with its attempts by preset, or the sentence that says why there are none."""

    name: str
    path: str
    sha256: str  # of the uncompressed content; empty when it could not be read
    atoms: int
    attempts: Mapping[str, Attempt]
    reason: str | None = None
    description: str = ""  # what the library says of it

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """The reverse of `as_dict`; KeyError, TypeError or ValueError when it is not one."""
        if content["schema"] != SCHEMA:
            raise ValueError(f"schema {content['schema']}")
        attempts = {
            str(preset): Attempt(**{**attempt, "map_from_model": tuple(map(tuple, attempt["map_from_model"]))})
            for preset, attempt in content["attempts"].items()
        }
        known = {key: content[key] for key in ("name", "path", "sha256", "atoms", "reason")}
        finding = cls(attempts=attempts, **known, description=str(content.get("description", "")))
        _require_usable(finding)
        return finding


def _require_usable(finding: Finding) -> None:
    """Raise TypeError or ValueError for what could not be ranked: a result file may hold anything."""
    for record in (finding, *finding.attempts.values()):
        require_declared_types(record)
    if finding.attempts and not 0 < finding.atoms < MOST_ATOMS:
        raise ValueError("no structure has so many atoms")
    for attempt in finding.attempts.values():
        if not abs(attempt.excess) < MOST_EXCESS or "correlation_about_mean" not in attempt.scores:
            raise ValueError("an attempt without its scores")


def result_path(folder: Path, name: str) -> Path:
    """Where the finding of the candidate of this name lies in an output folder."""
    return folder / "results" / f"{name}.json"


def write_finding(path: Path, finding: Finding) -> None:
    """Replace the file in one step; DiffFitError when it cannot be written."""
    with atomic_write(path) as stream:
        stream.write(json.dumps(finding.as_dict()).encode())


def read_finding(path: Path) -> Finding | None:
    """What the file says; None when it is not there or is not whole."""
    try:
        return Finding.from_dict(parse_json(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
