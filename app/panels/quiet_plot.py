"""What all plots of the window have in common; in a module of its own because pyqtgraph is imported late."""

import pyqtgraph
from PySide6.QtWidgets import QWidget

from app.theme import Theme, token

AXES = ("left", "bottom")


class QuietPlot(pyqtgraph.PlotWidget):
    """A plot without frame, menu and buttons that the mouse cannot move, with axes in the theme's quiet colours."""

    def __init__(self, parent: QWidget | None = None, *, axis_width: int) -> None:
        """`axis_width`: pixels for the numbers on the left, so that plots above each other are aligned."""
        super().__init__(parent, background=None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        for name in AXES:
            self.getAxis(name).enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(axis_width)

    def dress(self, theme: Theme, ground: str) -> None:
        """Ground (the name of a colour) and axes in the theme's colours."""
        self.setBackground(token(theme, ground))
        for name in AXES:
            axis = self.getAxis(name)
            axis.setPen(token(theme, "strong_line"))
            axis.setTextPen(token(theme, "muted"))
