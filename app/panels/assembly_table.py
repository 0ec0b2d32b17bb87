"""The accepted copies as a table: eye, colour, name, how well each fits, whether its density is out, a note."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from app.icons import SIZES, icon_pixmap, themed_icon
from app.panels.cluster_model import swatch
from app.panels.numbers import fixed
from app.theme import LIGHT, Theme, token
from difffit_core.document.assembly import out_of_date
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import Session

KEY_ROLE = Qt.ItemDataRole.UserRole
EYE, NAME, CORRELATION, CONFIDENCE, DENSITY, NOTE = range(6)
TITLES = ("", "Copy", "Correlation\nabout mean", "Confidence", "Density", "Note")
MEANINGS = (
    "Show or hide the copy.",
    "Double-click to rename; drag a row to reorder.",
    "Correlation about mean where the copy stands; empty while it is not known, after a move by hand.",
    "How far the placement stood out from wrong ones when it was accepted; a moved copy has none.",
    "Whether what the copy explains was taken out of the remaining map.",
    "Double-click to write a note; it is exported, too.",
)
MIME = "application/x-difffit-copy"
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


@dataclass(frozen=True)
class CopyRow:
    """One line of the table."""

    copy: CopyItem
    structure: str
    density: str  # "", "removed" or "out of date"

    @property
    def correlation(self) -> float | None:
        """About the mean; None when it is not known."""
        return dict(self.copy.scores or ()).get("correlation_about_mean")


def copy_rows(session: Session) -> list[CopyRow]:
    """A line for every copy, in the user's order."""
    moved = {key for item in session.maps for key in out_of_date(session, item.key)}
    removed = {removal.copy for item in session.maps for removal in item.removals}
    rows = []
    for copy in session.copies:
        item = session.find_structure(copy.structure)
        density = "out of date" if copy.key in moved else "removed" if copy.key in removed else ""
        rows.append(CopyRow(copy, item.name if item else "", density))
    return rows


class AssemblyModel(QAbstractTableModel):
    """The rows for Qt; edits and drops become signals, because only the document changes copies."""

    renamed = Signal(str, str)  # key, name
    annotated = Signal(str, str)  # key, note
    dropped = Signal(str, int)  # key, its new place in the list without it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CopyRow] = []
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        """Draw the eyes in the theme's colour."""
        self._theme = theme
        self._say_changed()

    def show_rows(self, rows: list[CopyRow]) -> bool:
        """Show these; False when the lines are the same ones, so that what is chosen stays chosen."""
        if [row.copy.key for row in rows] == [row.copy.key for row in self.rows]:
            self.rows = rows
            self._say_changed()
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Copies."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 # Qt's own default
        """Columns."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Role.DisplayRole:
                return TITLES[section]
            case Role.ToolTipRole:
                return MEANINGS[section]
            case Role.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A cell's text, icon and key."""
        row, column = self.rows[index.row()], index.column()
        match role:
            case Role.DisplayRole | Role.EditRole:
                return _text(row, column)
            case Role.DecorationRole if column == EYE:
                return eye_icon("eye" if row.copy.visible else "eye-off", self._theme)
            case Role.DecorationRole if column == NAME:
                return swatch(row.copy.colour)
            case Role.TextAlignmentRole:
                return _alignment(column)
            case Role.ToolTipRole:
                return _tip(row, column)
            case Role.AccessibleTextRole if column == EYE:
                return "shown" if row.copy.visible else "hidden"
        return row.copy.key if role == KEY_ROLE else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """A name or a note was typed."""
        key, text = self.rows[index.row()].copy.key, str(value).strip()
        if index.column() == NOTE:
            self.annotated.emit(key, text)
        elif index.column() == NAME and text:
            self.renamed.emit(key, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names and notes can be edited, rows dragged; drops go between rows."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() in (NAME, NOTE) else usual

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows are moved, never copied."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Only copies of this table are taken."""
        return [MIME]

    def mimeData(self, indexes: Any) -> QMimeData:
        """The key of the first row that is dragged."""
        data = QMimeData()
        if indexes:
            data.setData(MIME, self.rows[indexes[0].row()].copy.key.encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """A row was dropped: the document reorders. Qt must not take the old row away, hence False."""
        key = bytes(data.data(MIME).data()).decode()
        before = [line.copy.key for line in self.rows]
        if key in before:
            place = row if row >= 0 else parent.row() if parent.isValid() else len(before)
            self.dropped.emit(key, place - (before.index(key) < place))
        return False

    def _say_changed(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(TITLES) - 1))


@cache
def eye_icon(name: str, theme: Theme) -> QIcon:
    """An icon that is also seen in a chosen row."""
    icon = QIcon(themed_icon(name, theme))
    for size in SIZES:
        icon.addPixmap(icon_pixmap(name, token(theme, "accent_text"), size), QIcon.Mode.Selected)
    return icon


def _text(row: CopyRow, column: int) -> str:
    copy, correlation = row.copy, row.correlation
    texts = {
        NAME: copy.name,
        CORRELATION: "" if correlation is None else fixed(correlation, 3),
        CONFIDENCE: "" if copy.confidence is None else f"{fixed(100 * copy.confidence, 0)} %",
        DENSITY: row.density,
        NOTE: copy.note,
    }
    return texts.get(column, "")


def _tip(row: CopyRow, column: int) -> str:
    tips = {
        EYE: "Hide this copy" if row.copy.visible else "Show this copy",
        NAME: f"{row.copy.name}, a copy of {row.structure}",
        DENSITY: "It has moved since its density was removed: remove it again." if row.density == "out of date" else "",
        NOTE: row.copy.note,
    }
    return tips.get(column) or MEANINGS[column]


def _alignment(column: int) -> Qt.AlignmentFlag:
    numeric = column in (CORRELATION, CONFIDENCE)
    side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
