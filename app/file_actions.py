"""What the File menu does: open, save, close, remember."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.actions import Handlers
from app.controller import Controller
from app.project_reading import is_project
from app.reading import FILTERS, MapFacts
from app.saving import STRUCTURE_FILTERS, ask_where, save_placed, suggested_name
from app.shell.fetch_dialog import FetchDialog
from difffit_core.document.commands import RemoveMap, RemoveStructure
from difffit_core.document.session import StructureItem
from difffit_core.errors import ProjectError


class FileActions(QObject):
    """Asks where, and lets the pool do the reading and writing."""

    message = Signal(str)
    failed = Signal(object)  # Exception
    project_asked = Signal(object)  # Path
    library_asked = Signal(list)  # a folder of candidates, or of a scan

    def __init__(self, window: QWidget, controller: Controller, placed: Callable[[], StructureItem | None]) -> None:
        """`placed` says which placed structure is to be saved."""
        super().__init__(window)
        self._window, self._controller, self._placed = window, controller, placed
        self._preferences = controller.preferences

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "open": self.ask_open,
            "sample": self.open_sample,
            "fetch": self.ask_fetch,
            "save_placed": self.ask_save_placed,
            "close_all": self.close_all,
        }

    def open_files(self, paths: list[Path]) -> None:
        """Open maps and structures, in any number and order, or one project, or a folder of candidates."""
        projects = [path for path in paths if is_project(path)]
        if len(paths) == 1 and paths[0].is_dir():
            self.library_asked.emit(paths)
        elif not projects:
            self._controller.opener.open(paths)
        elif len(paths) == 1:
            self.project_asked.emit(projects[0])
        else:
            names = ", ".join(path.name for path in projects)
            self.failed.emit(ProjectError(f"{names}: open a project by itself; it replaces what is there."))

    def open_one(self, path: Path) -> None:
        """Open a map, a structure or a project."""
        self.open_files([path])

    def ask_open(self) -> None:
        """Let the user choose files to open."""
        title = "Open maps and structures, or a project"
        names, _ = QFileDialog.getOpenFileNames(self._window, title, self._preferences.folder, FILTERS)
        if names:
            self._preferences.folder = str(Path(names[0]).parent)
            self.open_files([Path(name) for name in names])

    def open_sample(self) -> None:
        """Open the map and the first structure of the sample that comes with the program."""
        from difffit_core.files.samples import load_sample

        sample = load_sample()
        facts = MapFacts(sample.contour_level, sample.resolution)
        self._controller.opener.open([sample.map_path, sample.structures[0].path], facts)

    def ask_save_placed(self) -> None:
        """Let the user choose where to write the placed structure."""
        item = self._placed()
        if item is None:
            return
        name = suggested_name(self._controller.document.session, item)
        path = ask_where(self._window, "Save placed structure", name, STRUCTURE_FILTERS, self._preferences)
        if path is not None:
            self.save_placed(item, path)

    def save_placed(self, item: StructureItem, path: Path) -> None:
        """Write the structure where it stands now."""
        self._save(partial(save_placed, self._controller.document.session, item, path), path)

    def ask_fetch(self) -> None:
        """Let the user name entries of the public archives."""
        dialog = FetchDialog(self._window)
        dialog.asked.connect(self._controller.fetching.start)
        dialog.open()

    def close_all(self) -> None:
        """Close all maps and structures."""
        document = self._controller.document
        for item in document.session.maps:
            document.do(RemoveMap(item.key))
        for structure in document.session.structures:
            document.do(RemoveStructure(structure.key))

    def list_recent(self, menu: QMenu) -> None:
        """Fill a menu with the files opened last, projects before maps and structures."""
        menu.clear()
        menu.setToolTipsVisible(True)
        recent = self._preferences.recent_files
        projects = [path for path in recent if is_project(path)]
        for path in [*projects, *(path for path in recent if path not in projects)]:
            menu.addAction(path.name, partial(self.open_one, path)).setToolTip(str(path))
        menu.addSeparator()

    def _save(self, work: "partial[None]", path: Path) -> None:
        self._controller.tasks.submit(work, on_result=partial(self._note_saved, path), on_error=self.failed.emit)

    def _note_saved(self, path: Path, _: None) -> None:
        self.message.emit(f"Saved {path}.")


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files that a drag carries."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
