"""Candidates as a table: which columns there are, how each is written, and what each means."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.panels.numbers import fixed
from app.scan_table import Candidate

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
EFFORTS = ("fast", "balanced", "exhaustive")  # from the least to the most
SMALLEST = 1e-300  # p-values below cannot be told from 0


@dataclass(frozen=True)
class Column:
    """A column: its title, what it means, its value for sorting, and how that is written."""

    key: str
    title: str
    meaning: str
    value: Callable[[Candidate], float | str]
    text: Callable[[Candidate], str]
    width: int  # pixels
    falling: bool = False  # the highest value is the best


def probability(value: float) -> str:
    """A probability as people write it: 0.34, 0.002, 2·10⁻¹³."""
    if not math.isfinite(value):
        return "–"
    if value >= 0.0995:
        return f"{value:.2f}"
    if value >= 0.00095:
        return f"{value:.3f}"
    digit, power = f"{max(value, SMALLEST):.0e}".split("e")
    return f"{digit}·10{str(int(power)).translate(SUPERSCRIPT)}"


def effort_level(candidate: Candidate) -> int:
    """How hard it was searched: 1 to 3, 0 not at all."""
    return EFFORTS.index(candidate.effort) + 1 if candidate.effort in EFFORTS else 0


def _rank(candidate: Candidate) -> float:
    return math.inf if candidate.rank is None else candidate.rank


def _two_lines(candidate: Candidate, upper: str, lower: str) -> str:
    return "–" if candidate.rank is None else f"{upper}\n{lower}"


COLUMNS: tuple[Column, ...] = (
    Column("rank", "#", "Rank: 1 is the candidate that stands out most.", _rank, lambda c: str(c.rank or "–"), 32),
    Column(
        "name",
        "Candidate",
        "The structure, and what is known about it.",
        lambda c: c.name.lower(),
        lambda c: c.name,
        150,
    ),
    Column(
        "atoms",
        "Atoms",
        "Atoms other than hydrogen and water.",
        lambda c: c.atoms,
        lambda c: f"{c.atoms:,}" if c.atoms else "–",
        60,
        True,
    ),
    Column(
        "score",
        "Score",
        "How far the best placement rises above what wrong candidates of this size reach, in units of their spread;\n"
        "below it the correlation about the mean (cc), which small candidates reach by chance.",
        lambda c: c.score,
        lambda c: _two_lines(c, fixed(c.score, 1), f"cc {fixed(c.correlation, 2)}"),
        58,
        True,
    ),
    Column(
        "p",
        "p, q",
        "p: probability that a wrong candidate scores as high as this one.\n"
        "q: share of wrong ones among all candidates at least as good (Benjamini–Hochberg); below 0.05 it is found.",
        lambda c: c.p,
        lambda c: _two_lines(c, probability(c.p), f"q {probability(c.q)}"),
        76,
    ),
    Column(
        "effort",
        "Search",
        "How hard it was searched: all candidates a little (one dot), promising ones more, the best thoroughly.",
        effort_level,
        lambda c: c.effort,
        54,
        True,
    ),
)


def column_number(key: str) -> int:
    """Where the column with this key stands."""
    return next(number for number, column in enumerate(COLUMNS) if column.key == key)
