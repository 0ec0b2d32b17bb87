"""What the table of candidates shows: by name, by what became of them, by size."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QToolButton, QWidget

from app.panels.scan_model import ScanFilter
from app.widgets.labels import muted
from app.widgets.number_box import integer_box

KINDS = {
    "all": ("All", "Every candidate"),
    "found": ("q < 0.05", "Those that stand out: one in twenty of them is expected to be wrong"),
    "better": ("q < 0.01", "Those that stand out clearly: one in a hundred of them is expected to be wrong"),
    "failed": ("Failed", "Those that could not be searched, with the reason"),
    "protein": ("Proteins", "Those with protein in them"),
    "nucleic": ("Nucleic acids", "Those with RNA or DNA in them"),
}
BY_CLASS = ("protein", "nucleic")
MOST_ATOMS = 10_000_000


class ScanFilterBar(QWidget):
    """A line of search field, choice and sizes."""

    changed = Signal(object)  # ScanFilter

    def __init__(self) -> None:
        super().__init__()
        self._make_words()
        self._make_sizes()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(6)
        layout.addWidget(self.words, 3)
        layout.addWidget(self.kinds, 2)
        layout.addWidget(self.fewest, 2)
        layout.addWidget(muted("–"))
        layout.addWidget(self.most, 2)

    @property
    def filter(self) -> ScanFilter:
        """What is wanted now."""
        most = self.most.value() or None
        return ScanFilter(
            tuple(self.words.text().lower().split()), str(self.kinds.currentData()), self.fewest.value(), most
        )

    def show_classes(self, known: bool) -> None:
        """Offer proteins and nucleic acids only where there are both."""
        for key in BY_CLASS:
            row = self.kinds.findData(key)
            if known and row < 0:
                self._add_kind(key)
            elif not known and row >= 0:
                self.kinds.removeItem(row)

    def clear(self) -> None:
        """Show everything again."""
        self.words.clear()
        self.kinds.setCurrentIndex(0)
        for box in (self.fewest, self.most):
            box.setValue(0)

    def _make_words(self) -> None:
        self.words = QLineEdit()
        self.words.setPlaceholderText("Filter by name")
        self.words.setAccessibleName("Filter candidates by name")
        self.words.setClearButtonEnabled(True)
        if clear := self.words.findChild(QToolButton):
            clear.setAccessibleName("Clear the filter")
        self.words.setToolTip("Words that all occur in the name or the description")
        self.words.textChanged.connect(self._say_changed)
        self.kinds = QComboBox()
        self.kinds.setAccessibleName("Which candidates are shown")
        self.kinds.setToolTip("Which candidates are shown")
        for key in KINDS:
            if key not in BY_CLASS:
                self._add_kind(key)
        self.kinds.currentIndexChanged.connect(self._say_changed)

    def _make_sizes(self) -> None:
        self.fewest = _size_box("Fewest atoms", "any")
        self.most = _size_box("Most atoms", "any")
        for box in (self.fewest, self.most):
            box.valueChanged.connect(self._say_changed)

    def _add_kind(self, key: str) -> None:
        title, tip = KINDS[key]
        self.kinds.addItem(title, key)
        self.kinds.setItemData(self.kinds.count() - 1, tip, 3)  # Qt.ToolTipRole

    def _say_changed(self) -> None:
        self.changed.emit(self.filter)


def _size_box(name: str, unset: str) -> QSpinBox:
    """A box for a number of atoms; 0 is written as a word."""
    box = integer_box()
    box.setRange(0, MOST_ATOMS)
    box.setSingleStep(500)
    box.setGroupSeparatorShown(True)
    box.setSpecialValueText(unset)
    box.setMinimumWidth(64)
    box.setAccessibleName(name)
    box.setToolTip(f"{name} of the candidates that are shown")
    return box
