"""Which clusters the table shows and in which order: filtered and sorted by whole columns, for tables of any length."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

from app.panels.cluster_filter import Filter
from app.panels.cluster_table import COLUMNS, ClusterRow, Column
from difffit_core.document.session import ClusterId


class ClusterOrder:
    """All rows, and the numbers of those that are shown, from top to bottom; pinned ones come first and always."""

    def __init__(self) -> None:
        self.rows: Sequence[ClusterRow] = ()
        self.pinned: frozenset[ClusterId] = frozenset()
        self.filter = Filter()
        self.column: int | None = None  # sorted by; None: as the fits came, each by rank
        self.descending = False
        self.shown: Int64[ndarray, " row"] = np.arange(0)
        self._values: dict[str, ndarray] = {}  # by column
        self._places: dict[ClusterId, int] = {}  # in `rows`

    def show_rows(self, rows: Sequence[ClusterRow], pinned: frozenset[ClusterId]) -> None:
        """Take other rows, or other ones of them pinned."""
        if rows is not self.rows:
            self.rows, self._values = rows, {}
            self._places = {row.id: number for number, row in enumerate(rows)}
        self.pinned = pinned
        self.arrange()

    def arrange(self) -> None:
        """Filter and sort anew; what is equal stays as the fits came."""
        numbers = np.arange(len(self.rows))
        if self.column is not None and len(numbers):
            values = self.values(COLUMNS[self.column])
            # from the back and turned round: equal ones keep their order downwards, too
            numbers = (
                np.argsort(values[::-1], kind="stable")[::-1] if self.descending else values.argsort(kind="stable")
            )
            numbers = len(self.rows) - 1 - numbers if self.descending else numbers
        pinned = np.zeros(len(numbers), dtype=bool)
        pinned[[self._places[one] for one in self.pinned if one in self._places]] = True
        keep = self.filter.mask(self.rows, self.values) | pinned
        numbers = numbers[keep[numbers]]
        self.shown = np.concatenate([numbers[pinned[numbers]], numbers[~pinned[numbers]]])

    def values(self, column: Column) -> ndarray:
        """The column's value of every row."""
        if column.key not in self._values:
            self._values[column.key] = np.array([column.value(row) for row in self.rows])
        return self._values[column.key]

    def highest(self, column: Column) -> float:
        """The highest value in a column of numbers; 0 when there are none."""
        return float(self.values(column).max()) if len(self.rows) else 0.0

    def place_of(self, wanted: ClusterId) -> int | None:
        """In which line a cluster is shown; None when it is not."""
        found = np.flatnonzero(self.shown == self._places.get(wanted, -1))
        return int(found[0]) if len(found) else None


def _downwards(values: ndarray) -> Int64[ndarray, " row"]:
    """Numbers of the values from the highest to the lowest; equal ones keep their order."""
    return len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
