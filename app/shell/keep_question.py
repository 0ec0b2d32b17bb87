"""Asks whether changes are to be saved before they would be lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget


class KeepQuestion(QMessageBox):
    """Save, discard or cancel; the window goes on behind it."""

    save_chosen = Signal()
    discard_chosen = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        buttons = QMessageBox.StandardButton
        super().__init__(
            QMessageBox.Icon.Question,
            "DiffFit",
            f"Save changes to {name}?",
            buttons.Save | buttons.Discard | buttons.Cancel,
            parent,
        )
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setInformativeText("Fits, copies and how they are drawn would be lost otherwise.")
        self.setDefaultButton(buttons.Save)
        self.setEscapeButton(buttons.Cancel)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.buttonClicked.connect(self._answer)

    def _answer(self, button: object) -> None:
        chosen = self.standardButton(button)  # type: ignore[arg-type]
        if chosen == QMessageBox.StandardButton.Save:
            self.save_chosen.emit()
        elif chosen == QMessageBox.StandardButton.Discard:
            self.discard_chosen.emit()
