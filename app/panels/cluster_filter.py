"""What is typed above the table of clusters: words to look for, and conditions such as `confidence > 0.5`."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from app.panels.cluster_table import COLUMNS, ClusterRow, Column, column_number

COMPARISONS: dict[str, Callable[[ndarray, float], ndarray]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "≤": operator.le,
    "≥": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
OTHER_NAMES = {
    "#": "rank",
    "name": "structure",
    "cc": "correlation_about_mean",
    "ccc": "correlation_about_mean",
    "overlap": "mean_overlap",
    "density": "mean_density",
    "inside": "fraction_inside",
}
CONDITION = re.compile(r"^(?P<name>[^<>=!≤≥]+?)\s*(?P<sign><=|>=|!=|≤|≥|<|>|==?)\s*(?P<value>.+)$")


class FilterError(ValueError):
    """The text cannot be understood; the message says what would be."""


@dataclass(frozen=True)
class Condition:
    """A numeric column compared with a number."""

    column: Column
    sign: str
    value: float

    def mask(self, values: ndarray) -> Bool[ndarray, " row"]:
        """Which of the column's values fulfil it."""
        return COMPARISONS[self.sign](values.astype(np.float64), self.value)


@dataclass(frozen=True)
class Filter:
    """Conditions that must all hold and words that must all occur in the structure's name."""

    conditions: tuple[Condition, ...] = ()
    words: tuple[str, ...] = ()

    def mask(self, rows: Sequence[ClusterRow], values: Callable[[Column], ndarray]) -> Bool[ndarray, " row"]:
        """Which rows are shown; `values` gives a column's value of each."""
        shown = np.ones(len(rows), dtype=bool)
        for condition in self.conditions:
            shown &= condition.mask(values(condition.column))
        for word in self.words:
            shown &= np.array([word in row.structure.lower() for row in rows], dtype=bool)
        return shown


def parse_filter(text: str) -> Filter:
    """The filter that a text means; parts are separated by commas, `and` or `&`."""
    conditions: list[Condition] = []
    words: list[str] = []
    for part in re.split(r",|&|\band\b", text, flags=re.IGNORECASE):
        part = part.strip()
        match = CONDITION.match(part)
        if match:
            conditions.append(_condition(match["name"], match["sign"], match["value"]))
        else:
            words += _words(part)
    return Filter(tuple(conditions), tuple(words))


def _words(part: str) -> list[str]:
    """Words to look for in names; a condition that is still being typed is none."""
    names = {column.key for column in COLUMNS if column.numeric} | set(OTHER_NAMES)
    if any(sign in part for sign in "<>=≤≥") or "_".join(part.lower().split()) in names:
        raise FilterError("Go on with a comparison and a number, as in confidence > 0.5.")
    return part.lower().split()


def _condition(name: str, sign: str, value: str) -> Condition:
    column = _column(name)
    if not column.numeric:
        raise FilterError(f"{name.strip()} is no number; type a part of the name alone.")
    try:
        number = float(value.strip().rstrip("%").replace("−", "-"))
    except ValueError:
        raise FilterError(f"“{value.strip()}” is not a number; write for example confidence > 0.5.") from None
    return Condition(column, "=" if sign == "==" else sign, number / 100 if value.strip().endswith("%") else number)


def _column(name: str) -> Column:
    """The column of this name, of one of its other names, or of the only name that begins like this."""
    key = "_".join(name.lower().split())
    key = OTHER_NAMES.get(key, key)
    exact = [column for column in COLUMNS if column.key == key]
    begins = exact or [column for column in COLUMNS if column.key.startswith(key)]
    if not begins:
        raise FilterError(f"There is no column “{name.strip()}”; try confidence, hits, correlation or rank.")
    return min(begins, key=lambda column: column_number(column.key))
