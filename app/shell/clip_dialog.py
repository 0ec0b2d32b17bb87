"""Cuts away what is near or far, so that the inside of a map can be seen."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSlider, QVBoxLayout, QWidget

from app.widgets.labels import muted

LEAST = 2  # percent of the scene's depth that is always shown


class ClipDialog(QDialog):
    """Two planes across the line of sight, as percents of the scene's depth; what it sets stays when it closes."""

    changed = Signal(float, float)  # shares of the scene's depth (0 near, 1 far) between which things are seen

    def __init__(self, front: float, back: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Clip")
        self.setMinimumWidth(340)
        self.front = _slider("Front plane", "What is nearer than this is cut away", front)
        self.back = _slider("Back plane", "What is farther than this is cut away", back)
        self.front.valueChanged.connect(self._move_front)
        self.back.valueChanged.connect(self._move_back)
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.addRow("Front", self.front)
        form.addRow("Back", self.back)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close | QDialogButtonBox.StandardButton.Reset)
        self.reset = buttons.button(QDialogButtonBox.StandardButton.Reset)
        self.reset.setText("Show everything")
        self.reset.clicked.connect(self.show_everything)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(muted("The planes stay where they are while you turn the scene.", wrap=True))
        layout.addLayout(form)
        layout.addWidget(buttons)

    def show_everything(self) -> None:
        """Move both planes out of the scene."""
        self._set(0, 100)

    def _move_front(self, percent: int) -> None:
        front = min(percent, 100 - LEAST)
        self._set(front, max(self.back.value(), front + LEAST))

    def _move_back(self, percent: int) -> None:
        back = max(percent, LEAST)
        self._set(min(self.front.value(), back - LEAST), back)

    def _set(self, front: int, back: int) -> None:
        with QSignalBlocker(self.front), QSignalBlocker(self.back):
            self.front.setValue(front)
            self.back.setValue(back)
        self.changed.emit(front / 100, back / 100)


def _slider(name: str, tip: str, share: float) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setValue(round(100 * share))
    slider.setAccessibleName(name)
    slider.setToolTip(tip)
    return slider
