"""The clusters for Qt's views."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap

from app.panels.cluster_filter import Filter
from app.panels.cluster_order import ClusterOrder
from app.panels.cluster_table import COLUMNS, ClusterRow, Column
from app.theme import Colour, qcolour
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import ClusterId

ID_ROLE = Qt.ItemDataRole.UserRole
BAR_ROLE = Qt.ItemDataRole.UserRole + 1  # length of the bar in the cell, 0 to 1; None for no bar
PINNED_ROLE = Qt.ItemDataRole.UserRole + 2
ACCEPTED_ROLE = Qt.ItemDataRole.UserRole + 3  # colour of the copy that stands in this cluster; None when none does

Index = QModelIndex | QPersistentModelIndex


class ClusterModel(QAbstractTableModel):
    """What is shown of the rows, for Qt's views.

    It sorts and filters by itself: Qt's own proxy compares row by row in Python, 20,000 rows in ten seconds.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order = ClusterOrder()
        self._accepted: dict[ClusterId, CopyItem] = {}
        self._highest: dict[str, float] = {}  # by column

    @property
    def rows(self) -> Sequence[ClusterRow]:
        """All rows, shown or not."""
        return self._order.rows

    @property
    def pinned(self) -> frozenset[ClusterId]:
        """The clusters that stay on top and are never filtered out."""
        return self._order.pinned

    def show_rows(self, rows: Sequence[ClusterRow], pinned: frozenset[ClusterId] = frozenset()) -> None:
        """Show other rows, or other ones of them pinned."""
        self.beginResetModel()
        self._order.show_rows(rows, pinned)
        self._highest = {column.key: self._order.highest(column) for column in COLUMNS if column.bar == "column"}
        self.endResetModel()

    def set_filter(self, wanted: Filter) -> None:
        """Show only the rows that this filter accepts."""
        if wanted != self._order.filter:
            self.beginResetModel()
            self._order.filter = wanted
            self._order.arrange()
            self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, or, when it is negative, as the fits came; the chosen rows stay chosen."""
        self.layoutAboutToBeChanged.emit()
        before, indexes = self._order.shown, self.persistentIndexList()
        self._order.column = column if column >= 0 else None
        self._order.descending = order == Qt.SortOrder.DescendingOrder
        self._order.arrange()
        place = np.empty(len(self.rows), dtype=np.int64)
        place[self._order.shown] = np.arange(len(before))
        moved = [self.index(int(place[before[index.row()]]), index.column()) for index in indexes]
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()

    def shown_rows(self) -> list[ClusterRow]:
        """The rows in the order in which they are shown."""
        return [self.rows[number] for number in self._order.shown]

    def index_of(self, wanted: ClusterId | None) -> QModelIndex:
        """The first cell of a cluster's row; an invalid one when it is not shown."""
        place = None if wanted is None else self._order.place_of(wanted)
        return QModelIndex() if place is None else self.index(place, 0)

    def show_accepted(self, accepted: dict[ClusterId, CopyItem]) -> None:
        """Mark the clusters in which copies stand."""
        if accepted != self._accepted:
            self._accepted = accepted
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))

    def bar(self, row: ClusterRow, column: Column) -> float | None:
        """How long the bar in a cell is, 0 to 1."""
        if not column.bar:
            return None
        highest = self._highest.get(column.key, 1.0)
        return min(1.0, max(0.0, float(column.value(row)) / highest)) if highest > 0 else 0.0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Clusters that are shown."""
        return 0 if parent.isValid() else len(self._order.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.meaning
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.best_first else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, alignment and swatch."""
        row, column = self.rows[self._order.shown[index.row()]], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(column.value(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.DecorationRole if column.key == "structure":
                return swatch(row.colour)
            case Qt.ItemDataRole.ToolTipRole:
                return row.structure if column.key == "structure" else self._explained(row, column)
        return self._own_data(row, column, role)

    def _explained(self, row: ClusterRow, column: Column) -> str:
        if column.key == "rank" and row.id in self._accepted:
            return f"Accepted as {self._accepted[row.id].name}."
        return f"{column.title.replace(chr(10), ' ')} {column.text(column.value(row))}\n{column.meaning}"

    def _own_data(self, row: ClusterRow, column: Column, role: int) -> Any:
        """What only our own delegate and panel ask for."""
        match role:
            case _ if role == BAR_ROLE:
                return self.bar(row, column)
            case _ if role == PINNED_ROLE:
                return row.id in self.pinned
            case _ if role == ACCEPTED_ROLE:
                return self._accepted[row.id].colour if row.id in self._accepted else None
        return row.id if role == ID_ROLE else None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def swatch(colour: Colour) -> QIcon:
    """A square in the colour; the same in a chosen row, where Qt would tint it."""
    pixmap = QPixmap(9, 9)
    pixmap.fill(qcolour(colour))
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
