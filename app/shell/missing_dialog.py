"""Asks where the files of a project are that could not be found, and says whether what is chosen is the same file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from app.shell.card import Card
from app.tasks import Tasks
from app.widgets.labels import fit_height, heading, muted

if TYPE_CHECKING:
    from difffit_core.document.project_sources import SourceFile

SHOWN_DIGITS = 12  # of a checksum: enough to tell files apart by eye
SAME, OTHER = "The same content: its checksum matches.", "Other content: its checksum does not match."


@dataclass(frozen=True)
class Candidate:
    """A file for one that is missing, and whether it has the same content."""

    path: Path
    same: bool


class MissingFilesDialog(QDialog):
    """A card for every missing file; files in the folder of one that was located are tried for the others."""

    located = Signal(dict)  # paths by checksum

    def __init__(self, project: Path, files: "tuple[SourceFile, ...]", tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Missing files")
        self._project, self._files, self._tasks = project, files, tasks
        self._found: dict[str, Candidate] = {}  # by checksum
        self.states: dict[str, QLabel] = {file.checksum.sha256: QLabel("Not found.") for file in files}
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = self.buttons.addButton("Open project", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setProperty("role", "primary")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._show()

    def locate(self, file: "SourceFile", path: Path) -> None:
        """Take a file for the missing one; its checksum is looked at in the pool."""
        self.states[file.checksum.sha256].setText(f"Reading {path.name} …")
        work = partial(candidates, file, path, self._files)
        self._tasks.submit(work, on_result=self._take, on_error=partial(self._refuse, file))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        count = len(self._files)
        title = "A file of this project" if count == 1 else f"{count} files of this project"
        layout.addWidget(heading(f"{title} cannot be found"))
        text = "Not where it was, and not beside the project, where files are also known by their content."
        layout.addWidget(muted(f"{self._project.name}: {text}", wrap=True))
        for file in self._files:
            layout.addWidget(self._card(file))
        layout.addWidget(self.buttons)
        fit_height(self, 620)

    def _card(self, file: "SourceFile") -> Card:
        button = QPushButton("Locate …")
        button.setAccessibleName(f"Locate {file.name}")
        button.clicked.connect(partial(self._ask, file))
        size, digits = file.checksum.size / 1e6, file.checksum.sha256[:SHOWN_DIGITS]
        lines = [f"was {file.absolute}", f"{size:,.1f} MB, SHA-256 {digits}…"]
        card = Card(file.name, lines, [button])
        card.add(self.states[file.checksum.sha256])
        return card

    def _ask(self, file: "SourceFile") -> None:
        dialog = QFileDialog(self, f"Where is {file.name}?", str(self._project.parent))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.locate(file, Path(name)))
        dialog.open()

    def _take(self, found: dict[str, Candidate]) -> None:
        for checksum, candidate in found.items():
            known = self._found.get(checksum)
            if known is None or not known.same or candidate.same:
                self._found[checksum] = candidate
        self._show()

    def _refuse(self, file: "SourceFile", error: Exception) -> None:
        self._found.pop(file.checksum.sha256, None)
        self._show()
        self._mark(file.checksum.sha256, str(error), "problem")

    def _show(self) -> None:
        for checksum in self.states:
            candidate = self._found.get(checksum)
            if candidate is None:
                self._mark(checksum, "Not found.", "problem")
            else:
                sentence, kind = (SAME, "success") if candidate.same else (OTHER, "warning")
                self._mark(checksum, f"{candidate.path.name}: {sentence}", kind)
        self.open_button.setEnabled(len(self._found) == len(self.states))

    def _mark(self, checksum: str, sentence: str, kind: str) -> None:
        label = self.states[checksum]
        label.setText(sentence)
        label.setObjectName(kind)
        label.style().unpolish(label)  # the stylesheet goes by the name
        label.style().polish(label)

    def _accept(self) -> None:
        self.located.emit({checksum: candidate.path for checksum, candidate in self._found.items()})
        self.accept()


def candidates(file: "SourceFile", path: Path, files: "tuple[SourceFile, ...]") -> dict[str, Candidate]:
    """The chosen file for its missing one, and what lies beside it for the others, by checksum."""
    from difffit_core.document.project_sources import find_source, holds
    from difffit_core.files.checksums import checksum_of

    checksum_of(path)  # raises a sentence when it cannot be read
    found = {file.checksum.sha256: Candidate(path, holds(file, path))}
    for other in files:
        place = find_source(other, path.parent, {}) if other is not file else None
        if place is not None and holds(other, place.path):
            found[other.checksum.sha256] = Candidate(place.path, True)
    return found
