"""Offers what windows left behind that did not end well."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from app.shell.card import Card
from app.widgets.labels import fit_height, heading, muted

if TYPE_CHECKING:
    from difffit_core.document.autosave import Recovery
    from difffit_core.document.project_summary import ProjectSummary

EXPLANATION = "DiffFit did not end as it should. This was kept by its autosave; recovering it changes no file of yours."


@dataclass(frozen=True)
class Left:
    """An autosave, and what it holds."""

    recovery: "Recovery"
    summary: "ProjectSummary"

    @property
    def title(self) -> str:
        """The name of its project."""
        return self.summary.project.stem if self.summary.project is not None else "Unsaved project"


class RecoveryDialog(QDialog):
    """A card for each; what is neither recovered nor discarded is offered again at the next start."""

    recover_asked = Signal(object)  # Left
    discard_asked = Signal(object)  # Left

    def __init__(self, found: list[Left], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Recover unsaved work")
        self._cards: list[Card] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        for left in found:
            self._add(left)
        buttons = QDialogButtonBox()
        self.later = buttons.addButton("Later", QDialogButtonBox.ButtonRole.RejectRole)
        self.later.setToolTip("Ask again at the next start")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading("Recover unsaved work?"))
        layout.addWidget(muted(EXPLANATION, wrap=True))
        layout.addLayout(self._column)
        layout.addWidget(buttons)
        fit_height(self, 600)

    def _add(self, left: Left) -> None:
        recover, discard = QPushButton("Recover"), QPushButton("Discard")
        for button in (recover, discard):
            button.setAccessibleName(f"{button.text()} {left.title}")
        card = Card(left.title, [left.summary.text, f"kept {when(left.recovery.saved)}"], [discard, recover])
        recover.clicked.connect(partial(self._recover, left))
        discard.clicked.connect(partial(self._discard, left, card))
        self._cards.append(card)
        self._column.addWidget(card)

    def _recover(self, left: Left) -> None:
        self.accept()
        self.recover_asked.emit(left)

    def _discard(self, left: Left, card: Card) -> None:
        self.discard_asked.emit(left)
        self._cards.remove(card)
        card.hide()
        card.deleteLater()
        if self._cards:
            fit_height(self, self.width())
        else:
            self.accept()


def when(moment: datetime) -> str:
    """How long ago, and the time of day or the date."""
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    exact = QLocale().toString(local, QLocale.FormatType.ShortFormat)
    if minutes < 1:
        return f"less than a minute ago ({exact})"
    if minutes < 120:
        return f"{minutes} minute{'s' if minutes > 1 else ''} ago ({exact})"
    hours = minutes // 60
    return f"{hours} hours ago ({exact})" if hours < 48 else f"{hours // 24} days ago ({exact})"
