"""What fits are computed with on this machine, looked for in the pool when the page is shown."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget
from shiboken6 import isValid

from app.tasks import Tasks
from app.widgets.labels import muted

if TYPE_CHECKING:  # it loads the engine
    from difffit_core.fit.acceleration import Acceleration

LOOKING = "looking …"


class AccelerationPage(QWidget):
    """Processor or card, the build of PyTorch, and what to do for more speed."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks, self._asked = tasks, False
        self.choice, self.card, self.torch = QLabel(LOOKING), QLabel(LOOKING), QLabel(LOOKING)
        self.advice = muted(wrap=True)
        form = QFormLayout(self)
        form.setContentsMargins(0, 14, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        for name, label in (("Fits use", self.choice), ("Graphics card", self.card), ("Built with", self.torch)):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(name, label)
        form.addRow(self.advice)

    def showEvent(self, event: QShowEvent) -> None:
        """Look, the first time that somebody wants to know."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._tasks.submit(_look, on_result=self._show, on_error=self._show_trouble)

    def _show(self, found: "Acceleration") -> None:
        if not isValid(self):  # the dialog was closed before the answer came
            return
        self.choice.setText(found.choice)
        self.card.setText(found.card or "none that can be used")
        self.torch.setText(found.torch)
        self.advice.setText(found.advice)

    def _show_trouble(self, error: Exception) -> None:
        if not isValid(self):
            return
        for label in (self.choice, self.card, self.torch):
            label.setText("not known")
        self.advice.setText(str(error))


def _look() -> "Acceleration":
    from difffit_core.fit.acceleration import find_acceleration

    return find_acceleration()
