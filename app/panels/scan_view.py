"""The view of the candidates: a picture and two lines for each, dots for how hard it was searched, keys."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.panels.scan_columns import COLUMNS, EFFORTS, column_number, effort_level
from app.panels.scan_model import CANDIDATE_ROLE, MISSING_ROLE, NAME, RIGHT, Index
from app.scan_pictures import SIDE, CandidatePictures
from app.scan_table import Candidate
from app.theme import LIGHT, Theme, token
from app.widgets.arranged import show_as_rows
from app.widgets.labels import smaller

ROW, ROOM, GAP = SIDE + 4, 4, 8  # pixels
DOT, DOT_STEP = 2.6, 9.0  # pixels
EFFORT, SIZE = column_number("effort"), column_number("atoms")
NUMBERS = tuple(map(column_number, ("score", "p")))  # with a second one below
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CandidatePainter(QStyledItemDelegate):
    """Draws the cells that are more than a number."""

    def __init__(self, pictures: CandidatePictures, parent: QTableView) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._pictures = pictures

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell: names and efforts ourselves, numbers as usual, in bold where a candidate was found."""
        candidate: Candidate = index.data(CANDIDATE_ROLE)
        if index.column() not in (NAME, EFFORT, *NUMBERS):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        if index.column() == NAME:
            self._draw_name(painter, option, candidate, missing=bool(index.data(MISSING_ROLE)))
        elif index.column() in NUMBERS:
            upper, _, lower = COLUMNS[index.column()].text(candidate).partition("\n")
            self._draw_lines(painter, option, upper, lower)
        else:
            self._draw_effort(painter, option, effort_level(candidate))
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Found candidates in bold, failed ones in the quieter colour."""
        super().initStyleOption(option, index)
        candidate: Candidate = index.data(CANDIDATE_ROLE)
        option.font.setBold(candidate.found and index.column() != SIZE)
        if candidate.rank is None:
            option.palette.setColor(option.palette.ColorRole.Text, token(self.theme, "muted"))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as a picture."""
        return QSize(COLUMNS[index.column()].width, ROW)

    def _draw_name(
        self, painter: QPainter, option: QStyleOptionViewItem, candidate: Candidate, *, missing: bool
    ) -> None:
        left, middle = option.rect.left() + ROOM, option.rect.center().y()
        picture = self._pictures.picture(candidate) if candidate.rank is not None else None
        if picture is not None:
            painter.drawPixmap(left, middle - SIDE // 2 + 1, picture)
        text = option.rect.adjusted(ROOM + SIDE + GAP, 0, -ROOM, 0)
        second, colour = _second_line(candidate, missing=missing)
        upper = QRect(text.left(), middle - 17, text.width(), 17) if second else text
        painter.setFont(option.font)
        painter.setPen(self._ink(option, "text" if candidate.rank is not None else "muted"))
        _write(painter, upper, candidate.name, Qt.TextElideMode.ElideMiddle)
        painter.setFont(_quiet(option.font))
        painter.setPen(self._ink(option, colour))
        _write(painter, QRect(text.left(), middle + 1, text.width(), 16), second, Qt.TextElideMode.ElideRight)

    def _draw_lines(self, painter: QPainter, option: QStyleOptionViewItem, upper: str, lower: str) -> None:
        """A number, and a quieter one below it."""
        room, middle = option.rect.adjusted(0, 0, -6, 0), option.rect.center().y()
        painter.setFont(option.font)
        painter.setPen(self._ink(option, "text"))
        painter.drawText(QRect(room.left(), middle - 17, room.width(), 17) if lower else room, int(RIGHT), upper)
        painter.setFont(_quiet(option.font))
        painter.setPen(self._ink(option, "muted"))
        painter.drawText(QRect(room.left(), middle + 1, room.width(), 16), int(RIGHT), lower)

    def _draw_effort(self, painter: QPainter, option: QStyleOptionViewItem, level: int) -> None:
        """A dot for every search, filled for those that were made."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(option.rect).center()
        for n in range(len(EFFORTS)):
            place = middle + QPointF((n - (len(EFFORTS) - 1) / 2) * DOT_STEP, 0.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ink(option, "accent" if n < level else "line"))
            painter.drawEllipse(place, DOT, DOT)

    def _ink(self, option: QStyleOptionViewItem, name: str) -> QColor:
        """A colour of the theme, or one that can be read on a chosen row."""
        if not option.state & QStyle.StateFlag.State_Selected:
            return token(self.theme, name)
        colour = QColor(token(self.theme, "accent_text"))
        colour.setAlphaF({"text": 1.0, "accent": 1.0, "line": 0.35}.get(name, 0.85))
        return colour


def _second_line(candidate: Candidate, *, missing: bool) -> tuple[str, str]:
    """What stands under the name, and its colour."""
    if candidate.reason:
        return candidate.reason, "danger"
    return ("file is not here", "warning") if missing else (candidate.description, "muted")


def _quiet(font: QFont) -> QFont:
    """For the second line of a cell."""
    quiet = smaller(QFont(font))
    quiet.setBold(False)
    return quiet


def _write(painter: QPainter, room: QRect, text: str, elide: Qt.TextElideMode) -> None:
    shown = painter.fontMetrics().elidedText(text, elide, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class ScanView(QTableView):
    """The table; Enter looks closer at the current candidate."""

    centre_asked = Signal()

    def __init__(self, pictures: CandidatePictures) -> None:
        super().__init__()
        self.setAccessibleName("Candidates")
        show_as_rows(self, ROW)
        self.setSortingEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.cells = CandidatePainter(pictures, self)
        self.setItemDelegate(self.cells)
        self.doubleClicked.connect(lambda _: self.centre_asked.emit())

    def fit_columns(self) -> None:
        """Numbers in full; the name takes the room that is left."""
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setHighlightSections(False)
        header.setFont(smaller(header.font()))
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self.cells.theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks closer."""
        if event.key() in KEYS:
            self.centre_asked.emit()
        else:
            super().keyPressEvent(event)
