"""The whole scan: all candidates a little, the promising ones more, the best ones thoroughly; then the ranking."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from difffit_core.errors import DiffFitError
from difffit_core.events import Job, Message, RankingChanged, StageAdvanced, StageStarted
from difffit_core.files.checksums import Checksum, checksum_of
from difffit_core.scan.case import ScanCase, settle
from difffit_core.scan.examine import Task
from difffit_core.scan.finding import Finding, read_finding, result_path
from difffit_core.scan.library import Source
from difffit_core.scan.output_folder import open_folder
from difffit_core.scan.ranking import EFFORTS, Ranking, best, promising, rank
from difffit_core.scan.runners import Pace, Runner, in_threads, threads_for

Choice = Callable[[Mapping[str, Finding], int], frozenset[str]]
NOTHING = Checksum(0, "")
CHOICES: tuple[Choice, ...] = (lambda findings, seed: frozenset(findings), promising, best)


@dataclass
class _Census:
    """The candidates that differ in content, and the others."""

    sources: list[Source] = field(default_factory=list)
    checksums: dict[str, Checksum] = field(default_factory=dict)  # by name; NOTHING when the file cannot be read
    duplicates: list[tuple[str, str]] = field(default_factory=list)


def scan_library(
    library: Sequence[Source],
    case: ScanCase,
    folder: Path,
    *,
    resume: bool = False,
    runner: Runner | None = None,
) -> Job[Ranking]:
    """Rank a library against a map; one result file per candidate is in the folder as soon as it was searched.

    The settings' preset is the effort that the best candidates get. Not calling `next` pauses the scan after the
    candidates that are being searched; `close` stops it within a fraction of a second, and `resume` continues it.
    Raises DiffFitError when the map cannot be searched or the folder holds another scan.
    """
    threads = threads_for(case.settings.device, case.settings.backend)
    case = yield from settle(case)
    open_folder(folder, case, resume=resume)
    census = yield from _take_census(library)
    if census.duplicates:
        yield Message(f"{len(census.duplicates)} candidates have the same content as others; each is searched once.")
    findings: dict[str, Finding] = {source.name: _unknown(source) for source in census.sources}
    seed = case.settings.seed
    for preset, choose in zip(_efforts(case.settings.preset), CHOICES, strict=False):
        chosen = choose(findings, seed)
        todo = _Todo(case, folder, preset, [source for source in census.sources if source.name in chosen], census)
        yield from _search(todo, findings, runner or in_threads(threads))
    ranking = rank(findings.values(), seed, duplicates=census.duplicates, complete=True)
    yield RankingChanged(ranking)
    return ranking


@dataclass(frozen=True)
class _Todo:
    """The candidates of one stage."""

    case: ScanCase
    folder: Path
    preset: str
    sources: list[Source]
    census: _Census

    def known(self) -> Iterator[Finding]:
        """What earlier runs have found already of the same content."""
        for source in self.sources:
            finding = read_finding(result_path(self.folder, source.name))
            if finding and self.preset in finding.attempts and finding.sha256 == self._sha256(source):
                yield finding

    def tasks(self, but: frozenset[str]) -> Iterator[Task]:
        """One for each of the others, the largest first.

        So what takes longest does not begin last, with the other processors idle, and memory has found its size early.
        """
        for source in sorted(self.sources, key=lambda source: -self.census.checksums[source.name].size):
            if source.name not in but:
                yield Task(self.case, source, self.preset, result_path(self.folder, source.name))

    def _sha256(self, source: Source) -> str:
        return self.census.checksums[source.name].sha256


def _search(todo: _Todo, findings: dict[str, Finding], runner: Runner) -> Job[None]:
    """Carry out one stage; findings are filled in as they come."""
    yield StageStarted(f"scan {todo.preset}", len(todo.sources))
    known = {finding.name: finding for finding in todo.known()}
    findings.update(known)
    done, pace = len(known), Pace()
    yield StageAdvanced(done)
    with closing(runner(todo.tasks(frozenset(known)))) as found:
        for finding in found:
            if finding is not None:
                done += 1
                findings[finding.name] = finding
            yield StageAdvanced(done)
            if finding is not None and pace.due():
                begun = time.monotonic()
                yield RankingChanged(
                    rank(findings.values(), todo.case.settings.seed, duplicates=todo.census.duplicates)
                )
                pace.took(time.monotonic() - begun)


def _take_census(library: Sequence[Source]) -> Job[_Census]:
    """Which candidates differ: known by the checksum of their uncompressed content."""
    yield StageStarted("read library", len(library))
    census, first = _Census(), dict[str, str]()
    for n, source in enumerate(library, 1):
        checksum = _checksum(source.path)
        if checksum.sha256 in first:
            census.duplicates.append((str(source.path), first[checksum.sha256]))
        else:
            census.sources.append(source)
            census.checksums[source.name] = checksum
            if checksum is not NOTHING:
                first[checksum.sha256] = source.name
        if n % 16 == 0 or n == len(library):
            yield StageAdvanced(n)
    return census


def _checksum(path: Path) -> Checksum:
    """NOTHING when the file cannot be read: why, the search will say."""
    try:
        return checksum_of(path)
    except DiffFitError:
        return NOTHING


def _unknown(source: Source) -> Finding:
    return Finding(source.name, str(source.path), "", 0, {}, description=source.description)


def _efforts(most: str) -> tuple[str, ...]:
    return EFFORTS[: EFFORTS.index(most) + 1]
