"""The view of the clusters: bars in cells, chosen columns, keys."""

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.panels.cluster_model import ACCEPTED_ROLE, BAR_ROLE, PINNED_ROLE, Index
from app.panels.cluster_table import COLUMNS, column_number
from app.theme import LIGHT, Theme, qcolour, token
from app.widgets.arranged import show_as_rows
from app.widgets.labels import smaller

STRUCTURE = column_number("structure")
SWATCH_ROOM, WIDEST_NAME = 34, 118  # pixels
PIN_SIZE = 5.0  # pixels


class CellPainter(QStyledItemDelegate):
    """Draws a quiet bar under numbers that have one, and a mark in pinned rows."""

    theme: Theme = LIGHT

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell as usual, then bar and mark."""
        super().paint(painter, option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        colour = QColor(token(self.theme, "accent_text" if chosen else "accent"))
        share = index.data(BAR_ROLE)
        if share is not None:
            colour.setAlphaF(0.75)
            room = QRectF(option.rect).adjusted(6, 0, -6, -3)
            painter.fillRect(QRectF(room.left(), room.bottom() - 2, room.width() * float(share), 2), colour)
        accepted = index.data(ACCEPTED_ROLE) if index.column() == 0 else None
        if accepted is not None:
            self._draw_check(painter, option, QColor(token(self.theme, "accent_text")) if chosen else qcolour(accepted))
        if index.column() == 0 and index.data(PINNED_ROLE):
            painter.fillRect(QRectF(option.rect.left(), option.rect.top() + 3, 3, option.rect.height() - 6), colour)

    def _draw_check(self, painter: QPainter, option: QStyleOptionViewItem, colour: QColor) -> None:
        """A check mark in the colour of the copy that was accepted here."""
        corner = QPointF(option.rect.left() + 6, option.rect.center().y() + 0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline([corner, corner + QPointF(2.6, 2.8), corner + QPointF(7.4, -3.4)])
        painter.restore()


class ClusterTable(QTableView):
    """The view; Ctrl+C copies the chosen rows, Shift and Ctrl choose several."""

    copy_pressed = Signal()
    columns_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Clusters")
        show_as_rows(self, 25)
        self.setSortingEnabled(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.cells = CellPainter(self)
        self.setItemDelegate(self.cells)
        header = self.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_columns)

    def fit_columns(self) -> None:
        """Column widths that show every number in full; the less important columns hidden."""
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setFont(smaller(header.font()))
        for number, column in enumerate(COLUMNS):
            lines = column.title.split("\n")
            title = max(header.fontMetrics().horizontalAdvance(line) for line in lines)
            self.setColumnWidth(number, max(column.width, title + 24))
            self.setColumnHidden(number, not column.shown)

    @property
    def columns(self) -> list[str]:
        """Keys of the columns that are shown."""
        return [column.key for number, column in enumerate(COLUMNS) if not self.isColumnHidden(number)]

    def show_columns(self, keys: list[str]) -> None:
        """Show these columns; the first one always."""
        for number, column in enumerate(COLUMNS):
            self.setColumnHidden(number, number > 0 and column.key not in keys)

    def show_frame(self, shown: bool) -> None:
        """Titles and scroll bar only where there is something to read and to scroll."""
        self.horizontalHeader().setVisible(shown)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if shown else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(policy)

    def show_names(self, longest: str) -> None:
        """Make room for names of this length, within reason."""
        column = COLUMNS[STRUCTURE]
        wanted = self.fontMetrics().horizontalAdvance(longest) + SWATCH_ROOM
        self.setColumnWidth(STRUCTURE, min(WIDEST_NAME, max(column.width, wanted)))

    def column_menu(self) -> QMenu:
        """A mark for every column that is shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for number, column in enumerate(COLUMNS):
            action = menu.addAction(column.title.replace("\n", " "))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.setEnabled(number > 0)
            action.setToolTip(column.meaning)
            action.toggled.connect(lambda shown, number=number: self._show_column(number, shown))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on the platform's shortcut."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        else:
            super().keyPressEvent(event)

    def _show_column(self, number: int, shown: bool) -> None:
        self.setColumnHidden(number, not shown)
        self.columns_changed.emit()

    def _ask_columns(self, point: QPoint) -> None:
        self.column_menu().popup(self.horizontalHeader().viewport().mapToGlobal(point))
