"""Findings as a ranking: scores, p-values and q-values of all candidates, best first."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from difffit_core.scan.finding import Attempt, Finding
from difffit_core.scan.significance import Null, learn_null, q_values

EFFORTS = ("fast", "balanced", "exhaustive")  # presets: all candidates, the promising ones, the best ones
PROMISING = 0.1  # p-value after the first search up to which a candidate is searched harder
FEWEST_PROMISING = 10
BEST = 0.02  # p-value after the second search up to which a candidate is searched hardest
FEWEST_BEST, MOST_BEST = 3, 8
ENOUGH_CONTROLS = 0.9  # of those drawn: until so many have been searched, the first search is all there is to judge by
FEWEST_CONTROLS, SHARE_OF_CONTROLS = 30, 0.05  # candidates drawn by lot for the second search


@dataclass(frozen=True)
class Row:
    """One candidate of a ranking."""

    rank: int  # from 1
    name: str
    path: str
    atoms: int
    score: float  # excess above that of a wrong candidate of its size, in units of their spread
    p: float
    q: float
    effort: str  # the preset of the hardest search
    judged: Attempt  # the one that p is about
    best: Attempt  # the one with the highest correlation
    description: str = ""  # what the library says of it


@dataclass(frozen=True)
class Ranking:
    """All candidates of a library as far as they are known."""

    rows: tuple[Row, ...]  # best first
    failed: tuple[Finding, ...]
    duplicates: tuple[tuple[str, str], ...]  # path, and name of the candidate with the same content
    nulls: tuple[Null, ...]  # of the first search and, once there was one, of the second
    complete: bool = False


@dataclass(frozen=True)
class Judged:
    """Candidates with a first search, and what is to be said of each."""

    findings: tuple[Finding, ...]
    nulls: tuple[Null, ...]
    score: Float64[ndarray, " candidate"]
    first_p: Float64[ndarray, " candidate"]  # after the first search alone
    second_p: Float64[ndarray, " candidate"]  # after the second search, where there was one
    p: Float64[ndarray, " candidate"]


def rank(
    findings: Iterable[Finding],
    seed: int,
    *,
    duplicates: Sequence[tuple[str, str]] = (),
    complete: bool = False,
) -> Ranking:
    """Rank what was found; candidates without any placement are the failed ones."""
    known = list(findings)
    judged = judge(known, seed)
    q = q_values(judged.p)
    order = np.lexsort((-judged.score, judged.p))
    rows = tuple(_row(n, judged, int(k), float(q[k])) for n, k in enumerate(order, 1))
    failed = tuple(f for f in known if f.reason is not None)
    return Ranking(rows, failed, tuple(duplicates), judged.nulls, complete)


def judge(findings: Iterable[Finding], seed: int) -> Judged:
    """Scores and p-values of all candidates that have been searched.

    Those that were searched a second time are judged by that search alone, against what controls reached in it. The
    controls were drawn by lot, so it does no harm that the others were chosen by their first search. A third search can
    only take significance away: who stands out less in it is judged by it, so that no p-value becomes smaller.
    """
    searched = tuple(f for f in findings if EFFORTS[0] in f.attempts)
    atoms = np.array([f.atoms for f in searched], np.float64)
    excess = _excess(searched, EFFORTS[0])
    null = learn_null(excess, atoms)
    first_p, score = null.p_values(excess, atoms), null.score(excess, atoms)
    again = np.array([EFFORTS[1] in f.attempts for f in searched], bool)
    lot = drawn_by_lot([f.name for f in searched], seed)
    controls = np.array([f.name in lot for f in searched], bool) & again
    if not again.any() or controls.sum() < ENOUGH_CONTROLS * len(lot):
        return Judged(searched, (null,), score, first_p, first_p, first_p)
    excess = _excess(searched, EFFORTS[1])
    second = learn_null(excess[controls], atoms[controls])
    least = np.array([f.attempts[judged_by(f)].excess for f in searched], np.float64)
    second_p = np.where(again, second.p_values(excess, atoms), first_p)
    p = np.where(again, second.p_values(least, atoms), first_p)
    score = np.where(again, second.score(least, atoms), score)
    return Judged(searched, (null, second), score, first_p, second_p, p)


def judged_by(finding: Finding) -> str:
    """The search that a candidate's p is about: of the second and third the one in which it stands out less."""
    later = [preset for preset in EFFORTS[1:] if preset in finding.attempts]
    return min(later, key=lambda preset: finding.attempts[preset].excess, default=EFFORTS[0])


def drawn_by_lot(names: Sequence[str], seed: int) -> frozenset[str]:
    """The candidates that serve as controls: the lot does not depend on what was found, nor on any order."""
    count = max(FEWEST_CONTROLS, round(SHARE_OF_CONTROLS * len(names)))
    return frozenset(sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())[:count])


def promising(findings: Mapping[str, Finding], seed: int) -> frozenset[str]:
    """Names of the candidates that deserve the second search, and of the controls."""
    judged = judge(findings.values(), seed)
    chosen = _best_of(judged, judged.first_p, PROMISING, FEWEST_PROMISING, len(findings))
    return chosen | drawn_by_lot([f.name for f in judged.findings], seed)


def best(findings: Mapping[str, Finding], seed: int) -> frozenset[str]:
    """Names of the candidates that deserve the hardest search."""
    judged = judge(findings.values(), seed)
    return _best_of(judged, judged.second_p, BEST, FEWEST_BEST, MOST_BEST)  # the same, however many are done already


def _best_of(judged: Judged, p: Float64[ndarray, " candidate"], below: float, fewest: int, most: int) -> frozenset[str]:
    count = int(np.clip((p <= below).sum(), fewest, most))
    return frozenset(judged.findings[k].name for k in np.argsort(p, kind="stable")[:count])


def _excess(findings: Sequence[Finding], preset: str) -> Float64[ndarray, " candidate"]:
    """Of the search with this preset; 0 where there was none."""
    return np.array([f.attempts[preset].excess if preset in f.attempts else 0.0 for f in findings], np.float64)


def _row(number: int, judged: Judged, k: int, q: float) -> Row:
    finding = judged.findings[k]
    efforts = [preset for preset in EFFORTS if preset in finding.attempts]
    return Row(
        rank=number,
        name=finding.name,
        path=finding.path,
        atoms=finding.atoms,
        score=float(judged.score[k]),
        p=float(judged.p[k]),
        q=q,
        effort=efforts[-1],
        judged=finding.attempts[judged_by(finding)],
        best=max(finding.attempts.values(), key=lambda attempt: attempt.scores["correlation_about_mean"]),
        description=finding.description,
    )
