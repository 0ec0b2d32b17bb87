"""What can be set for all sessions; every change holds at once."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.preferences import Preferences
from app.shell.acceleration_page import AccelerationPage
from app.tasks import Tasks
from app.theme import CHOICES
from app.widgets.labels import muted

FLAGS = {
    "notify": (True, "Tell me when a long fit ends while I look elsewhere"),
    "trails": (False, "Draw the ways of the best poses while a fit runs"),
    "tour": (True, "Offer the tour at the next start"),
}


class PreferencesDialog(QDialog):
    """Theme, notices, what is drawn during fits, the cache of fetched files; and what fits are computed with."""

    theme_chosen = Signal(str)

    def __init__(self, preferences: Preferences, cache: Path, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self._preferences, self._cache = preferences, cache
        self.theme = QComboBox()
        for choice in CHOICES:
            self.theme.addItem(choice.capitalize(), choice)
        self.theme.setCurrentIndex(CHOICES.index(preferences.theme))
        self.theme.currentIndexChanged.connect(lambda: self.theme_chosen.emit(self.theme.currentData()))
        self.flags = {name: self._make_flag(name, *declared) for name, declared in FLAGS.items()}
        self.used = muted()
        self.clear = QPushButton("Delete fetched files")
        self.clear.setToolTip("Maps and structures fetched by id; they are fetched again when needed")
        self.clear.clicked.connect(self._clear)
        self.acceleration = AccelerationPage(tasks)
        self._show_size()
        self._lay_out()

    def _make_flag(self, name: str, usual: bool, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(self._preferences.flag(name, usual))
        box.toggled.connect(lambda value: self._preferences.set_flag(name, value))
        return box

    def _lay_out(self) -> None:
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self._make_general_page(), "General")
        self.pages.addTab(self.acceleration, "Acceleration")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(14)
        layout.addWidget(self.pages)
        layout.addWidget(buttons)
        self.setMinimumWidth(500)

    def _make_general_page(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 14, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        form.addRow("Theme", self.theme)
        for box in self.flags.values():
            form.addRow("", box)
        cache = QHBoxLayout()
        cache.addWidget(self.used)
        cache.addStretch()
        cache.addWidget(self.clear)
        form.addRow("Fetched files", cache)
        return page

    def _show_size(self) -> None:
        files = [path for path in self._cache.glob("*") if path.is_file()] if self._cache.is_dir() else []
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        self.used.setText(f"{megabytes:,.0f} MB" if files else "none")
        self.clear.setEnabled(bool(files))

    def _clear(self) -> None:
        shutil.rmtree(self._cache, ignore_errors=True)
        self._show_size()
