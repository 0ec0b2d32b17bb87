"""How the window itself looks: theme, full screen, and what is set for all sessions."""

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from app.actions import Handlers
from app.preferences import Preferences
from app.shell.preferences_dialog import PreferencesDialog
from app.tasks import Tasks
from app.theme import CHOICES, ThemeSwitch


class LookDesk(QObject):
    """Between the menus, the preferences and the theme."""

    def __init__(self, window: QMainWindow, preferences: Preferences, tasks: Tasks, themes: ThemeSwitch) -> None:
        super().__init__(window)
        self._window, self._preferences, self._tasks, self._themes = window, preferences, tasks, themes

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        choices: Handlers = {f"theme_{choice}": partial(self.choose_theme, choice) for choice in CHOICES}
        return choices | {"preferences": self.show_preferences, "full_screen": self._toggle_full_screen}

    def choose_theme(self, choice: str) -> None:
        """Use a theme from now on."""
        self._preferences.theme = choice
        self._themes.choose(choice)

    def show_preferences(self) -> None:
        """What can be set for all sessions."""
        from difffit_core.files.fetch import default_cache

        dialog = PreferencesDialog(self._preferences, default_cache(), self._tasks, self._window)
        dialog.theme_chosen.connect(self.choose_theme)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
