"""The browser of clusters; the current row says where its structure stands, further chosen rows are shown as copies."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from app.accepting import accepted_clusters
from app.document import Document
from app.panels.cluster_bar import ClusterBar
from app.panels.cluster_filter import Filter
from app.panels.cluster_model import ID_ROLE, ClusterModel
from app.panels.cluster_table import ClusterRow, as_tsv, rows_of
from app.panels.cluster_view import ClusterTable
from app.theme import Theme
from app.widgets.labels import muted
from difffit_core.document.commands import RemoveFit, SelectCluster
from difffit_core.document.session import ClusterId, Session

NOTHING_FITTED = "Fit a structure, and the places where it may belong\nare listed here, the best first."
NOTHING_FOUND = "The fit found no place for the structure.\nTry the exhaustive search, or another contour level."
NOTHING_SHOWN = "No cluster fulfils the filter."


class ClustersPanel(QWidget):
    """Filter, table, summary and what can be done with a placement."""

    accept_pressed = Signal()
    accept_remove_pressed = Signal()
    save_pressed = Signal()
    centre_pressed = Signal(object)  # ClusterId
    polish_pressed = Signal(object)  # ClusterId
    compare_pressed = Signal(object, object)  # two ClusterId
    overlaid = Signal(list)  # ClusterId of every chosen row, the current one included
    tolerances_changed = Signal(float, float)  # Å, degrees

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.model = ClusterModel(self)
        self.bar = ClusterBar()
        self.table = ClusterTable()
        self.table.setModel(self.model)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as the fits came, each by rank
        self.table.horizontalHeader().setSortIndicatorClearable(True)
        self.table.fit_columns()
        self._lay_out()
        self._connect()
        self._show_summary(document.session)
        self._say_overlay()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self.table.cells.theme = theme
        self.table.viewport().update()

    @property
    def chosen(self) -> ClusterId | None:
        """The cluster of the current row."""
        value = self.table.currentIndex().data(ID_ROLE)
        return value if isinstance(value, ClusterId) else None

    @property
    def overlay(self) -> list[ClusterId]:
        """The clusters of all chosen rows, from top to bottom."""
        rows = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(ID_ROLE) for index in rows]

    def shown_rows(self) -> list[ClusterRow]:
        """The rows in the order in which they are shown."""
        return self.model.shown_rows()

    def copy_all(self) -> None:
        """Put the rows that are shown on the clipboard, separated by tabs."""
        QGuiApplication.clipboard().setText(as_tsv(self.shown_rows()))

    def step(self, rows: int) -> None:
        """Go down by so many rows (up when negative), as far as there are any."""
        row = min(max(0, self.table.currentIndex().row() + rows), self.model.rowCount() - 1)
        self.table.setCurrentIndex(self.model.index(row, 0))

    def choose(self, wanted: ClusterId) -> None:
        """Go to this cluster's row, when it is shown."""
        index = self.model.index_of(wanted)
        if index.isValid():
            self.table.setCurrentIndex(index)

    def pin_chosen(self) -> None:
        """Keep the chosen rows on top, or let them go when all of them are there."""
        chosen = frozenset(self.overlay)
        pinned = self.model.pinned - chosen if chosen <= self.model.pinned else self.model.pinned | chosen
        self._show_rows(self._document.session, pinned)

    def compare_chosen(self) -> None:
        """Compare the two chosen rows."""
        chosen = self.overlay
        if len(chosen) == 2:
            self.compare_pressed.emit(*chosen)

    def show_cluster(self, chosen: ClusterId | None) -> None:
        """Make this cluster's row the current one, without choosing it anew."""
        selection = self.table.selectionModel()
        blocked = selection.blockSignals(True)
        selection.clear()
        index = self.model.index_of(chosen)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.table.scrollTo(index)
        selection.blockSignals(blocked)
        self.table.viewport().update()
        self._say_overlay()

    def _connect(self) -> None:
        self.table.horizontalHeader().sortIndicatorChanged.connect(self.table.scrollToTop)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.selectionModel().selectionChanged.connect(self._say_overlay)
        self.table.copy_pressed.connect(self._copy_chosen)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.bar.filter_changed.connect(self._set_filter)
        self.bar.tolerances_changed.connect(self.tolerances_changed)
        self.bar.columns.clicked.connect(self._ask_columns)
        self.accept.clicked.connect(self.accept_pressed)
        self.save.clicked.connect(self.save_pressed)
        self.compare.clicked.connect(self.compare_chosen)
        self.copy.clicked.connect(self.copy_all)
        self._document.changed.connect(self._follow)

    def _lay_out(self) -> None:
        self.summary = muted()
        self._make_buttons()
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 8, 10, 10)
        foot.setSpacing(8)
        for button in (self.accept, self.save, self.compare, self.copy):
            foot.addWidget(button)
        foot.addStretch()
        foot.addWidget(self.summary)
        self._hint = muted(NOTHING_FITTED)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.table).addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _make_buttons(self) -> None:
        self.accept = QPushButton("Accept")
        self.accept.setToolTip(
            "Keep the chosen placements as copies in the assembly (Ctrl+Return);\n"
            "Ctrl+Shift+Return takes what they explain out of the map as well"
        )
        self.accept.setAccessibleName("Accept placement")
        self.save = QPushButton("Save …")
        self.save.setToolTip("Write the placed structure where it stands now, as mmCIF or PDB (Ctrl+Alt+S)")
        self.save.setAccessibleName("Save placed structure")
        self.compare = QPushButton("Compare")
        self.compare.setToolTip("Compare two placements: choose two rows with Ctrl+click or Shift+Down")
        self.copy = QPushButton("Copy table")
        self.copy.setToolTip("Copy the rows that are shown with full numbers, to paste into a spreadsheet")

    def _follow(self, old: Session, new: Session) -> None:
        if (old.fits, old.copies) != (new.fits, new.copies):
            self.model.show_accepted(accepted_clusters(new))
        if (old.fits, old.structures) == (new.fits, new.structures):
            return
        if _looks(old) != _looks(new):
            self._show_rows(new, _still_there(self.model.pinned, old, new))
        self._show_summary(new)
        wanted = _moved_cluster(old, new) or self.chosen or _placed(new)
        if wanted != self.chosen:  # else several rows may be chosen, and stay so
            self.show_cluster(wanted)

    def _show_rows(self, session: Session, pinned: frozenset[ClusterId]) -> None:
        chosen, blocked = self.chosen, self.table.selectionModel().blockSignals(True)
        self.model.show_rows(rows_of(session), pinned)
        self.table.selectionModel().blockSignals(blocked)
        self._show_summary(session)
        self.show_cluster(chosen)

    def _set_filter(self, wanted: Filter) -> None:
        chosen, blocked = self.chosen or _placed(self._document.session), self.table.selectionModel().blockSignals(True)
        self.model.set_filter(wanted)
        self.table.selectionModel().blockSignals(blocked)
        self._show_summary(self._document.session)
        self.show_cluster(chosen)

    def _show_summary(self, session: Session) -> None:
        clusters, shown, fits = len(self.model.rows), self.model.rowCount(), len(session.fits)
        count = _count(clusters, "cluster") if shown == clusters else f"{shown:,} of {clusters:,}"
        self.summary.setText(count + (f" in {fits} fits" if fits > 1 and shown == clusters else "") if fits else "")
        self._hint.setVisible(not shown)
        self.bar.setVisible(clusters > 0)
        self.table.show_frame(clusters > 0)
        fitted = {fit.structure for fit in session.fits}
        names = [item.name for item in session.structures if item.key in fitted]
        self.table.show_names(max(names, key=len, default=""))
        self._hint.setText(NOTHING_SHOWN if clusters else NOTHING_FOUND if fits else NOTHING_FITTED)
        self.copy.setEnabled(shown > 0)
        if fits:
            self.bar.show_tolerances(session.fits[-1].settings.cluster_shift, session.fits[-1].settings.cluster_angle)

    def _choose(self, current: QModelIndex, previous: QModelIndex) -> None:
        chosen = current.data(ID_ROLE)
        if isinstance(chosen, ClusterId):
            self._document.do(SelectCluster(chosen.fit, chosen.index))

    def _say_overlay(self, *_: QItemSelection) -> None:
        self.accept.setEnabled(bool(self.overlay))
        self.save.setEnabled(self.chosen is not None)
        self.compare.setEnabled(len(self.overlay) == 2)
        self.overlaid.emit(self.overlay)

    def _copy_chosen(self) -> None:
        chosen = set(self.overlay)
        QGuiApplication.clipboard().setText(as_tsv([row for row in self.shown_rows() if row.id in chosen]))

    def _ask_columns(self) -> None:
        self.table.column_menu().popup(self.bar.columns.mapToGlobal(QPoint(0, self.bar.columns.height())))

    def _show_menu(self, point: QPoint) -> None:
        if self.chosen is not None:
            self.make_menu(self.chosen).popup(self.table.viewport().mapToGlobal(point))

    def make_menu(self, chosen: ClusterId) -> QMenu:
        """What can be done with the chosen rows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pinned = set(self.overlay) <= self.model.pinned
        menu.addAction("Accept", self.accept_pressed.emit)
        menu.addAction("Accept and remove its density", self.accept_remove_pressed.emit)
        menu.addSeparator()
        menu.addAction("Centre in view", lambda: self.centre_pressed.emit(chosen))
        menu.addAction("Unpin" if pinned else "Pin on top", self.pin_chosen)
        menu.addAction("Compare the two", self.compare_chosen).setEnabled(len(self.overlay) == 2)
        menu.addAction("Search around this place", lambda: self.polish_pressed.emit(chosen))
        menu.addSeparator()
        menu.addAction("Save placed structure …", self.save_pressed.emit)
        menu.addAction("Copy rows", self._copy_chosen)
        menu.addAction("Copy table", self.copy_all)
        menu.addSeparator()
        menu.addAction("Remove this fit", lambda: self._document.do(RemoveFit(chosen.fit)))
        return menu


def _looks(session: Session) -> list[tuple[object, ...]]:
    """Equal as long as the table shows the same of a session; other results of the same fit look different."""
    looks: list[tuple[object, ...]] = []
    for fit in session.fits:
        structure = session.find_structure(fit.structure)
        if structure is not None:
            looks.append((fit.key, id(fit.result), structure.name, structure.colour))
    return looks


def _still_there(pinned: frozenset[ClusterId], old: Session, new: Session) -> frozenset[ClusterId]:
    """The pinned clusters that mean the same in both sessions."""
    return frozenset(key for key in pinned if old.find_cluster(key) is new.find_cluster(key) is not None)


def _moved_cluster(old: Session, new: Session) -> ClusterId | None:
    """The place that a structure was put in by the last change; the first one of several."""
    for item in new.structures:
        before = old.find_structure(item.key)
        if item.placed_by is not None and (before is None or before.placed_by != item.placed_by):
            return item.placed_by
    return None


def _placed(session: Session) -> ClusterId | None:
    """The place of the structure that was placed first."""
    return next((item.placed_by for item in session.structures if item.placed_by is not None), None)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
