"""Candidates of a scan as the window shows them: the same from a running scan and from a finished folder."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from difffit_core.document.copies import Rows, rows_of
from difffit_core.settings import FitSettings

if TYPE_CHECKING:  # loads numba, which must not happen in the window's thread
    from difffit_core.scan.ranking import Ranking

FOUND = 0.05  # q-value up to which a candidate counts as found, as in the report


@dataclass(frozen=True)
class Candidate:
    """One line of the ranking; numbers are NaN where the candidate could not be searched."""

    name: str
    path: Path
    atoms: int
    rank: int | None = None  # from 1; None when it could not be searched
    score: float = math.nan
    p: float = math.nan
    q: float = math.nan
    excess: float = math.nan
    gap: float = math.nan
    confidence: float = math.nan
    hits: int = 0
    effort: str = ""  # preset of the hardest search
    scores: tuple[tuple[str, float], ...] = ()  # by name
    map_from_model: Rows | None = None  # takes the file's coordinates (Å) to the map's frame
    description: str = ""
    reason: str = ""  # why it could not be searched, a sentence

    @property
    def correlation(self) -> float:
        """About the mean, of the best placement."""
        return dict(self.scores).get("correlation_about_mean", math.nan)

    @property
    def found(self) -> bool:
        """Whether it stands out."""
        return self.q < FOUND


@dataclass(frozen=True)
class ScanTable:
    """All candidates that are known so far, the best first and those that could not be searched last."""

    candidates: tuple[Candidate, ...] = ()
    complete: bool = False

    def find(self, name: str | None) -> Candidate | None:
        """The candidate of this name."""
        return next((candidate for candidate in self.candidates if candidate.name == name), None)

    @property
    def ranked(self) -> tuple[Candidate, ...]:
        """Those that were searched, best first."""
        return tuple(candidate for candidate in self.candidates if candidate.rank is not None)


@dataclass(frozen=True)
class ScanRequest:
    """What is scanned, how, and where the results lie; `settings.preset` is the effort that the best ones get."""

    library: str  # as `list_library` takes it
    map_path: Path
    settings: FitSettings
    folder: Path
    region: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenedScan:
    """A scan as its folder keeps it."""

    request: ScanRequest  # to go on with; its library is empty when the folder does not say what was scanned
    map_sha256: str  # of the uncompressed map
    table: ScanTable
    missing: frozenset[str] = frozenset()  # names of the candidates whose files are not where they were

    @property
    def sentence(self) -> str:
        """What was opened, and what is not there."""
        count, missing = len(self.table.candidates), len(self.missing)
        begin = f"Opened {self.request.folder.name}: {count:,} candidates"
        if not missing:
            return f"{begin}."
        return f"{begin}; the files of {missing:,} are not on this computer: they can be read about, but not shown."


def table_of(ranking: "Ranking") -> ScanTable:
    """The table of a ranking; call it in the worker."""
    from difffit_core.scan.ranking_files import row_as_dict

    rows = [candidate_of(row_as_dict(row)) for row in ranking.rows]
    failed = [
        Candidate(
            finding.name,
            Path(finding.path),
            finding.atoms,
            description=finding.description,
            reason=finding.reason or "",
        )
        for finding in ranking.failed
    ]
    return ScanTable((*rows, *failed), ranking.complete)


def table_from(content: Mapping[str, Any]) -> ScanTable:
    """The table that `ranking.json` holds; KeyError, TypeError or ValueError when it is none."""
    rows = [candidate_of(row) for row in content["candidates"]]
    failed = [candidate_of(row) for row in content["failed"]]
    return ScanTable((*rows, *failed), bool(content["complete"]))


def candidate_of(row: Mapping[str, Any]) -> Candidate:
    """A candidate from a row of `ranking.json`; the failed ones have no more than a path and a reason."""
    path, matrix = Path(str(row["path"])), row.get("map_from_model")
    numbers = {key: float(row.get(key, math.nan)) for key in ("score", "p", "q", "excess", "gap", "confidence")}
    return Candidate(
        str(row.get("name") or PureWindowsPath(path).name.split(".")[0]),
        path,
        int(row.get("atoms", 0)),
        rank=row.get("rank"),
        **numbers,
        hits=int(row.get("hits", 0)),
        effort=str(row.get("effort", "")),
        scores=tuple((str(name), float(value)) for name, value in row.get("scores", {}).items()),
        map_from_model=None if matrix is None else rows_of(matrix),
        description=str(row.get("description") or ""),
        reason=str(row.get("reason") or ""),
    )
