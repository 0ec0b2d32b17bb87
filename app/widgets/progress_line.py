"""A thin bar that shows how far something is.

QProgressBar repaints at once and on its own; beside an OpenGL view each such repaint composes the whole window anew,
which takes a tenth of a second where the processor does the drawing. This one waits for the window's next repaint.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

HEIGHT = 6  # pixels


class ProgressLine(QWidget):
    """Filled from the left by a fraction; its place is kept while it is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)

    @property
    def fraction(self) -> float:
        """What is shown, 0 to 1."""
        return self._fraction

    def show_fraction(self, fraction: float) -> None:
        """Show this share, 0 to 1."""
        self._fraction = min(1.0, max(0.0, fraction))
        self.update()

    def sizeHint(self) -> QSize:
        """Thin."""
        return QSize(120, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the groove and the filled part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, 0, self.width(), self.height())
        for role, width in ((QPalette.ColorRole.Midlight, 1.0), (QPalette.ColorRole.Highlight, self._fraction)):
            painter.setBrush(self.palette().color(role))
            part = QRectF(0, 0, groove.width() * width, groove.height())
            painter.drawRoundedRect(part, HEIGHT / 2, HEIGHT / 2)
