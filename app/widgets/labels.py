"""Small text and line widgets that the stylesheet knows by name."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget


def heading(text: str) -> QLabel:
    """The title of a section."""
    label = QLabel(text)
    label.setObjectName("heading")
    return label


def muted(text: str = "", *, wrap: bool = False) -> QLabel:
    """Explaining text in the quieter colour."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(wrap)
    return label


def smaller(font: QFont) -> QFont:
    """The same font, a little smaller: for headers and marks."""
    font.setPointSizeF(font.pointSizeF() * 0.9)
    return font


def link_button(text: str, tip: str) -> QPushButton:
    """A button that looks like a link: for small ways back and shortcuts."""
    button = QPushButton(text)
    button.setProperty("role", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setToolTip(tip)
    return button


def rule() -> QFrame:
    """A thin line between two sections."""
    line = QFrame()
    line.setObjectName("rule")
    return line


class ElidedLabel(QLabel):
    """One line of text that gives way in its middle, so that names keep their start and their ending."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to never widen a panel."""
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
