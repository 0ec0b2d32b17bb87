"""What helps: command palette, list of keys, the tour, and who made this."""

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from app.actions import Handlers
from app.documentation import NOT_BUILT, documentation_page
from app.preferences import Preferences
from app.problems import show_sentences
from app.shell.about_dialog import AboutDialog
from app.shell.palette import CommandPalette
from app.shell.shortcuts import ShortcutsDialog
from app.shell.tour import Step, TourCard


class HelpDesk(QObject):
    """Opens dialogs; each of them at most once."""

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._tour: TourCard | None = None
        self.steps: list[Step] = []  # of the tour; the window knows the widgets

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "palette": self.show_palette,
            "shortcuts": self.show_shortcuts,
            "tour": self.start_tour,
            "documentation": self.show_documentation,
            "about": self.show_about,
        }

    def show_palette(self) -> None:
        """Every action by a part of its name."""
        palette = CommandPalette(self._actions(), self._window)
        palette.show()
        palette.search.setFocus()

    def show_shortcuts(self) -> None:
        """All keys."""
        self._open(ShortcutsDialog(self._actions(), self._window))

    def start_tour(self) -> None:
        """The three steps, from the first one."""
        if self._tour is None:
            self._tour = TourCard(self.steps, self._window)
            self._tour.ended.connect(self._end_tour)

    def offer_tour(self) -> None:
        """The tour, at the first start only."""
        if self._preferences.flag("tour", True):
            self._preferences.set_flag("tour", False)
            self.start_tour()

    def show_documentation(self) -> None:
        """The documentation in the browser."""
        page = documentation_page()
        if page is None:
            show_sentences(self._window, "There is no documentation here.", [NOT_BUILT])
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def show_about(self) -> None:
        """Version, citation, licences."""
        self._open(AboutDialog(self._window))

    def _end_tour(self) -> None:
        self._tour = None

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _actions(self) -> list[QAction]:
        return QWidget.actions(self._window)
