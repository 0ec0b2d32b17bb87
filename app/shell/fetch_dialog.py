"""Asks for ids of the public archives."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from app.widgets.labels import heading, muted

EXAMPLES = "EMD-3488 a map · 5me2 or pdb_00005me2 a structure · AF-P69905 a predicted model"


class FetchDialog(QDialog):
    """One line for any number of ids; says at once when one of them cannot be."""

    asked = Signal(list)  # ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Fetch by id")
        self.ids = QLineEdit()
        self.ids.setPlaceholderText("EMD-3488 5me2")
        self.ids.setAccessibleName("Ids to fetch")
        self.ids.textChanged.connect(self._check)
        self.problem = muted(wrap=True)
        self.problem.setObjectName("problem")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.fetch = self.buttons.addButton("Fetch", QDialogButtonBox.ButtonRole.AcceptRole)
        self.fetch.setProperty("role", "primary")
        self.buttons.accepted.connect(self._ask)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(9)
        layout.addWidget(heading("From EMDB, the PDB and the AlphaFold DB"))
        layout.addWidget(self.ids)
        layout.addWidget(muted(EXAMPLES))
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(500)
        self._check()

    def _wanted(self) -> list[str]:
        return self.ids.text().replace(",", " ").split()

    def _check(self) -> None:
        from difffit_core.files.download import FetchError
        from difffit_core.files.fetch import parse_id

        sentence = ""
        for text in self._wanted():
            try:
                parse_id(text)
            except FetchError as error:
                sentence = str(error)
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.fetch.setEnabled(bool(self._wanted()) and not sentence)

    def _ask(self) -> None:
        self.asked.emit(self._wanted())
        self.accept()
