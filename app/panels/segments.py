"""The segments of the map as a table: how large each is, and where; any of them can be looked at and searched."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.segment_presenter import colour_of
from app.segmenting import SegmentedMap
from app.theme import Colour, qcolour
from app.widgets.arranged import plain_form
from app.widgets.labels import muted, smaller
from app.widgets.number_box import integer_box

COLUMNS = ("Segment", "Volume", "Share", "Centre")
MEANINGS = (
    "Segments of the map, the largest first. Click one to look at it, double-click it to search there.",
    "Volume above the contour level.",
    "Share of the volume above the contour level.",
    "Centre of its density, in the map's frame.",
)
HINT = "Press Segment: the map's density above its contour level is cut into parts\nthat can be searched one by one."
SWATCH, FORM_WIDTH, MOST = 10, 210, 500


class SegmentsPanel(QWidget):
    """What is wanted on the left, the segments on the right."""

    segment_pressed = Signal()
    cancel_pressed = Signal()
    search_pressed = Signal(int)  # number of the segment, from 0
    chosen = Signal(int)  # −1 for none
    shown_changed = Signal()  # the panel is seen, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._make_form()
        self._make_tree()
        self._lay_out()
        self.show_segments(None)

    @property
    def count(self) -> int | None:
        """How many segments are wanted at most; None for as many as there are chains' worth."""
        return self.number.value() or None

    @property
    def current(self) -> int | None:
        """The chosen segment, from 0."""
        item = self.tree.currentItem()
        return self.tree.indexOfTopLevelItem(item) if item is not None else None

    def choose(self, number: int) -> None:
        """Choose a segment, by its number from 0."""
        item = self.tree.topLevelItem(number)
        if item is not None:
            self.tree.setCurrentItem(item)

    def show_segments(self, segmented: SegmentedMap | None) -> None:
        """List these segments; None when there are none."""
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        segments = segmented.segmentation.segments if segmented is not None else ()
        whole = sum(segment.volume for segment in segments)
        for number, segment in enumerate(segments):
            x, y, z = segment.centre_xyz
            centre = f"{x:.0f}, {y:.0f}, {z:.0f} Å"
            texts = [str(segment.label), f"{segment.volume / 1000:.1f} nm³", f"{100 * segment.volume / whole:.0f} %"]
            item = QTreeWidgetItem([*texts, centre])
            item.setIcon(0, QIcon(_swatch(colour_of(number))))
            for column in range(1, len(COLUMNS)):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(blocked)
        self.tree.header().setVisible(bool(segments))
        self.hint.setVisible(not segments)

    def show_situation(self, *, busy: bool, can_segment: bool, can_search: bool, about: str) -> None:
        """What can be done now, and a line about the map."""
        self._busy = busy
        self.segment.setText("Cancel" if busy else "Segment")
        self.segment.setEnabled(busy or can_segment)
        self.number.setEnabled(not busy)
        self.search.setEnabled(can_search and self.current is not None)
        self.about.setText(about)

    def showEvent(self, event: QShowEvent) -> None:
        """The view shows segments while the panel is seen."""
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The view shows the map again."""
        self.shown_changed.emit()

    def _make_form(self) -> None:
        self.about = muted(wrap=True)
        self.number = integer_box()
        self.number.setRange(0, MOST)
        self.number.setSpecialValueText("auto")
        self.number.setAccessibleName("Segments")
        self.number.setToolTip("Segments at most; auto: one for every chain's worth of density, 36 nm³")
        self.segment = QPushButton("Segment")
        self.segment.setToolTip("Cut the map that is fitted into, as it is now, by a watershed")
        self.segment.clicked.connect(self._press)
        self.search = QPushButton("Search Here")
        self.search.setProperty("role", "primary")
        self.search.setToolTip("Fit the ticked structures into the chosen segment only")
        self.search.clicked.connect(self._search)

    def _make_tree(self) -> None:
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Segments of the map")
        self.tree.setHeaderLabels(list(COLUMNS))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setIconSize(QSize(SWATCH, SWATCH))
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.tree.header()
        header.setFont(smaller(header.font()))
        header.setStretchLastSection(False)
        for column, meaning in enumerate(MEANINGS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            self.tree.headerItem().setToolTip(column, meaning)
            if column:
                self.tree.headerItem().setTextAlignment(
                    column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )
        self.tree.currentItemChanged.connect(lambda *_: self.chosen.emit(-1 if self.current is None else self.current))
        self.tree.itemDoubleClicked.connect(lambda *_: self._search())
        self.hint = muted(HINT)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.tree).addWidget(self.hint)

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(FORM_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        form = plain_form()
        form.addRow("Segments", self.number)
        column.addWidget(self.about)
        column.addLayout(form)
        column.addWidget(self.segment)
        column.addWidget(self.search)
        column.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addWidget(self.tree, 1)

    def _press(self) -> None:
        (self.cancel_pressed if self._busy else self.segment_pressed).emit()

    def _search(self) -> None:
        if self.search.isEnabled() and self.current is not None:
            self.search_pressed.emit(self.current)


def _swatch(colour: Colour) -> QPixmap:
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(qcolour(colour))
    return pixmap
