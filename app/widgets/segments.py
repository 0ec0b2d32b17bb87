"""A few choices side by side, one of them chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget


class Segments(QWidget):
    """Buttons of which exactly one is down."""

    changed = Signal(str)

    def __init__(self, choices: dict[str, str], chosen: str, parent: QWidget | None = None) -> None:
        """`choices` gives a tooltip for every choice."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for position, (choice, tip) in enumerate(choices.items()):
            button = QToolButton()
            button.setText(choice.capitalize())
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setObjectName("segment")
            button.setProperty("place", _place(position, len(choices)))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._buttons[choice] = button
            self._group.addButton(button)
            layout.addWidget(button)
        self._buttons[chosen].setChecked(True)
        self._group.buttonToggled.connect(self._say_changed)

    @property
    def chosen(self) -> str:
        """The choice whose button is down."""
        return next(choice for choice, button in self._buttons.items() if button.isChecked())

    def _say_changed(self, button: QAbstractButton, down: bool) -> None:
        if down:
            self.changed.emit(self.chosen)

    def choose(self, choice: str) -> None:
        """Press this choice's button."""
        self._buttons[choice].setChecked(True)


def _place(position: int, count: int) -> str:
    if position == 0:
        return "first"
    return "last" if position == count - 1 else "middle"
