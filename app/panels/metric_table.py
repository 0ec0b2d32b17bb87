"""Names, values and what is usual, one metric a line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from app.widgets.labels import muted, smaller


class MetricTable(QWidget):
    """Lines are made once and then only rewritten, so that walking through clusters does not flicker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        self._lines: dict[str, tuple[QLabel, QLabel]] = {}  # value, what is usual

    def show_line(self, name: str, value: str, usual: str = "", *, meaning: str = "") -> None:
        """Write a line; a new name makes a new one."""
        if name not in self._lines:
            self._add(name, meaning)
        value_label, usual_label = self._lines[name]
        value_label.setText(value)
        usual_label.setText(usual)
        usual_label.setToolTip(f"{usual}\n{meaning}" if usual else meaning)

    def value(self, name: str) -> str:
        """What stands in a line; empty when there is no such line."""
        return self._lines[name][0].text() if name in self._lines else ""

    def _add(self, name: str, meaning: str) -> None:
        row = len(self._lines)
        title, value, usual = QLabel(name), QLabel(), muted()
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        usual.setFont(smaller(usual.font()))
        usual.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # gives way, never scrolls
        self._lines[name] = (value, usual)
        for column, label in enumerate((title, value, usual)):
            label.setToolTip(meaning)
            side = Qt.AlignmentFlag.AlignRight if column == 1 else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(label, row, column, side | Qt.AlignmentFlag.AlignTop)
