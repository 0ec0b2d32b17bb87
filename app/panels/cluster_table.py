"""Clusters as a table: which columns there are, how each is written, and what each means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap

from app.panels.numbers import fixed, significant
from app.theme import Colour, qcolour
from difffit_core.data.results import Cluster
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import ClusterId, Session

SORT_ROLE = Qt.ItemDataRole.UserRole
ID_ROLE = Qt.ItemDataRole.UserRole + 1
BAR_ROLE = Qt.ItemDataRole.UserRole + 2  # length of the bar in the cell, 0 to 1; None for no bar
PINNED_ROLE = Qt.ItemDataRole.UserRole + 3
ACCEPTED_ROLE = Qt.ItemDataRole.UserRole + 4  # colour of the copy that stands in this cluster; None when none does

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ClusterRow:
    """One line of the table."""

    id: ClusterId
    rank: int
    structure: str
    colour: Colour
    cluster: Cluster = field(compare=False)


@dataclass(frozen=True)
class Column:
    """A column: its title, what it means, its value for sorting and copying, and how that is written."""

    key: str
    title: str
    meaning: str
    value: Callable[[ClusterRow], Any]
    text: Callable[[Any], str]
    width: int  # pixels
    numeric: bool = True
    shown: bool = True  # at first
    bar: str = ""  # `share`: the value is one; `column`: relative to the highest value in the column

    @property
    def best_first(self) -> bool:
        """Whether a first click on the title sorts downwards: a high number is a good one."""
        return self.numeric and self.key != "rank"


def _score(name: str) -> Callable[[ClusterRow], float]:
    return lambda row: float(getattr(row.cluster.scores, name))


def _three(value: float) -> str:
    return fixed(value, 3)


def _percent(value: float) -> str:
    return f"{fixed(100 * value, 0)} %"


COLUMNS: tuple[Column, ...] = (
    Column("rank", "#", "Rank within its fit: 1 is the best placement.", lambda r: r.rank, str, 36),
    Column(
        "structure",
        "Structure",
        "The structure that was placed.",
        lambda r: r.structure,
        str,
        80,
        numeric=False,
    ),
    Column(
        "hits",
        "Hits",
        "How many independent climbs ended in this place. Many hits mean that the place is easy to find,\n"
        "not that it is right.",
        lambda r: r.cluster.hits,
        lambda value: f"{value:,}",
        44,
        bar="column",
    ),
    Column(
        "confidence",
        "Confidence",
        "How far this placement stands out from the best wrong ones.\n"
        "Near 100 %: it stands alone. Near 0 %: other places are about as good.",
        lambda r: r.cluster.confidence,
        _percent,
        76,
        bar="share",
    ),
    Column(
        "correlation_about_mean",
        "Correlation\nabout mean",
        "Pearson correlation between the map and the density simulated from the structure (CC, CCC in papers).\n"
        "1 is a perfect match, 0 is chance. Clusters are ranked by it.",
        _score("correlation_about_mean"),
        _three,
        76,
        bar="share",
    ),
    Column(
        "correlation",
        "Correlation",
        "Cosine between map and simulated density, about zero. Higher is better, but it is also high\n"
        "where the map is merely dense.",
        _score("correlation"),
        _three,
        76,
        bar="share",
        shown=False,
    ),
    Column(
        "mean_overlap",
        "Mean\noverlap",
        "Mean product of map and simulated density at the atoms. Compare it within one map only.",
        _score("mean_overlap"),
        significant,
        68,
        bar="column",
        shown=False,
    ),
    Column(
        "mean_density",
        "Mean\ndensity",
        "Mean map value at the atoms, in map units.",
        _score("mean_density"),
        significant,
        68,
        bar="column",
        shown=False,
    ),
    Column(
        "fraction_inside",
        "Inside",
        "Share of the atoms above the contour level. A right placement has nearly all of them inside,\n"
        "if the level is right.",
        _score("fraction_inside"),
        _percent,
        56,
        bar="share",
    ),
    Column(
        "correlation_about_mean_at_atoms",
        "Correlation\nat atoms",
        "Pearson correlation at the positions of the atoms only, as DiffFit was published with. It says less than\n"
        "the correlation about mean, because it does not see density where the structure has none.",
        _score("correlation_about_mean_at_atoms"),
        _three,
        76,
        bar="share",
        shown=False,
    ),
)


def column_number(key: str) -> int:
    """Where the column with this key stands."""
    return next(number for number, column in enumerate(COLUMNS) if column.key == key)


def rows_of(session: Session) -> list[ClusterRow]:
    """A line for every cluster of every fit, in the order of the fits and of their ranks."""
    rows = []
    for fit in session.fits:
        structure = session.find_structure(fit.structure)
        if structure is None:
            continue
        for index, cluster in enumerate(fit.result.clusters):
            rows.append(
                ClusterRow(ClusterId(fit.key, index), index + 1, structure.name, structure.colour, cluster)
            )  # fmt: skip
    return rows


def as_tsv(rows: list[ClusterRow]) -> str:
    """The rows with full numbers, separated by tabs, under a line of column names."""
    lines = ["\t".join(column.key for column in COLUMNS)]
    lines += ["\t".join(str(column.value(row)) for column in COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"


class ClusterModel(QAbstractTableModel):
    """The rows for Qt's views; sorted by a proxy over SORT_ROLE."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ClusterRow] = []  # pinned ones first
        self.pinned: frozenset[ClusterId] = frozenset()
        self._accepted: dict[ClusterId, CopyItem] = {}
        self._highest: dict[str, float] = {}  # by column

    def show_rows(self, rows: list[ClusterRow], pinned: frozenset[ClusterId] = frozenset()) -> None:
        """Show other rows, or other ones of them pinned."""
        self.beginResetModel()
        self.pinned = pinned
        self.rows = sorted(rows, key=lambda row: row.id not in pinned)
        self._highest = {
            column.key: max((float(column.value(row)) for row in rows), default=0.0)
            for column in COLUMNS
            if column.bar == "column"
        }
        self.endResetModel()

    def show_accepted(self, accepted: dict[ClusterId, CopyItem]) -> None:
        """Mark the clusters in which copies stand."""
        if accepted != self._accepted:
            self._accepted = accepted
            if self.rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def bar(self, row: ClusterRow, column: Column) -> float | None:
        """How long the bar in a cell is, 0 to 1."""
        if not column.bar:
            return None
        highest = self._highest.get(column.key, 1.0)
        return min(1.0, max(0.0, float(column.value(row)) / highest)) if highest > 0 else 0.0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Clusters."""
        return 0 if parent.isValid() else len(self.rows)

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
        """A cell's text, alignment, sort value and swatch."""
        row, column = self.rows[index.row()], COLUMNS[index.column()]
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
        """What only our own delegate and proxy ask for."""
        match role:
            case _ if role == SORT_ROLE:
                return column.value(row)
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
