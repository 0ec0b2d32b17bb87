"""A card in a dialog: what it is about in bold, more about it below, and buttons on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from app.widgets.labels import heading, muted


class Card(QFrame):
    """A title, lines of smaller text, and buttons."""

    def __init__(self, title: str, lines: list[str], buttons: list[QPushButton]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.title = heading(title)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(3)
        self._texts.addWidget(self.title)
        for line in lines:
            self._texts.addWidget(muted(line, wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 11, 12, 11)
        row.setSpacing(8)
        row.addLayout(self._texts, 1)
        for button in buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names of files are the user's

    def add(self, label: QLabel) -> None:
        """One more line."""
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._texts.addWidget(label)
