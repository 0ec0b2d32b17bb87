"""The timeline of composing: rounds, their copies, where else each could go, what was withdrawn and left out."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from app.proposal import LeftOutStructure, Offer, Proposal, ProposedCopy, RoundReport
from app.proposal_presenter import OTHER_COLOUR
from app.theme import LIGHT, Colour, Theme, qcolour, token
from app.widgets.labels import smaller
from difffit_core.document.copies import CopyItem

WHAT, CONFIDENCE, CORRELATION = range(3)
KEY = int(Qt.ItemDataRole.UserRole)  # of the place in a row
TEXT = KEY + 1  # the reason, where a row has one
SWATCH, SIDES = 10, 16  # pixels


class SentenceDelegate(QStyledItemDelegate):
    """Rows with a sentence are as high as the sentence needs in the whole width of the tree."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The usual size, or that of the wrapped sentence."""
        usual = super().sizeHint(option, index)
        tree = self.parent()
        if not isinstance(tree, ComposeTree) or index.data(KEY) or not index.parent().isValid():
            return usual
        width = tree.viewport().width() - 2 * tree.indentation() - SIDES
        flags = int(Qt.TextFlag.TextWordWrap)
        text = tree.fontMetrics().boundingRect(QRect(0, 0, width, 10_000), flags, str(index.data()))
        return QSize(width, text.height() + 6)


