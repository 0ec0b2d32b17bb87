"""How the session goes to another program: started with a script, sent to a running one, or left as files."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.labels import heading, muted
from app.widgets.number_box import integer_box

START, SEND, WRITE = "start", "send", "write"


@dataclass(frozen=True)
class HandOnWish:
    """What was asked for."""

    program: str
    how: str  # `start`, `send` or `write`
    folder: Path
    port: int


class HandOnDialog(QDialog):
    """For one program; sending is offered to those that listen (`port` is not None)."""

    asked = Signal(object)  # HandOnWish

    def __init__(self, program: str, found: Path | None, folder: Path, port: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Open in {program}")
        self._program = program
        self.start = QRadioButton(f"Start {program}")
        self.send = QRadioButton(f"Send to the {program} that is running, at port")
        self.write = QRadioButton("Only write the script and its files")
        self.port = integer_box()
        self._choices = QButtonGroup(self)
        for button in (self.start, self.send, self.write):
            self._choices.addButton(button)
        self.start.setEnabled(found is not None)
        (self.start if found is not None else self.write).setChecked(True)
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder for script and files")
        self.folder.textChanged.connect(self._check)
        where = str(found) if found is not None else f"{program} was not found on this computer."
        self._lay_out(where, port)

    def _lay_out(self, where: str, port: int | None) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(heading(f"Maps, copies, levels and colours for {self._program}"))
        layout.addSpacing(2)
        layout.addWidget(self.start)
        layout.addWidget(self._indented(muted(where, wrap=True)))
        if port is not None:
            layout.addLayout(self._port_row(port))
        layout.addWidget(self.write)
        layout.addSpacing(6)
        layout.addWidget(QLabel("Script, placed copies and remaining maps go into"))
        layout.addLayout(self._folder_row())
        layout.addSpacing(4)
        layout.addWidget(self._make_buttons())
        self.setMinimumWidth(560)

    def _port_row(self, port: int) -> QVBoxLayout:
        self.port.setRange(1024, 65535)
        self.port.setValue(port)
        self.port.setAccessibleName("Port")
        self.port.valueChanged.connect(self._show_command)
        self.send.toggled.connect(self.port.setEnabled)
        self.port.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self.send)
        row.addWidget(self.port)
        row.addStretch()
        self.command = muted()
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._show_command(port)
        both = QVBoxLayout()
        both.setSpacing(4)
        both.addLayout(row)
        both.addWidget(self._indented(self.command))
        return both

    def _folder_row(self) -> QHBoxLayout:
        browse = QPushButton("Choose …")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        return row

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.hand_on = buttons.addButton("Hand on", QDialogButtonBox.ButtonRole.AcceptRole)
        self.hand_on.setProperty("role", "primary")
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        return buttons

    def _indented(self, label: QLabel) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(24, 0, 0, 2)
        row.addWidget(label)
        return holder

    def _show_command(self, port: int) -> None:
        self.command.setText(f"In {self._program} type first: remotecontrol rest start port {port}")

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Folder for script and files", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _check(self) -> None:
        self.hand_on.setEnabled(bool(self.folder.text().strip()))

    def _ask(self) -> None:
        chosen = self._choices.checkedButton()
        how = {self.start: START, self.send: SEND}.get(chosen, WRITE)  # type: ignore[call-overload]
        folder = Path(self.folder.text().strip()).expanduser()
        self.accept()
        self.asked.emit(HandOnWish(self._program, how, folder, self.port.value()))
