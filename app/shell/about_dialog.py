"""Who made this: version, citation, and the licences of everything that the program is made of."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import texts
from app.icons import program_pixmap
from app.shipped import Component, components, licence_text

SIZE = (600, 430)  # pixels
COLUMNS = ("Package", "Version", "Licence")


class AboutDialog(QDialog):
    """Two pages; versions and citation can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About DiffFit")
        self.licences = LicencesPage(components())
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self._make_first_page(), "DiffFit")
        self.pages.addTab(self.licences, "Licences")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_versions = buttons.addButton("Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_versions.setToolTip("Version of the program and of everything that it is made of, for a report")
        self.copy_versions.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.licences.as_text()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self.pages)
        layout.addWidget(buttons)
        self.resize(*SIZE)

    def _make_first_page(self) -> QWidget:
        picture, about = QLabel(), QLabel(texts.about())
        picture.setPixmap(program_pixmap(72))
        about.setWordWrap(True)
        about.setOpenExternalLinks(True)
        about.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.cite = QPushButton("Copy citation (BibTeX)")
        self.cite.clicked.connect(lambda: QGuiApplication.clipboard().setText(texts.BIBTEX))
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(about)
        column.addWidget(self.cite, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(4, 18, 4, 4)
        row.setSpacing(20)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        return page


class LicencesPage(QSplitter):
    """A table of packages, and the licence of the chosen one."""

    def __init__(self, shown: tuple[Component, ...]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._components = shown
        self.table = QTableWidget(len(shown), len(COLUMNS))
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, component in enumerate(shown):
            for column, text in enumerate((component.name, component.version, component.licence)):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Licence")
        self.text.setPlaceholderText("Choose a package to read its licence.")
        self.table.currentCellChanged.connect(self._show)
        self.addWidget(self.table)
        self.addWidget(self.text)
        self.setSizes([220, 110])
        self.setChildrenCollapsible(False)

    def as_text(self) -> str:
        """The versions, a line each."""
        lines = [f"{component.name} {component.version}" for component in self._components]
        return "\n".join([f"DiffFit {texts.program_version()}", *lines])

    def _show(self, row: int) -> None:
        name = self._components[row].name
        text = licence_text(name) or f"{name} comes without the text of its licence."
        self.text.setPlainText(text)
