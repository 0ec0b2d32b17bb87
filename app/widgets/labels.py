"""Small text and line widgets that the stylesheet knows by name."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

Left = Qt.AlignmentFlag.AlignLeft


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


def fit_height(dialog: QWidget, width: int) -> None:
    """Make a dialog as high as its text needs in this width: Qt's own guess for lines that wrap is too high."""
    layout = dialog.layout()
    dialog.ensurePolished()
    dialog.setMinimumWidth(width)
    if layout is not None:
        dialog.resize(width, layout.totalHeightForWidth(width))


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


class LiveLabel(QLabel):
    """One line of text that changes often: a new text is painted and never asks for a new arrangement.

    QLabel says with every text that its size may have changed; beside an OpenGL view what follows composes the whole
    window once more.
    """

    def __init__(self, *, characters: int = 0, name: str = "", alignment: Qt.AlignmentFlag = Left) -> None:
        super().__init__()
        self._text, self._characters = "", characters
        self.setObjectName(name)
        self.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        width = QSizePolicy.Policy.Maximum if characters else QSizePolicy.Policy.Ignored
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What is shown."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text, shortened at its end where there is no room."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def sizeHint(self) -> QSize:
        """A line, as wide as so many characters."""
        margins = self.contentsMargins()
        width = self._characters * self.fontMetrics().averageCharWidth()
        return QSize(
            width + margins.left() + margins.right(),
            self.fontMetrics().lineSpacing() + margins.top() + margins.bottom(),
        )

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to never widen a panel."""
        return QSize(20, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        painter, room = QPainter(self), self.contentsRect()
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(self.alignment()), text)
