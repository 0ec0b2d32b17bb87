"""What of the assembly to write, and where."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.exporting import ASSEMBLY_JSON, ExportWish, Format
from app.widgets.labels import heading, muted

CHOICES: dict[tuple[bool, Format], tuple[str, str]] = {
    (True, "cif"): ("One mmCIF file", "All copies together, every chain with a name of its own"),
    (True, "pdb"): ("One PDB file", "If it fits: at most 62 chains and 99,999 atoms"),
    (False, "cif"): ("An mmCIF file for every copy", "Each with all that its own file says"),
    (False, "pdb"): ("A PDB file for every copy", "For programs that do not read mmCIF"),
}
NAME = "assembly"


class ExportDialog(QDialog):
    """Asks; `asked` carries the wish when the user presses Export."""

    asked = Signal(object)  # ExportWish

    def __init__(self, copies: int, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export assembly")
        self.setMinimumWidth(470)
        self._copies = copies
        self.choices = {key: QRadioButton(text) for key, (text, _) in CHOICES.items()}
        self.choices[True, "cif"].setChecked(True)
        self.table = QCheckBox(f"Also {ASSEMBLY_JSON}: places, scores, notes and chains of all copies")
        self.table.setChecked(True)
        self.name, self.folder = QLineEdit(NAME), QLineEdit(str(folder))
        self.name.setAccessibleName("Name of the file")
        self.folder.setAccessibleName("Folder")
        self.browse = QPushButton("Browse …")
        self.browse.clicked.connect(self._ask_folder)
        self.notice = muted(wrap=True)
        self._lay_out()
        for choice in self.choices.values():
            choice.toggled.connect(self._show_notice)
        for line in (self.name, self.folder):
            line.textChanged.connect(self._show_notice)
        self.table.toggled.connect(self._show_notice)
        self._show_notice()

    @property
    def wish(self) -> ExportWish:
        """What the dialog says now."""
        together, kind = next(key for key, choice in self.choices.items() if choice.isChecked())
        folder = Path(self.folder.text().strip()).expanduser()
        return ExportWish(folder, together, kind, self.table.isChecked(), self._stem)

    @property
    def _stem(self) -> str:
        return Path(self.name.text().strip()).name.removesuffix(".cif").removesuffix(".pdb") or NAME

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder, 1)
        where.addWidget(self.browse)
        form = QFormLayout()
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(8)
        form.addRow("Folder", where)
        form.addRow("Name", self.name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(heading("1 copy" if self._copies == 1 else f"{self._copies} copies as"))
        for key, choice in self.choices.items():
            choice.setToolTip(CHOICES[key][1])
            layout.addWidget(choice)
        layout.addSpacing(4)
        layout.addWidget(self.table)
        layout.addSpacing(6)
        layout.addLayout(form)
        layout.addWidget(self.notice)
        layout.addSpacing(4)
        layout.addWidget(buttons)

    def _show_notice(self) -> None:
        wish = self.wish
        self.name.setEnabled(wish.together)
        there = wish.folder.is_dir()
        written = [f"{wish.name}.{wish.format}"] if wish.together else []
        written += [ASSEMBLY_JSON] if wish.with_json else []
        replaced = [name for name in written if there and (wish.folder / name).exists()]
        text = "" if there else "This folder is not there; it will be made."
        if replaced:
            text = f"{' and '.join(replaced)} will be replaced."
        self.notice.setText(text)
        self.export.setEnabled(bool(self.folder.text().strip()))

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for the assembly", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _accept(self) -> None:
        self.asked.emit(self.wish)
        self.accept()
