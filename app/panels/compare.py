"""Two placements compared: every metric, the difference, and how the two are shown in the view."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.panels.cluster_table import COLUMNS, ClusterRow, Column, row_of
from app.panels.numbers import fixed, significant
from app.theme import Colour, qcolour
from app.widgets.labels import muted
from app.widgets.segments import Segments
from difffit_core.document.comparison import Difference, difference
from difffit_core.document.session import ClusterId, Session

SIDE_BY_SIDE, OVERLAID = "side by side", "overlaid"
LAYOUTS = {
    SIDE_BY_SIDE: "Each placement in a view of its own; the two views turn together",
    OVERLAID: "Both placements in one view",
}
FIRST, SECOND = (0.13, 0.45, 0.85), (0.93, 0.52, 0.10)  # told apart by colour-blind eyes, too


class CompareDialog(QDialog):
    """Stands beside the view; while it is open the two placements have colours of their own there."""

    laid_out = Signal(str)  # one of LAYOUTS

    def __init__(self, session: Session, first: ClusterId, second: ClusterId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare placements")
        self.colours: dict[ClusterId, Colour] = {first: FIRST, second: SECOND}
        rows = [row for key in (first, second) if (row := row_of(session, key)) is not None]
        self.layout_choice = Segments(LAYOUTS, SIDE_BY_SIDE)
        self.layout_choice.changed.connect(self.laid_out)
        self.text = muted(_described(session, *rows), wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self.layout_choice)
        layout.addLayout(_table(*rows))
        layout.addWidget(self.text)
        layout.addWidget(buttons)


def _table(first: ClusterRow, second: ClusterRow) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(22)
    grid.setVerticalSpacing(5)
    for column, row, colour in ((1, first, FIRST), (2, second, SECOND)):
        grid.addWidget(_swatch(colour), 0, column, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(QLabel(row.structure), 1, column, Qt.AlignmentFlag.AlignRight)
    grid.addWidget(muted("Second − first"), 1, 3, Qt.AlignmentFlag.AlignRight)
    numeric = [column for column in COLUMNS if column.numeric]
    for line, shown in enumerate(numeric, start=2):
        _add_line(grid, line, shown, first, second)
    return grid


def _add_line(grid: QGridLayout, line: int, column: Column, first: ClusterRow, second: ClusterRow) -> None:
    name = QLabel("Rank" if column.key == "rank" else column.title.replace("\n", " "))
    name.setToolTip(column.meaning)
    grid.addWidget(name, line, 0)
    values = [column.value(row) for row in (first, second)]
    texts = [column.text(value) for value in values]
    best = max(values) if column.best_first else min(values)
    for place, (value, text) in enumerate(zip(values, texts, strict=True), start=1):
        label = QLabel(text)
        label.setObjectName("heading" if value == best and texts[0] != texts[1] else "")
        grid.addWidget(label, line, place, Qt.AlignmentFlag.AlignRight)
    change = float(values[1]) - float(values[0])
    sign = "+" if change > 0 else ""
    shown = "equal" if texts[0] == texts[1] else f"{sign}{significant(change, 3)}"
    grid.addWidget(muted(shown), line, 3, Qt.AlignmentFlag.AlignRight)


def _swatch(colour: Colour) -> QLabel:
    pixmap = QPixmap(34, 6)
    pixmap.fill(qcolour(colour))
    label = QLabel()
    label.setPixmap(pixmap)
    return label


def _described(session: Session, first: ClusterRow, second: ClusterRow) -> str:
    found = difference_of(session, first, second)
    if found is None:
        return "The two rows are placements of different structures."
    return (
        f"The second lies {fixed(found.shift, 2)} Å away and is turned by {fixed(found.angle, 1)}°; "
        f"RMSD over all atoms {fixed(found.rmsd, 2)} Å."
    )


def difference_of(session: Session, first: ClusterRow, second: ClusterRow) -> Difference | None:
    """How far the two placements are apart; None when they are of different structures."""
    fits = [session.find_fit(row.id.fit) for row in (first, second)]
    if fits[0] is None or fits[1] is None or fits[0].structure != fits[1].structure:
        return None
    item = session.find_structure(fits[0].structure)
    if item is None:
        return None
    return difference(item.structure, first.cluster.representative, second.cluster.representative)
