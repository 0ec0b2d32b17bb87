"""The assembly: accepted copies above; below how one is moved, what they explain and where they clash."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QToolButton, QVBoxLayout, QWidget

from app.clash_watch import FoundClashes
from app.document import Document
from app.icons import themed_icon
from app.panels.assembly_table import AssemblyModel, copy_rows
from app.panels.assembly_view import AssemblyTable
from app.panels.clash_page import ClashPage, describe
from app.panels.density_page import DensityPage
from app.panels.pose_page import PosePage
from app.theme import Theme
from app.widgets.labels import muted
from difffit_core.document.commands import Command
from difffit_core.document.copy_commands import (
    AnnotateCopy,
    RemoveCopies,
    RemoveCopy,
    RenameCopy,
    ReorderCopies,
    SetCopyStyle,
)
from difffit_core.document.session import Session

NOTHING = (
    "Accepted placements are kept here.\n\nChoose a row among the clusters and press\nAccept (Ctrl+Return): "
    "its copy stays in the view\nwhile you look for the next one."
)


class AssemblyPanel(QWidget):
    """The table and its pages; names, notes, order and visibility become commands here, the rest is asked for."""

    chosen_changed = Signal()
    export_pressed = Signal()
    menu_asked = Signal(object)  # QPoint on the screen

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.model = AssemblyModel(self)
        self.table = AssemblyTable(self.model)
        self.pose, self.density, self.clashes = PosePage(), DensityPage(), ClashPage()
        self._make_pages()
        self._make_foot()
        self._lay_out()
        self._connect()
        self._follow(document.session, document.session)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the theme's colour."""
        self.model.set_theme(theme)
        self.pose.set_theme(theme)
        self.density.set_theme(theme)
        for button, icon in ((self.up, "arrow-up"), (self.down, "arrow-down"), (self.delete, "trash")):
            button.setIcon(themed_icon(icon, theme))

    @property
    def chosen(self) -> list[str]:
        """Keys of the chosen copies, from top to bottom."""
        return self.table.chosen

    @property
    def current(self) -> str | None:
        """Key of the copy that can be moved."""
        return self.table.current

    def choose(self, keys: list[str]) -> None:
        """Choose these copies."""
        self.table.choose(keys)

    def move_current(self, by: int) -> None:
        """Put the current copy higher (negative) or lower in the list."""
        keys = [row.copy.key for row in self.model.rows]
        if self.current in keys:
            self._do(ReorderCopies(self.current, keys.index(self.current) + by))

    def delete_chosen(self) -> None:
        """Take the chosen copies out of the assembly; the density that they explain comes back."""
        keys = self.chosen
        if keys:
            self._do(RemoveCopy(keys[0]) if len(keys) == 1 else RemoveCopies(tuple(keys)))

    def toggle(self, key: str) -> None:
        """Show or hide a copy."""
        copy = self._document.session.find_copy(key)
        if copy is not None:
            self._do(SetCopyStyle(key, visible=not copy.visible))

    def show_clashes(self, found: tuple[FoundClashes, ...]) -> None:
        """Show what was found, and how much of it there is."""
        self.clashes.show_clashes(self._document.session, found)
        count = describe(found)
        self.pages.setTabText(self.pages.indexOf(self.clashes), f"Clashes ({count})" if count else "Clashes")

    def _make_pages(self) -> None:
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        pages = {"Pose": self.pose, "Density": self.density, "Clashes": self.clashes}
        for title, page in pages.items():
            self.pages.addTab(page, title)

    def _make_foot(self) -> None:
        self.summary = muted()
        self.export = QPushButton("Export …")
        self.export.setToolTip("Write the assembly, or every copy, as mmCIF or PDB (Ctrl+Shift+E)")
        self.export.setAccessibleName("Export assembly")
        self.up, self.down, self.delete = QToolButton(), QToolButton(), QToolButton()
        tips = (
            (self.up, "Move up (Ctrl+Shift+Up)"),
            (self.down, "Move down (Ctrl+Shift+Down)"),
            (self.delete, "Take out of the assembly (Delete); the density that it explains comes back"),
        )
        for button, tip in tips:
            button.setToolTip(tip)
            button.setAccessibleName(tip.split(" (")[0])

    def _lay_out(self) -> None:
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(10, 7, 10, 8)
        foot.setSpacing(4)
        foot.addWidget(self.export)
        foot.addSpacing(4)
        for button in (self.up, self.down, self.delete):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.summary)
        self.hint = muted(NOTHING)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.table).addWidget(self.hint)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self.table, 1)
        above.addWidget(self._foot)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.splitter.setHandleWidth(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self.model.renamed.connect(lambda key, name: self._do(RenameCopy(key, name)))
        self.model.annotated.connect(lambda key, note: self._do(AnnotateCopy(key, note)))
        self.model.dropped.connect(lambda key, place: self._do(ReorderCopies(key, place)))
        self.table.eye_pressed.connect(self.toggle)
        self.table.delete_pressed.connect(self.delete_chosen)
        self.table.customContextMenuRequested.connect(self._ask_menu)
        self.table.selectionModel().selectionChanged.connect(self._say_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._say_chosen)
        self.export.clicked.connect(self.export_pressed)
        self.up.clicked.connect(lambda: self.move_current(-1))
        self.down.clicked.connect(lambda: self.move_current(1))
        self.delete.clicked.connect(self.delete_chosen)
        self._document.changed.connect(self._follow)

    def _follow(self, old: Session, new: Session) -> None:
        if old is not new and (old.copies, old.maps) == (new.copies, new.maps):
            return
        added = [copy.key for copy in new.copies if old.find_copy(copy.key) is None]
        chosen = added or self.chosen
        if self.model.show_rows(copy_rows(new)):
            self.table.choose(chosen or [copy.key for copy in new.copies[-1:]])
        count = len(new.copies)
        self.hint.setVisible(not count)
        self.pages.setVisible(bool(count))
        self._foot.setVisible(bool(count))
        self.table.horizontalHeader().setVisible(bool(count))
        self.summary.setText("" if not count else "1 copy" if count == 1 else f"{count} copies")
        self._say_chosen()

    def _say_chosen(self, *_: object) -> None:
        keys = [row.copy.key for row in self.model.rows]
        place = keys.index(self.current) if self.current in keys else None
        self.export.setEnabled(bool(keys))
        self.delete.setEnabled(bool(self.chosen))
        self.up.setEnabled(place is not None and place > 0)
        self.down.setEnabled(place is not None and place < len(keys) - 1)
        self.chosen_changed.emit()

    def _ask_menu(self, point: QPoint) -> None:
        if self.chosen:
            self.menu_asked.emit(self.table.viewport().mapToGlobal(point))

    def _do(self, command: Command) -> None:
        self._document.seal()
        self._document.do(command)
        self._document.seal()
