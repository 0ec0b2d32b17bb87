"""What is remembered between two runs of the program."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from app.theme import CHOICES

RECENT_FILES = 10


class Preferences:
    """A typed face of QSettings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def theme(self) -> str:
        """`system`, `light` or `dark`."""
        choice = str(self._settings.value("theme", "system"))
        return choice if choice in CHOICES else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._settings.setValue("theme", choice)

    @property
    def recent_files(self) -> list[Path]:
        """The files opened last, the latest first; those that are gone are left out."""
        stored = self._settings.value("recent_files", [])
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [path for path in map(Path, names) if path.is_file()]

    def remember_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = path.absolute()
        others = [p for p in self.recent_files if p != path]
        self._settings.setValue("recent_files", [str(p) for p in [path, *others][:RECENT_FILES]])

    def forget_files(self) -> None:
        """Empty the list of recent files."""
        self._settings.remove("recent_files")

    @property
    def folder(self) -> str:
        """Where file dialogs start."""
        return str(self._settings.value("folder", str(Path.home())))

    @folder.setter
    def folder(self, folder: str) -> None:
        self._settings.setValue("folder", folder)

    def save_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Remember the window's place and its docks."""
        self._settings.setValue("geometry", geometry)
        self._settings.setValue("state", state)

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """The window's place and docks as they were, if any were remembered."""
        geometry, state = self._settings.value("geometry"), self._settings.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def flush(self) -> None:
        """Write everything to disk now."""
        self._settings.sync()
