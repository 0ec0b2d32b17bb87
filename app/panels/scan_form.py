"""What is scanned: the library, how hard the best candidates are searched, and where the results lie."""

import re
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from app.widgets.arranged import plain_form
from app.widgets.labels import ElidedLabel, link_button, muted
from app.widgets.segments import Segments

EFFORTS = {
    "fast": "A quick search of all candidates",
    "balanced": "Promising candidates are searched again, harder",
    "exhaustive": "And the best ones thoroughly, which improves their placements",
}
LIBRARY_FILES = (
    "Structures, lists and archives (*.pdb* *.ent* *.cif* *.mmcif* *.txt *.list *.zip *.tar* *.tgz);;All files (*)"
)


SHAPES = re.compile(r"\s+(?=(?:sphere|box|mask|segment)\s*:)", re.IGNORECASE)  # between two of them


class ScanForm(QWidget):
    """The form; `library` and `files` are what it says now."""

    changed = Signal()
    library_chosen = Signal(str)  # by dialog or drop, or typed to its end

    def __init__(self) -> None:
        super().__init__()
        self.files: tuple[Path, ...] = ()  # structures that were chosen one by one; then the text only counts them
        self.folder: Path | None = None  # for the results; None for a new one among the user's own data
        self._make_library()
        self._make_where()
        self.efforts = Segments(EFFORTS, "exhaustive")
        self._lay_out()
        self.show_target("")

    @property
    def library(self) -> str:
        """Folder, pattern, list or archive; empty when there is none, or when `files` are."""
        return "" if self.files else self.text.text().strip()

    @property
    def region(self) -> tuple[str, ...]:
        """The shapes to search in, as the command line takes them; empty for the whole map."""
        return tuple(part for part in SHAPES.split(self.where_to.text().strip()) if part)

    @property
    def missing(self) -> str:
        """What is still needed before a scan can start, for a person; empty when nothing is."""
        return "" if self.files or self.library else "Choose or drop the candidates to rank."

    def take(self, paths: list[Path]) -> None:
        """Candidates that were chosen or dropped: one folder, list or archive, or structures."""
        several = len(paths) > 1
        self.files = tuple(paths) if several else ()
        self.text.setReadOnly(several)
        self.text.setText(f"{len(paths)} files from {paths[0].parent}" if several else str(paths[0]))
        self.show_count("")
        self._say_chosen()
        self.changed.emit()

    def show_target(self, text: str) -> None:
        """The map that is searched, and how it is."""
        self.target.setText(text or "Open a map first.")

    def show_folder(self, folder: Path | None) -> None:
        """Where the results go."""
        self.folder = folder
        self.where.setText(str(folder) if folder else "a new folder among DiffFit’s own")
        self.where.setToolTip(self.where.text())

    def _make_library(self) -> None:
        self.text = QLineEdit()
        self.text.setAccessibleName("Candidates")
        self.text.setPlaceholderText("folder, pattern, list or archive")
        self.text.setToolTip(
            "A folder with all folders in it, a pattern such as models/AF-*.cif.gz,\n"
            "a text file with one path per line, or a zip or tar archive. It can be dropped here as well."
        )
        self.text.textEdited.connect(self._take_text)
        self.text.editingFinished.connect(self._say_chosen)
        self.choose = QToolButton()
        self.choose.setText("Choose")
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setObjectName("segment")
        self.choose.setProperty("place", "only")
        self.choose.setToolTip("Choose the candidates")
        menu = QMenu(self.choose)
        menu.addAction("Folder …", self._ask_folder)
        menu.addAction("Structures, list or archive …", self._ask_files)
        self.choose.setMenu(menu)
        self.count = muted()

    def _make_where(self) -> None:
        self.target = muted(wrap=True)
        self.where_to = QLineEdit()
        self.where_to.setAccessibleName("Region")
        self.where_to.setPlaceholderText("the whole map")
        self.where_to.setToolTip(
            "Search only here: sphere:x,y,z,r or box:x0,y0,z0,x1,y1,z1 in Å, or mask:FILE; several with spaces between"
        )
        self.where = ElidedLabel()
        self.where.setObjectName("muted")
        self.change = link_button("Change …", "Choose the folder for the results; a scan that is in it is gone on with")
        self.change.clicked.connect(self._ask_where)
        self.show_folder(None)

    def _lay_out(self) -> None:
        library, where = QHBoxLayout(), QHBoxLayout()
        library.setSpacing(6)
        library.addWidget(self.text, 1)
        library.addWidget(self.choose)
        where.setSpacing(6)
        where.addWidget(self.where, 1)
        where.addWidget(self.change)
        form = plain_form()
        form.addRow("Candidates", library)
        form.addRow("", self.count)
        form.addRow("Map", self.target)
        form.addRow("Region", self.where_to)
        form.addRow("Effort", self.efforts)
        form.addRow("Results in", where)
        form.setRowVisible(self.count, False)
        self._form = form
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 0)
        layout.addLayout(form)

    def show_count(self, text: str) -> None:
        """How many candidates there are, or why there are none."""
        self.count.setText(text)
        self._form.setRowVisible(self.count, bool(text))

    def _take_text(self) -> None:
        self.show_count("")
        self.changed.emit()

    def _say_chosen(self) -> None:
        if self.library:
            self.library_chosen.emit(self.library)

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder with candidates", self.library)
        if chosen:
            self.take([Path(chosen)])

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self, "Candidates, a list of them, or an archive", self.library, LIBRARY_FILES
        )
        if names:
            self.take([Path(name) for name in names])

    def _ask_where(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the results", str(self.folder or Path.home()))
        if chosen:
            self.show_folder(Path(chosen))
            self.changed.emit()
