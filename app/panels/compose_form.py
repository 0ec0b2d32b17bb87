"""How many copies of each ticked structure, and which symmetry."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.stoichiometry import MOST, copies_in, written
from app.widgets.arranged import plain_form
from app.widgets.number_box import integer_box
from difffit_core.document.session import StructureItem
from difffit_core.errors import SettingsError

GROUP = "group"  # the user types a point group
SYMMETRIES = {
    "auto": ("Automatic", "Look for symmetry in the map, and use what is found"),
    "none": ("None", "Every copy is found by itself"),
    "file": ("From the files", "Use the assembly records of the structures"),
    "helical": ("Helical", "Look for the screw of a filament"),
    GROUP: ("Point group …", "Lay this point group onto the map"),
}
SPLITS = {  # what the form asks for, as it is written in the menu, and what that means
    "chains": ("Into Chains", "Chains that are copies of each other become one structure, to be placed as often"),
    "domains": (
        "Into Rigid Domains, by Confidence",
        "For predicted models: what residues of low pLDDT separate; they are left out",
    ),
    "domains by errors": (
        "Into Rigid Domains, by Aligned Errors …",
        "For predicted models: where the predicted aligned errors (PAE, a JSON file) say that it may bend",
    ),
}
ROW, ROWS_SHOWN = 31, 4  # pixels; more structures scroll


class ComposeForm(QWidget):
    """What is composed, beside what the form of fits says: the copies of each structure and the symmetry."""

    changed = Signal()
    split_asked = Signal(str)  # a key of SPLITS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[str, ...] = ()
        self._wishes: dict[str, int] = {}  # copies by structure, also of those that are not ticked now
        self._boxes: dict[str, QSpinBox] = {}  # by structure
        self._problem = ""
        self._make_table()
        self._make_split()
        self._make_text()
        self._make_symmetry()
        self._lay_out()
        self.show_structures([])

    @property
    def most(self) -> dict[int, int]:
        """Copies by index of the structure; those of which as many are taken as are sure are not in it."""
        return {index: count for index, count in enumerate(self._counts) if count}

    @property
    def symmetry(self) -> str:
        """As the engine wants it: auto, none, file, helical or a point group."""
        chosen = str(self.symmetries.currentData())
        return self.group.text().strip().upper() if chosen == GROUP else chosen

    @property
    def problem(self) -> str:
        """What has to be put right before composing can start, for a person; empty when nothing has."""
        return self._problem or ("" if self.symmetry else "Type a point group, for example D7.")

    def show_structures(self, items: list[StructureItem]) -> None:
        """A row for every structure that is ticked."""
        keys = tuple(item.key for item in items)
        if keys != self._keys or not items:
            self._keys = keys
            self._fill(items)
            self._show_text()

    def wish(self, copies: dict[str, int]) -> None:
        """Ask for so many copies of structures, by their keys."""
        self._wishes |= copies
        for key, box in self._boxes.items():
            box.setValue(self._wishes.get(key, 0))

    def _make_table(self) -> None:
        self.table = QTableWidget(0, 2)
        self.table.setObjectName("choices")
        self.table.setAccessibleName("Copies of each structure")
        self.table.setToolTip("The structures that are ticked under Fit, and how many copies of each there are")
        self.table.horizontalHeader().hide()
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(1, 104)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def _make_split(self) -> None:
        self.split = QPushButton("Split")
        self.split.setAccessibleName("Split structures")
        self.split.setToolTip("Take the ticked structures apart, and compose their parts")
        menu = QMenu(self.split)
        menu.setToolTipsVisible(True)
        for how, (title, tip) in SPLITS.items():
            menu.addAction(title, partial(self.split_asked.emit, how)).setToolTip(tip)
        self.split.setMenu(menu)

    def _make_text(self) -> None:
        self.text = QLineEdit()
        self.text.setAccessibleName("Stoichiometry")
        self.text.setPlaceholderText("as many as are sure; or, say, A=2, B=2")
        self.text.setToolTip("The copies as text; what it does not name is placed as often as the map is sure of it")
        self.text.textEdited.connect(self._take_text)

    def _make_symmetry(self) -> None:
        self.symmetries = QComboBox()
        self.symmetries.setAccessibleName("Symmetry")
        for key, (title, tip) in SYMMETRIES.items():
            self.symmetries.addItem(title, key)
            self.symmetries.setItemData(self.symmetries.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.symmetries.currentIndexChanged.connect(self._choose_symmetry)
        self.group = QLineEdit()
        self.group.setAccessibleName("Point group")
        self.group.setPlaceholderText("D7")
        self.group.setFixedWidth(72)
        self.group.setToolTip("C2, C3, … D2, D3, … T, O or I")
        self.group.textChanged.connect(self.changed)
        self.group.hide()

    def _lay_out(self) -> None:
        symmetry = QHBoxLayout()
        symmetry.setSpacing(8)
        symmetry.addWidget(self.symmetries, 1)
        symmetry.addWidget(self.group)
        form = plain_form()
        copies = QHBoxLayout()
        copies.setSpacing(8)
        copies.addWidget(self.text, 1)
        copies.addWidget(self.split)
        form.addRow("Copies", copies)
        form.addRow("Symmetry", symmetry)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 2)
        layout.setSpacing(8)
        layout.addWidget(self.table)
        layout.addLayout(form)

    @property
    def _counts(self) -> list[int]:
        return [self._wishes.get(key, 0) for key in self._keys]

    @property
    def _names(self) -> list[str]:
        items = (self.table.item(row, 0) for row in range(self.table.rowCount()))
        return [item.text().split(".")[0] for item in items if item is not None]

    def _fill(self, items: list[StructureItem]) -> None:
        self.table.setRowCount(len(items))
        self._boxes = {}
        for row, item in enumerate(items):
            self.table.setItem(row, 0, QTableWidgetItem(item.name))
            self._boxes[item.key] = box = self._spin_box(item)
            self.table.setCellWidget(row, 1, _with_margins(box))
        self.table.setVisible(bool(items))
        self.table.setFixedHeight(min(ROWS_SHOWN, len(items)) * ROW + 4)

    def _spin_box(self, item: StructureItem) -> QSpinBox:
        box = integer_box()
        box.setRange(0, MOST)
        box.setSpecialValueText("auto")
        box.setValue(self._wishes.get(item.key, 0))
        box.setAccessibleName(f"Copies of {item.name}")
        box.setToolTip("Copies of this structure; auto: as many as the map is sure of")
        box.valueChanged.connect(lambda count: self._take_count(item.key, count))
        return box

    def _take_count(self, key: str, count: int) -> None:
        self._wishes[key] = count
        self._show_text()
        self.changed.emit()

    def _show_text(self) -> None:
        self._problem = ""
        self.text.setText(written(self._names, self._counts))

    def _take_text(self, text: str) -> None:
        try:
            counts, self._problem = copies_in(text, self._names), ""
        except SettingsError as error:
            self._problem = str(error)
        else:
            self._wishes |= dict(zip(self._keys, counts, strict=True))
            for key, count in zip(self._keys, counts, strict=True):
                with QSignalBlocker(self._boxes[key]):
                    self._boxes[key].setValue(count)
        self.changed.emit()

    def _choose_symmetry(self) -> None:
        asks = self.symmetries.currentData() == GROUP
        self.group.setVisible(asks)
        if asks:
            self.group.setFocus()
        self.changed.emit()


def _with_margins(box: QSpinBox) -> QWidget:
    """A cell draws what fills it wholly over its own edges."""
    cell = QWidget()
    layout = QHBoxLayout(cell)
    layout.setContentsMargins(0, 1, 6, 1)
    layout.addWidget(box)
    return cell
