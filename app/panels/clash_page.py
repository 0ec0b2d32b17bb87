"""Where copies come too close: pairs of residues under each pair of copies, the worst first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.clash_watch import FoundClashes
from app.panels.numbers import fixed
from app.widgets.labels import muted, smaller
from difffit_core.document.session import Session

NO_COPIES = "Accept two placements to see whether their copies clash."
NO_CLASHES = "No two copies clash."
CHOICE = Qt.ItemDataRole.UserRole  # numbers of the pair of copies and, of a line below it, of the pair of residues
MOST_LINES = 300  # pairs of residues shown for two copies; the rest are worth a word, not a line
TITLES = ("Residues", "Closest", "Contacts", "Buried")
MEANINGS = (
    "Pairs of residues with atoms whose van der Waals spheres overlap by more than 0.4 Å; hydrogen bonds, disulphides "
    "and bound metals are no clashes. Click one to look at it.",
    "Distance of the nearest atoms that clash.",
    "Pairs of atoms that clash.",
    "Volume that lies within both copies.",
)


class ClashPage(QWidget):
    """A tree of what was found; choosing a line asks for a look at it."""

    chosen = Signal(int, int)  # pair of copies, pair of residues (−1: all of them)
    shown_changed = Signal()  # the page is seen, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Clashes")
        self.tree.setHeaderLabels(list(TITLES))
        for column, meaning in enumerate(MEANINGS):
            self.tree.headerItem().setToolTip(column, meaning)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        header = self.tree.header()
        header.setFont(smaller(header.font()))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 62), (2, 66), (3, 70)):
            header.resizeSection(column, width)
        self.tree.currentItemChanged.connect(self._choose)
        self.hint = muted(NO_COPIES, wrap=True)
        self.hint.setContentsMargins(12, 10, 12, 10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.hint)
        layout.addWidget(self.tree, 1)
        self.show_clashes(Session(), ())

    def show_clashes(self, session: Session, found: tuple[FoundClashes, ...]) -> None:
        """Show what was found."""
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        for number, pair in enumerate(found):
            self.tree.addTopLevelItem(_pair_item(session, number, pair))
        if len(found) == 1:
            self.tree.expandAll()
        self.tree.blockSignals(blocked)
        self.tree.setVisible(bool(found))
        self.hint.setVisible(not found)
        self.hint.setText(NO_CLASHES if len(session.copies) > 1 else NO_COPIES)

    def showEvent(self, event: QShowEvent) -> None:
        """The view shows clashes while the page is seen."""
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The view shows them no longer."""
        self.shown_changed.emit()

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(*item.data(0, CHOICE))


def describe(found: tuple[FoundClashes, ...]) -> str:
    """How many pairs of residues there are, for a title; empty for none."""
    count = sum(len(pair.clashes.pairs) for pair in found)
    return f"{count:,}" if count else ""


def _pair_item(session: Session, number: int, pair: FoundClashes) -> QTreeWidgetItem:
    names = [copy.name if (copy := session.find_copy(key)) else "?" for key in pair.copies]
    clashes = pair.clashes.pairs
    contacts = sum(clash.contacts for clash in clashes)
    volume = f"{pair.clashes.buried_volume:,.0f} Å³"
    item = _line(f"{names[0]} and {names[1]}", clashes[0].distance, contacts, volume, (number, -1))
    for place, clash in enumerate(clashes[:MOST_LINES]):
        text = f"{clash.first} – {clash.second}"
        item.addChild(_line(text, clash.distance, clash.contacts, "", (number, place)))
    if len(clashes) > MOST_LINES:
        rest = QTreeWidgetItem(item, [f"… and {len(clashes) - MOST_LINES:,} more"])
        rest.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _line(text: str, distance: float, contacts: int, volume: str, choice: tuple[int, int]) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text, f"{fixed(distance, 2)} Å", f"{contacts:,}", volume])
    item.setToolTip(0, text)
    item.setData(0, CHOICE, choice)
    for column in (1, 2, 3):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
