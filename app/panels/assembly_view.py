"""The view of the copies: a click on the eye, keys, and a menu."""

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.panels.assembly_table import CONFIDENCE, CORRELATION, DENSITY, EYE, KEY_ROLE, NAME, NOTE, AssemblyModel
from app.widgets.arranged import show_as_rows
from app.widgets.labels import smaller

WIDTHS = {EYE: 30, NAME: 88, CORRELATION: 84, CONFIDENCE: 84, DENSITY: 84}  # pixels


class AssemblyTable(QTableView):
    """Space shows and hides, Delete removes, F2 renames."""

    eye_pressed = Signal(str)  # key of a copy
    delete_pressed = Signal()

    def __init__(self, model: AssemblyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Copies")
        show_as_rows(self, 26)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self._size_columns()
        self.clicked.connect(self._press)

    @property
    def chosen(self) -> list[str]:
        """Keys of the chosen rows, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [str(index.data(KEY_ROLE)) for index in rows]

    @property
    def current(self) -> str | None:
        """Key of the current row, if it is chosen."""
        key = self.currentIndex().data(KEY_ROLE)
        return str(key) if key in self.chosen else None

    def choose(self, keys: list[str]) -> None:
        """Choose the rows of these copies; the first of them becomes the current one."""
        selection, model = self.selectionModel(), self.model()
        rows = [row for row in range(model.rowCount()) if model.index(row, 0).data(KEY_ROLE) in keys]
        selection.clear()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            selection.select(model.index(row, NAME), flags)
        if rows:
            selection.setCurrentIndex(model.index(rows[0], NAME), flags)
            self.scrollTo(model.index(rows[0], NAME))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the keys do here."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.key() == Qt.Key.Key_Space and self.current is not None:
            self.eye_pressed.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setFont(smaller(header.font()))
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        for column, width in WIDTHS.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(EYE, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)

    def _press(self, index: object) -> None:
        current = self.currentIndex()
        if current.column() == EYE:
            self.eye_pressed.emit(str(current.data(KEY_ROLE)))
