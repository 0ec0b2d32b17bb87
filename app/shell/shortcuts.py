"""Mouse and keys: everything that can be done without a menu, in one list."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.shell.palette import plain
from app.texts import MOUSE


class ShortcutsDialog(QDialog):
    """Made from the actions themselves, so it cannot be out of date."""

    def __init__(self, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Mouse and Keys")
        self.text = QLabel(f"<h3>Mouse</h3>{MOUSE}<h3>Keys</h3>{as_table(actions)}")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setContentsMargins(14, 8, 14, 8)
        area = QScrollArea()
        area.setWidget(self.text)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(560, 600)


def as_table(actions: list[QAction]) -> str:
    """The shortcuts with what they do, as HTML."""
    lines = []
    for action in actions:
        keys = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
        if keys:
            lines.append(f"<tr><td><b>{' or '.join(keys)}</b></td><td>{plain(action.text())}</td></tr>")
    return f'<table cellspacing="6">{"".join(lines)}</table>'
