"""The candidates for Qt's views: rows stay where they are while a scan runs, only what differs is told."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from app.panels.scan_columns import COLUMNS, column_number
from app.scan_pictures import CandidatePictures
from app.scan_table import FOUND, Candidate, ScanTable

CANDIDATE_ROLE = Qt.ItemDataRole.UserRole
MISSING_ROLE = Qt.ItemDataRole.UserRole + 1  # whether the candidate's file is not there
NAME = column_number("name")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class ScanModel(QAbstractTableModel):
    """One row for every candidate, in the order in which they became known; a proxy sorts and filters."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.candidates: list[Candidate] = []
        self.missing: frozenset[str] = frozenset()
        self._places: dict[str, int] = {}  # by name

    def begin(self, table: ScanTable, missing: frozenset[str] = frozenset()) -> None:
        """Show another scan."""
        self.beginResetModel()
        self.missing = missing
        self.candidates = list(table.candidates)
        self._places = {candidate.name: place for place, candidate in enumerate(self.candidates)}
        self.endResetModel()

    def update(self, table: ScanTable) -> None:
        """Show the same scan as it stands now; rows of candidates that nobody knows any more stay."""
        known = [candidate for candidate in table.candidates if candidate.name in self._places]
        changed = [place for candidate in known if self.candidates[place := self._places[candidate.name]] != candidate]
        for candidate in known:
            self.candidates[self._places[candidate.name]] = candidate
        if changed:
            self.dataChanged.emit(self.index(min(changed), 0), self.index(max(changed), len(COLUMNS) - 1))
        self._append([candidate for candidate in table.candidates if candidate.name not in self._places])

    def show_picture(self, name: str) -> None:
        """The picture of a candidate has been made."""
        if name in self._places:
            cell = self.index(self._places[name], NAME)
            self.dataChanged.emit(cell, cell, [Qt.ItemDataRole.DecorationRole])

    def place_of(self, name: str) -> QModelIndex:
        """The first cell of a candidate; invalid when there is none of this name."""
        return self.index(self._places[name], 0) if name in self._places else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Candidates."""
        return 0 if parent.isValid() else len(self.candidates)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return column.meaning
            case Qt.ItemDataRole.TextAlignmentRole:
                return LEFT if section == NAME else RIGHT
            case Qt.ItemDataRole.InitialSortOrderRole:
                return Qt.SortOrder.DescendingOrder if column.falling else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text and alignment, and the candidate itself for those who draw it."""
        candidate = self.candidates[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[index.column()].text(candidate)
            case Qt.ItemDataRole.TextAlignmentRole:
                return LEFT if index.column() == NAME else RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return self.sentence(candidate)
            case _ if role == CANDIDATE_ROLE:
                return candidate
            case _ if role == MISSING_ROLE:
                return candidate.name in self.missing
        return None

    def sentence(self, candidate: Candidate) -> str:
        """What there is to say about a candidate beside its numbers."""
        if candidate.reason:
            return candidate.reason
        if candidate.name in self.missing:
            return f"{candidate.path} is not on this computer: its numbers stand, but it cannot be shown or opened."
        return " · ".join(part for part in (candidate.description, str(candidate.path)) if part)

    def _append(self, fresh: list[Candidate]) -> None:
        if not fresh:
            return
        first = len(self.candidates)
        self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self.candidates += fresh
        self._places |= {candidate.name: first + n for n, candidate in enumerate(fresh)}
        self.endInsertRows()


@dataclass(frozen=True)
class ScanFilter:
    """Which candidates are shown."""

    words: tuple[str, ...] = ()  # that all occur in name or description
    kind: str = "all"  # or found, better (q < 0.01), failed, protein, nucleic
    fewest: int = 0  # atoms
    most: int | None = None

    def accepts(self, candidate: Candidate, kind: str) -> bool:
        """Whether the candidate is shown; `kind` is protein, nucleic, mixed or empty."""
        text = f"{candidate.name} {candidate.description}".lower()
        size = candidate.atoms >= self.fewest and (self.most is None or candidate.atoms <= self.most)
        return size and all(word in text for word in self.words) and self._accepts_kind(candidate, kind)

    def _accepts_kind(self, candidate: Candidate, kind: str) -> bool:
        match self.kind:
            case "found":
                return candidate.q < FOUND
            case "better":
                return candidate.q < FOUND / 5
            case "failed":
                return candidate.rank is None
            case "protein" | "nucleic":
                return kind in (self.kind, "mixed")
        return True


class ScanProxy(QSortFilterProxyModel):
    """Sorts and filters; those that could not be searched come last whichever way is sorted."""

    def __init__(self, model: ScanModel, pictures: CandidatePictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._pictures, self._filter = model, pictures, ScanFilter()
        self.setSourceModel(model)

    def set_filter(self, wanted: ScanFilter) -> None:
        """Show only the candidates that this filter accepts."""
        if wanted != self._filter:
            self._filter = wanted
            self.invalidate()

    def shown(self) -> list[Candidate]:
        """The candidates in the order in which they are shown."""
        rows = range(self.rowCount())
        return [self._model.candidates[self.mapToSource(self.index(row, 0)).row()] for row in rows]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """What the filter accepts."""
        candidate = self._model.candidates[source_row]
        return self._filter.accepts(candidate, self._pictures.kinds.get(candidate.name, ""))

    def lessThan(self, left: Index, right: Index) -> bool:
        """By value, then by rank and name, so that the order is always the same."""
        a, b = self._model.candidates[left.row()], self._model.candidates[right.row()]
        if a.rank is None or b.rank is None:
            first = (a.rank is None, a.name) < (b.rank is None, b.name)
            return first == (self.sortOrder() == Qt.SortOrder.AscendingOrder)
        value = COLUMNS[left.column()].value
        return bool((value(a), a.rank) < (value(b), b.rank))
