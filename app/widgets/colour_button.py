"""A swatch that shows a colour and lets the user choose another."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QColorDialog, QToolButton, QWidget

from app.theme import Colour, qcolour


class ColourButton(QToolButton):
    """A small rounded square in the item's colour; a click opens the colour dialog."""

    chosen = Signal(object)  # Colour

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour: Colour = (0.5, 0.5, 0.5)
        self.setFixedSize(20, 20)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Change the colour")
        self.clicked.connect(self._ask)

    def set_colour(self, colour: Colour) -> None:
        """Show this colour."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        """As small as it is drawn."""
        return QSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the swatch."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = qcolour(self._colour)
        painter.setBrush(colour)
        painter.setPen(colour.darker(125))
        painter.drawRoundedRect(self.rect().adjusted(4, 4, -4, -4), 3, 3)

    def _ask(self) -> None:
        dialog = QColorDialog(qcolour(self._colour), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._take)
        dialog.open()

    def _take(self, colour: QColor) -> None:
        self.chosen.emit((colour.redF(), colour.greenF(), colour.blueF()))
