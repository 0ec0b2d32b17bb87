"""What the File menu does about projects: new, open, save, recover, and what must be asked before."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Handlers
from app.controller import Controller
from app.project import Project, locked_sentence
from app.project_reading import SUFFIX, OpenWish, session_name
from app.recovering import Recovering
from app.shell.keep_question import KeepQuestion
from app.shell.missing_dialog import MissingFilesDialog
from app.widgets.banner import Banner

if TYPE_CHECKING:
    from difffit_core.document.project_sources import MissingFilesError

PROJECTS = f"DiffFit project (*{SUFFIX})"
EMBEDDED = f"DiffFit project with maps and structures inside (*{SUFFIX})"


class ProjectDesk(QObject):
    """Asks where and whether; the project does it."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, window: QWidget, controller: Controller, banner: Banner) -> None:
        super().__init__(window)
        self._window, self._controller, self._banner = window, controller, banner
        self._project: Project = controller.project
        self._then: Callable[[], None] | None = None  # what waits for a save
        self._leaving = False
        self.recovering = Recovering(window, controller)
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "new_project": self.begin,
            "open_project": self.ask_open,
            "save_project": self.save,
            "save_project_as": self.ask_save,
            "recover": partial(self.recovering.offer, answer=True),
        }

    def title(self, otherwise: str) -> str:
        """For the window's title bar; `otherwise` names a project that has no file yet."""
        name = self._project.name or otherwise
        note = " (read-only)" if self._project.read_only else ""
        return f"{name}{note}[*] – DiffFit" if name else "DiffFit[*]"

    def begin(self) -> None:
        """An empty project, after what is there was kept."""
        self.when_kept(self._begin)

    def open(self, path: Path) -> None:
        """Open a project, after what is there was kept."""
        self._open(OpenWish(path))

    def ask_open(self) -> None:
        """Let the user choose a project to open."""
        dialog = self._dialog("Open project", self._controller.preferences.folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(PROJECTS)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def save(self) -> None:
        """Save to the project's file; to another one when there is none, or when another window writes it."""
        path = self._project.path
        if path is None or self._project.read_only:
            self.ask_save()
        else:
            self._project.save(path, embed=self._project.embed)

    def ask_save(self) -> None:
        """Let the user choose a file to save to, and whether maps and structures go into it."""
        dialog = self._dialog("Save project", str(self._suggested))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([PROJECTS, EMBEDDED])
        dialog.selectNameFilter(EMBEDDED if self._project.embed else PROJECTS)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.fileSelected.connect(lambda name: self._save_to(Path(name), dialog.selectedNameFilter() == EMBEDDED))
        dialog.rejected.connect(self._drop_what_waits)
        dialog.open()

    def when_kept(self, go_on: Callable[[], None]) -> None:
        """Go on when there is nothing to lose, or when the user has said what becomes of it."""
        if self._project.saving:
            self._then = go_on  # whether anything is left to ask is known when the saving has ended
        elif not self._project.modified:
            go_on()
        else:
            question = KeepQuestion(self._project.name or "this project", self._window)
            question.save_chosen.connect(partial(self._save_and, go_on))
            question.discard_chosen.connect(go_on)
            question.open()

    def may_close(self) -> bool:
        """Whether the window may close now; if not the user is asked, and it closes later."""
        if self._leaving or not (self._project.modified or self._project.saving):
            self.recovering.end()
            return True
        self.when_kept(self._leave)
        return False

    def leave_without_asking(self) -> None:
        """The next close is meant as it is."""
        self._leaving = True

    def _connect(self) -> None:
        self._project.changed.connect(self._show_banner)
        self._project.saved.connect(self._note_saved)
        self._project.not_saved.connect(self._drop_what_waits)
        self._project.opened.connect(self._note_opened)
        self._project.missing.connect(self._ask_missing)
        self._project.failed.connect(self.failed)
        self._project.message.connect(self.message)
        self._controller.autosaving.message.connect(self.message)
        self.recovering.open_asked.connect(self._open)
        self.recovering.message.connect(self.message)
        self.recovering.failed.connect(self.failed)
        self._banner.pressed.connect(self.ask_save)

    @property
    def _suggested(self) -> Path:
        """Where a project would be saved: beside its file, named after its first map."""
        if self._project.path is not None:
            return self._project.path
        return Path(self._controller.preferences.folder) / f"{session_name(self._controller.document.session)}{SUFFIX}"

    def _dialog(self, title: str, where: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, where)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _begin(self) -> None:
        self._controller.fitting.cancel()
        self._project.begin()

    def _open(self, wish: OpenWish) -> None:
        self.when_kept(partial(self._open_now, wish))

    def _open_now(self, wish: OpenWish) -> None:
        self._controller.fitting.cancel()
        self._project.open(wish)

    def _save_to(self, path: Path, embed: bool) -> None:
        self._controller.preferences.folder = str(path.parent)
        self._project.save(path, embed=embed)

    def _save_and(self, go_on: Callable[[], None]) -> None:
        self._then = go_on
        self.save()

    def _note_saved(self, path: Path) -> None:
        self._controller.preferences.remember_file(path)
        then, self._then = self._then, None
        if then is not None:
            self.when_kept(then)

    def _drop_what_waits(self) -> None:
        self._then = None

    def _note_opened(self, _: OpenWish) -> None:
        if self._project.path is not None:
            self._controller.preferences.remember_file(self._project.path)

    def _ask_missing(self, wish: OpenWish, error: "MissingFilesError") -> None:
        dialog = MissingFilesDialog(wish.path, error.files, self._controller.tasks, self._window)
        dialog.located.connect(lambda named: self._project.open(replace(wish, named={**wish.named, **named})))
        dialog.open()

    def _show_banner(self) -> None:
        if self._project.read_only:
            self._banner.say(locked_sentence(self._project))
        else:
            self._banner.hide()

    def _leave(self) -> None:
        self._leaving = True
        self._window.close()
