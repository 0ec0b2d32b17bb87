"""What is remembered between two runs of the program."""

import json
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
        return [path for path in (Path(name) for name in names if isinstance(name, str)) if _is_there(path)]

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

    @property
    def last_scan(self) -> Path | None:
        """The folder of the scan that was shown last, if it is still there."""
        stored = str(self._settings.value("last_scan", ""))
        return Path(stored) if stored and Path(stored).is_dir() else None

    @last_scan.setter
    def last_scan(self, folder: Path) -> None:
        self._settings.setValue("last_scan", str(folder))

    @property
    def rates(self) -> dict[str, float]:
        """Seconds per unit of work that fits took on this machine, by kind of search and stage."""
        try:
            stored = json.loads(str(self._settings.value("rates", "{}")))
            return {str(name): float(rate) for name, rate in stored.items()}
        except (ValueError, AttributeError, TypeError):
            return {}

    @rates.setter
    def rates(self, rates: dict[str, float]) -> None:
        self._settings.setValue("rates", json.dumps(rates))

    @property
    def columns(self) -> list[str]:
        """The columns of the table of clusters that the user wants to see; empty for the usual ones."""
        return [name for name in str(self._settings.value("columns", "")).split(",") if name]

    @columns.setter
    def columns(self, names: list[str]) -> None:
        self._settings.setValue("columns", ",".join(names))

    def flag(self, name: str, usual: bool) -> bool:
        """A yes or no that was remembered under this name."""
        return str(self._settings.value(name, usual)).lower() == "true"

    def set_flag(self, name: str, value: bool) -> None:
        """Remember a yes or no."""
        self._settings.setValue(name, "true" if value else "false")

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


def _is_there(file: Path) -> bool:
    """Whether there is such a file; what cannot even be a path is none."""
    try:
        return file.is_file()
    except OSError:
        return False
