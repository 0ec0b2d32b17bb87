"""After the program ended by itself: the report, to be read, copied, kept or deleted. Nothing is sent."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.crash_reports import CrashReport, put_aside
from app.shell.recovery_dialog import when
from app.widgets.labels import heading, muted

SIZE = (640, 420)  # pixels
EXPLANATION = (
    "This is what it was doing, with versions and without anything of your files. It stays on this computer; "
    "attach it when you report the fault."
)


class CrashDialog(QDialog):
    """Shows the latest report; closing keeps it without asking again."""

    def __init__(self, reports: tuple[CrashReport, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("DiffFit ended by itself")
        self._reports = reports
        latest = reports[0]
        self.text = QPlainTextEdit(latest.text())
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        more = f", and {len(reports) - 1} times before" if len(reports) > 1 else ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading(f"DiffFit ended by itself {when(latest.when)}{more}"))
        layout.addWidget(muted(EXPLANATION, wrap=True))
        layout.addWidget(self.text)
        layout.addWidget(self._make_buttons(latest))
        self.resize(*SIZE)
        self.finished.connect(self._keep)

    def _make_buttons(self, latest: CrashReport) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.copy, self.folder, self.delete = QPushButton("Copy"), QPushButton("Open folder"), QPushButton("Delete")
        for button in (self.copy, self.folder):
            buttons.addButton(button, role.ActionRole)
        buttons.addButton(self.delete, role.DestructiveRole)
        self.keep = buttons.addButton("Keep", role.RejectRole)
        self.keep.setDefault(True)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(latest.text()))
        self.folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(latest.path.parent))))
        self.delete.clicked.connect(self._delete)
        buttons.rejected.connect(self.reject)
        return buttons

    def _keep(self) -> None:
        """Do not offer these again."""
        for report in self._reports:
            if report.path.exists():
                put_aside(report)

    def _delete(self) -> None:
        for report in self._reports:
            report.path.unlink(missing_ok=True)
        self.accept()
