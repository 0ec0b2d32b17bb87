"""The strip in the status bar that shows a running job; its place is kept, so nothing moves when it appears."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.widgets.progress_line import ProgressLine


class JobStrip(QWidget):
    """Text, bar and Cancel on one line."""

    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.bar = ProgressLine()
        self.bar.setFixedWidth(180)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop the fit; fits that have ended are kept (Esc)")
        self.cancel.setStyleSheet("padding: 1px 10px; min-height: 15px;")
        self.cancel.clicked.connect(self.cancel_pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 8, 2)
        layout.setSpacing(8)
        for widget in (self.text, self.bar, self.cancel):
            layout.addWidget(widget)
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_idle()

    def show_progress(self, text: str, fraction: float) -> None:
        """Show where the job is; `fraction` 0 to 1."""
        self.text.setText(text)
        self.bar.show_fraction(fraction)
        self.bar.show()
        self.cancel.show()

    def show_cancelling(self) -> None:
        """Answer the press at once; the job ends a moment later."""
        self.text.setText("Cancelling …")
        self.cancel.setEnabled(False)

    def show_idle(self) -> None:
        """Nothing runs."""
        self.text.setText("")
        self.cancel.setEnabled(True)
        self.bar.hide()
        self.cancel.hide()