class ComposeTree(QTreeWidget):
    """Rows with a place have a box; ticked ones are accepted, a click looks at one."""

    ticks_changed = Signal()
    looked_at = Signal(str)  # key of a place; empty for a row without one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._ticks: dict[str, bool] = {}  # that the user has set, by key of the place
        self.setObjectName("timeline")
        self.setAccessibleName("Rounds")
        self.setItemDelegate(SentenceDelegate(self))
        self.setColumnCount(3)
        self.setHeaderLabels(["Timeline", "Confidence", "Correlation"])
        self.setWordWrap(True)
        self.setIndentation(16)
        self.setIconSize(QSize(SWATCH, SWATCH))
        self.setExpandsOnDoubleClick(False)
        header = self.header()
        header.setFont(smaller(header.font()))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        for column in (CONFIDENCE, CORRELATION):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, 84)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.itemChanged.connect(self._take_tick)
        self.currentItemChanged.connect(lambda item, _: self.looked_at.emit(_key_of(item)))

    def set_theme(self, theme: Theme) -> None:
        """Write sentences in the theme's quieter colour."""
        self._theme = theme
        for item in self._rows():
            if not _key_of(item) and item.parent() is not None:
                item.setForeground(WHAT, QBrush(token(theme, "muted")))

    @property
    def reason(self) -> str:
        """Why the current row is as it is; empty where there is nothing to say."""
        row = self.currentItem()
        return str(row.data(WHAT, TEXT) or "") if row is not None else ""

    @property
    def ticked(self) -> tuple[str, ...]:
        """Keys of the places whose box is ticked, each once."""
        rows = (item for item in self._rows() if item.checkState(WHAT) == Qt.CheckState.Checked)
        return tuple(dict.fromkeys(key for item in rows if (key := _key_of(item))))

    def show_proposal(self, proposal: Proposal | None) -> None:
        """Show the rounds so far, and at the end why there is no further one; the user's ticks and row stay."""
        current = _key_of(self.currentItem())
        if proposal is None:
            self._ticks = {}
        with QSignalBlocker(self):
            self.clear()
            for report in proposal.rounds if proposal is not None else ():
                copies = [copy for copy in proposal.copies if copy.round == report.number] if proposal else []
                self._add_round(report, copies)
            if proposal is not None:
                for left in proposal.left_out:
                    self._add_left_out(left)
                if proposal.stopped:
                    self._sentence(self._heading("Stopped"), proposal.stopped)
            for row in self._rows():
                if current and _key_of(row) == current:
                    self.setCurrentItem(row)
        self.setEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap elsewhere."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _add_round(self, report: RoundReport, copies: list[ProposedCopy]) -> None:
        nothing = "nothing accepted" if report.explained is not None else "nothing sure so far"
        found = nothing if not copies else "1 copy" if len(copies) == 1 else f"{len(copies)} copies"
        share = "" if report.explained is None else f", {100 * report.explained:.0f} % explained"
        row = self._heading(f"Round {report.number}: {found}{share}")
        row.setToolTip(WHAT, f"Fitted: {', '.join(report.tried)}" if report.tried else "This round has not ended.")
        for copy in copies:
            self._add_copy(row, copy)
        for sentence in report.withdrawn:
            self._sentence(row, f"Withdrawn. {sentence}")
        if not copies and not report.withdrawn and report.tried:
            self._sentence(row, f"Looked for {', '.join(report.tried)}: nothing is sure.")

    def _add_copy(self, parent: QTreeWidgetItem, copy: ProposedCopy) -> None:
        marks = [copy.residues] if copy.residues else []
        marks += ["by symmetry"] if copy.by_symmetry else []
        marks += [f"accepted before as {copy.known_as}"] if copy.known_as else []
        text = " · ".join([copy.item.name, *marks])
        row = self._place(parent, copy.item, text, copy.item.colour, ticked=not copy.known_as)
        for offer in copy.offers:
            self._add_offer(row, offer)
        if copy.offers:
            count = len(copy.offers)
            row.setText(WHAT, f"{text} · {'1 alternative' if count == 1 else f'{count} alternatives'}")

    def _add_left_out(self, left: LeftOutStructure) -> None:
        row = self._heading(f"Left out: {left.name}")
        self._sentence(row, left.reason)
        for offer in left.offers:
            self._add_offer(row, offer)

    def _add_offer(self, parent: QTreeWidgetItem, offer: Offer) -> None:
        row = self._place(parent, offer.item, offer.title, OTHER_COLOUR, ticked=False)
        row.setToolTip(WHAT, f"{offer.text}\nA click shows it; tick it to accept it.")
        row.setData(WHAT, TEXT, offer.text)

    def _place(
        self, parent: QTreeWidgetItem, item: CopyItem, text: str, colour: Colour, *, ticked: bool
    ) -> QTreeWidgetItem:
        score = dict(item.scores or ()).get("correlation_about_mean")
        row = QTreeWidgetItem(parent, [text, _number(item.confidence, 2), _number(score, 3)])
        row.setData(WHAT, KEY, item.key)
        row.setIcon(WHAT, QIcon(_swatch(colour)))
        row.setCheckState(WHAT, _state(self._ticks.get(item.key, ticked)))
        for column in (CONFIDENCE, CORRELATION):
            row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setToolTip(WHAT, text)
        return row

    def _heading(self, text: str) -> QTreeWidgetItem:
        row = QTreeWidgetItem(self, [text])
        font = row.font(WHAT)
        font.setBold(True)
        row.setFont(WHAT, font)
        row.setFirstColumnSpanned(True)
        row.setExpanded(True)
        return row

    def _sentence(self, parent: QTreeWidgetItem, text: str) -> None:
        row = QTreeWidgetItem(parent, [text])
        row.setFirstColumnSpanned(True)
        row.setForeground(WHAT, QBrush(token(self._theme, "muted")))
        row.setToolTip(WHAT, text)

    def _rows(self) -> list[QTreeWidgetItem]:
        rows = QTreeWidgetItemIterator(self)
        found: list[QTreeWidgetItem] = []
        while (row := rows.value()) is not None:
            found.append(row)
            rows += 1
        return found

    def _take_tick(self, changed: QTreeWidgetItem, column: int) -> None:
        """A place that is listed twice is ticked twice; what the user has ticked stays so in later rounds."""
        if _key_of(changed):
            self._ticks[_key_of(changed)] = changed.checkState(WHAT) == Qt.CheckState.Checked
        with QSignalBlocker(self):
            for row in self._rows():
                if _key_of(row) == _key_of(changed) and _key_of(row):
                    row.setCheckState(WHAT, changed.checkState(WHAT))
        self.ticks_changed.emit()


def _state(ticked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked


def _key_of(row: QTreeWidgetItem | None) -> str:
    return str(row.data(WHAT, KEY) or "") if row is not None else ""


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def _swatch(colour: Colour) -> QPixmap:
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(QColor(qcolour(colour)))
    return pixmap
