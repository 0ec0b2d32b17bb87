"""The table of clusters; the row that is chosen says where its structure stands."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRectF, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.panels.cluster_table import (
    COLUMNS,
    ID_ROLE,
    SORT_ROLE,
    ClusterModel,
    ClusterRow,
    Index,
    as_tsv,
    column_number,
    rows_of,
)
from app.theme import LIGHT, Theme, token
from app.widgets.labels import muted, smaller
from difffit_core.document.commands import RemoveFit, SelectCluster
from difffit_core.document.session import ClusterId, Session

NOTHING_FITTED = "Fit a structure, and the places where it may belong\nare listed here, the best first."
NOTHING_FOUND = "The fit found no place for the structure.\nTry the exhaustive search, or another contour level."

CONFIDENCE, STRUCTURE = column_number("confidence"), column_number("structure")
SWATCH_ROOM, WIDEST_NAME = 34, 130  # pixels


class ShareBar(QStyledItemDelegate):
    """Draws a share (0 to 1) as a quiet bar behind its number."""

    theme: Theme = LIGHT

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the bar, then the cell as usual."""
        super().paint(painter, option, index)
        share = min(1.0, max(0.0, float(index.data(SORT_ROLE) or 0.0)))
        room = QRectF(option.rect).adjusted(6, 0, -6, -3)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        colour = QColor(token(self.theme, "accent_text" if chosen else "accent"))
        colour.setAlphaF(0.75)
        painter.fillRect(QRectF(room.left(), room.bottom() - 2, room.width() * share, 2), colour)


class ClusterTable(QTableView):
    """The view; Ctrl+C copies the chosen rows."""

    copy_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(25)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def fit_columns(self) -> None:
        """Column widths that show every number in full."""
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setFont(smaller(header.font()))
        for number, column in enumerate(COLUMNS):
            lines = column.title.split("\n")
            title = max(header.fontMetrics().horizontalAdvance(line) for line in lines)
            self.setColumnWidth(number, max(column.width, title + 26))

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on the platform's shortcut."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        else:
            super().keyPressEvent(event)


class ClustersPanel(QWidget):
    """Table, summary and what can be done with a placement."""

    save_pressed = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.model = ClusterModel(self)
        self.proxy = QSortFilterProxyModel(self)
        self.proxy.setSourceModel(self.model)
        self.proxy.setSortRole(SORT_ROLE)
        self.table = ClusterTable()
        self.table.setModel(self.proxy)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as the fits came, each by rank
        self.table.horizontalHeader().setSortIndicatorClearable(True)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self.table.scrollToTop)
        self.table.fit_columns()
        self._bar = ShareBar(self.table)
        self.table.setItemDelegateForColumn(CONFIDENCE, self._bar)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.copy_pressed.connect(self._copy_chosen)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._lay_out()
        document.changed.connect(self._follow)
        self._show_summary(document.session)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._bar.theme = theme
        self.table.viewport().update()

    @property
    def chosen(self) -> ClusterId | None:
        """The cluster of the current row."""
        value = self.table.currentIndex().data(ID_ROLE)
        return value if isinstance(value, ClusterId) else None

    def shown_rows(self) -> list[ClusterRow]:
        """The rows in the order in which they are shown."""
        order = [self.proxy.mapToSource(self.proxy.index(row, 0)).row() for row in range(self.proxy.rowCount())]
        return [self.model.rows[number] for number in order]

    def copy_all(self) -> None:
        """Put the whole table on the clipboard, separated by tabs."""
        QGuiApplication.clipboard().setText(as_tsv(self.shown_rows()))

    def step(self, rows: int) -> None:
        """Go down by so many rows (up when negative), as far as there are any."""
        row = min(max(0, self.table.currentIndex().row() + rows), self.proxy.rowCount() - 1)
        self.table.setCurrentIndex(self.proxy.index(row, 0))

    def show_cluster(self, chosen: ClusterId | None) -> None:
        """Make this cluster's row the current one, without choosing it anew."""
        selection = self.table.selectionModel()
        blocked = selection.blockSignals(True)
        if chosen is None:
            selection.clear()
        for row in range(self.proxy.rowCount() if chosen else 0):
            index = self.proxy.index(row, 0)
            if index.data(ID_ROLE) == chosen:
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                selection.setCurrentIndex(index, flags)
                self.table.scrollTo(index)
        selection.blockSignals(blocked)
        self.table.viewport().update()
        self.save.setEnabled(self.chosen is not None)

    def _lay_out(self) -> None:
        self.summary = muted()
        self.save = QPushButton("Save placed structure …")
        self.save.setToolTip("Write the structure where it stands now, as mmCIF or PDB (Ctrl+S)")
        self.save.clicked.connect(self.save_pressed)
        self.copy = QPushButton("Copy table")
        self.copy.setToolTip("Copy all rows with full numbers, to paste into a spreadsheet")
        self.copy.clicked.connect(self.copy_all)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 8, 10, 10)
        foot.setSpacing(8)
        foot.addWidget(self.save)
        foot.addWidget(self.copy)
        foot.addStretch()
        foot.addWidget(self.summary)
        self._hint = muted(NOTHING_FITTED)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.table).addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _follow(self, old: Session, new: Session) -> None:
        if (old.fits, old.structures) != (new.fits, new.structures):
            if rows_of(old) != rows_of(new):
                self.model.show_rows(rows_of(new))
            self._show_summary(new)
            self.show_cluster(_moved_cluster(old, new) or self.chosen)

    def _show_summary(self, session: Session) -> None:
        clusters, fits = len(self.model.rows), len(session.fits)
        self.summary.setText(_count(clusters, "cluster") + (f" in {fits} fits" if fits > 1 else "") if fits else "")
        self._hint.setVisible(not clusters)
        self.table.show_frame(clusters > 0)
        self.table.show_names(max((row.structure for row in self.model.rows), key=len, default=""))
        self._hint.setText(NOTHING_FOUND if fits else NOTHING_FITTED)
        self.copy.setEnabled(clusters > 0)
        self.save.setEnabled(self.chosen is not None)

    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        chosen = current.data(ID_ROLE)
        self.save.setEnabled(isinstance(chosen, ClusterId))
        if isinstance(chosen, ClusterId):
            self._document.do(SelectCluster(chosen.fit, chosen.index))

    def _copy_chosen(self) -> None:
        rows = [row for row in self.shown_rows() if row.id == self.chosen]
        QGuiApplication.clipboard().setText(as_tsv(rows))

    def _show_menu(self, point: QPoint) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Save placed structure …", self.save_pressed.emit)
        menu.addAction("Copy row", self._copy_chosen)
        menu.addAction("Copy table", self.copy_all)
        menu.addSeparator()
        menu.addAction("Remove this fit", lambda: self._document.do(RemoveFit(chosen.fit)))
        menu.popup(self.table.viewport().mapToGlobal(point))


def _moved_cluster(old: Session, new: Session) -> ClusterId | None:
    """The place that a structure was put in by the last change; the first one of several."""
    for item in new.structures:
        before = old.find_structure(item.key)
        if item.placed_by is not None and (before is None or before.placed_by != item.placed_by):
            return item.placed_by
    return None


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
