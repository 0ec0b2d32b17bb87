"""The large button that starts a fit, or other long work, and cancels it."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets.labels import LiveLabel
from app.widgets.progress_line import ProgressLine


@dataclass(frozen=True)
class Work:
    """What a button says about the work that it starts."""

    verb: str
    tip: str
    ready: str  # under the button, while nothing is missing
    stop: str  # tip, while the work runs


FIT = Work(
    "Fit",
    "Search the whole map for the places of the ticked structures (F5)",
    "The whole map is searched, no start is needed.",
    "Stop the fit (Esc)",
)


class FitButton(QWidget):
    """The large button with a line of progress under it; while the work runs it cancels."""

    fit_pressed = Signal()
    cancel_pressed = Signal()

    def __init__(self, work: Work = FIT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work, self._running = work, False
        self.button = QPushButton(work.verb)
        self.button.setMinimumHeight(36)
        self.button.clicked.connect(self._press)
        self.bar = ProgressLine()
        self.text = LiveLabel(name="muted")
        self.row = QHBoxLayout()  # others may stand beside the button
        self.row.setSpacing(8)
        self.row.addWidget(self.button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(7)
        layout.addLayout(self.row)
        for widget in (self.bar, self.text):
            layout.addWidget(widget)
        self.show_ready(missing="", structures=1)

    def show_ready(self, *, missing: str, structures: int, estimate: str = "") -> None:
        """Ready to start, or what is missing; `estimate` says how long it will take, where that is known."""
        self._running = False
        self._dress("primary", f"{self._work.verb} {structures} structures" if structures > 1 else self._work.verb)
        self.button.setEnabled(not missing)
        self.button.setToolTip(missing or self._work.tip)
        self.bar.hide()
        self.text.setText(missing or estimate or self._work.ready)

    def show_progress(self, text: str, fraction: float) -> None:
        """The work runs; `fraction` 0 to 1."""
        if not self._running:
            self._running = True
            self._dress("danger", "Cancel")
            self.button.setEnabled(True)
            self.button.setToolTip(self._work.stop)
            self.bar.show()
        self.bar.show_fraction(fraction)
        self.text.setText(text)

    def show_cancelling(self) -> None:
        """Answer the press at once."""
        self.button.setText("Cancelling …")
        self.button.setEnabled(False)

    def _press(self) -> None:
        (self.cancel_pressed if self._running else self.fit_pressed).emit()

    def _dress(self, role: str, text: str) -> None:
        self.button.setText(text)
        self.button.setProperty("role", role)
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)
