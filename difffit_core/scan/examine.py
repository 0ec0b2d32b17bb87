"""One candidate through one search; the task that threads and cluster workers carry out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.errors import DiffFitError
from difffit_core.events import Job
from difffit_core.files.checksums import checksum_of_bytes
from difffit_core.files.structure_files import structure_of_source
from difffit_core.files.structure_parsing import load_source, uncompressed
from difffit_core.fit.fit_structure import fit_into
from difffit_core.scan.case import Ground, ScanCase, ground_of
from difffit_core.scan.excess import excess_of
from difffit_core.scan.finding import Attempt, Finding, read_finding, write_finding
from difffit_core.scan.library import Source
from difffit_core.settings import FitSettings


@dataclass(frozen=True)
class Task:
    """A candidate, the effort to search it with, and the file that keeps what was found."""

    case: ScanCase
    source: Source
    preset: str
    result: Path


class StoppedError(Exception):
    """The scan was stopped while a candidate was searched: nothing went wrong."""


def never() -> bool:
    """Nobody wants to stop."""
    return False


def carry_out(task: Task, stopped: Callable[[], bool] = never) -> Finding:
    """Search the candidate and add what was found to its file; raises StoppedError soon after `stopped` says so.

    Whatever is wrong with the candidate becomes the finding's reason. Raises DiffFitError when the map cannot be read
    or the file cannot be written.
    """
    ground = ground_of(task.case)
    finding = examine(task, ground, stopped)
    write_finding(task.result, finding)
    return finding


def examine(task: Task, ground: Ground, stopped: Callable[[], bool] = never) -> Finding:
    """What a search of this effort finds, with earlier attempts at the same content.

    What has been found already, by a worker that died before it could say so, is not searched again.
    """
    source, known = task.source, read_finding(task.result)
    empty = Finding(source.name, str(source.path), "", 0, {}, description=source.description)
    try:
        content = load_source(source.path)
        empty = replace(empty, sha256=checksum_of_bytes(uncompressed(content)).sha256)
        if known is not None and known.sha256 == empty.sha256 and task.preset in known.attempts:
            return known
        structure = structure_of_source(content)
        empty = replace(empty, atoms=len(structure))
        attempt = _attempt(structure, ground, replace(task.case.settings, preset=task.preset), stopped)
    except DiffFitError as error:
        return replace(empty, reason=str(error))
    except (StoppedError, MemoryError):
        raise
    except Exception as error:  # a file that nobody foresaw must not end a scan of thousands
        return replace(empty, reason=f"{source.path.name} cannot be fitted ({type(error).__name__}: {error}).")
    return replace(empty, attempts={**earlier_attempts(known, empty.sha256), task.preset: attempt})


def _attempt(structure: Structure, ground: Ground, settings: FitSettings, stopped: Callable[[], bool]) -> Attempt:
    begun = time.perf_counter()
    fit = fit_into(structure, ground.target, settings, region=ground.region, replayable=False)
    result = _run_until(fit, stopped)
    found, best = excess_of(result, structure, ground.target, settings), result.clusters[0]
    return Attempt(
        excess=found.excess,
        gap=found.gap,
        places=found.places,
        scale=found.scale,
        hits=best.hits,
        confidence=best.confidence,
        scores=best.scores.as_dict(),
        map_from_model=tuple(tuple(map(float, row)) for row in result.map_from_model(0)),
        seconds=time.perf_counter() - begun,
    )


def _run_until(job: Job[FitResult], stopped: Callable[[], bool]) -> FitResult:
    """The job's result, unless it is to stop between two of its events."""
    try:
        while True:
            next(job)
            if stopped():
                raise StoppedError
    except StopIteration as end:
        return end.value
    finally:
        job.close()


def earlier_attempts(known: Finding | None, sha256: str) -> dict[str, Attempt]:
    """What is known of the same content."""
    return dict(known.attempts) if known is not None and known.sha256 == sha256 else {}
