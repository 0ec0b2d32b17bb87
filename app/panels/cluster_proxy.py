"""Sorting and filtering of the table of clusters; pinned rows stay on top and are never filtered out."""

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from app.panels.cluster_filter import Filter
from app.panels.cluster_table import PINNED_ROLE, SORT_ROLE, ClusterModel, ClusterRow, Index


class ClusterProxy(QSortFilterProxyModel):
    """Between the model and the view."""

    def __init__(self, model: ClusterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._filter = Filter()
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)

    def set_filter(self, wanted: Filter) -> None:
        """Show only the rows that this filter accepts."""
        if wanted != self._filter:
            self._filter = wanted
            self.invalidate()

    def shown_rows(self) -> list[ClusterRow]:
        """The rows in the order in which they are shown."""
        return [self._model.rows[self.mapToSource(self.index(row, 0)).row()] for row in range(self.rowCount())]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Pinned rows, and those that the filter accepts."""
        row = self._model.rows[source_row]
        return row.id in self._model.pinned or self._filter.accepts(row)

    def lessThan(self, left: Index, right: Index) -> bool:
        """By value; pinned rows come first whichever way is sorted."""
        pinned, other = bool(left.data(PINNED_ROLE)), bool(right.data(PINNED_ROLE))
        if pinned != other:
            return pinned == (self.sortOrder() == Qt.SortOrder.AscendingOrder)
        return bool(left.data(SORT_ROLE) < right.data(SORT_ROLE))
