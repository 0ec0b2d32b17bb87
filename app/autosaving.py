"""Autosaves: every two minutes, and at once when a copy is accepted or a fit has ended."""

from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.command_record import Record
from app.document import Document
from app.project import Project
from app.tasks import Tasks
from difffit_core.document.session import Session

if TYPE_CHECKING:  # autosaves load all writers
    from difffit_core.document.autosave import Autosave

INTERVAL_MS = 120_000


class AutosaveFile:
    """The autosave of one window, made with its first content; used from the pool's threads."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._autosave: Autosave | None = None
        self._using = Lock()

    def write(self, session: Session, project: Path | None, record: Record) -> None:
        """Save the session as it is now."""
        from difffit_core.document.autosave import begin_autosave

        with self._using:
            if self._autosave is None:
                self._autosave = begin_autosave(self._folder)
            self._autosave.write(session, project=project, commands=record.lines)

    def end(self) -> None:
        """Nothing is to be recovered."""
        with self._using:
            if self._autosave is not None:
                self._autosave.end()
                self._autosave = None


class Autosaving(QObject):
    """Follows document and project, and keeps on disk what a crash would lose."""

    written = Signal()
    message = Signal(str, str)  # sentence, kind

    def __init__(self, document: Document, project: Project, tasks: Tasks, folder: Path | None) -> None:
        """`folder` is where autosaves lie, None for the user's own state folder."""
        super().__init__()
        self._document, self._project, self._tasks = document, project, tasks
        self._file = AutosaveFile(folder)
        self._written: Session | None = None  # as in the autosave
        self._writing, self._again, self._warned = False, False, False
        self.timer = QTimer(self, interval=INTERVAL_MS)
        self.timer.timeout.connect(self.write)
        self.timer.start()
        document.changed.connect(self._follow)
        project.changed.connect(self._forget_if_kept)

    @property
    def busy(self) -> bool:
        """Whether an autosave is being written."""
        return self._writing

    def write(self) -> None:
        """Write an autosave unless everything is kept already."""
        session = self._document.session
        if not self._project.modified or session is self._written:
            return
        if self._writing:
            self._again = True
            return
        self._writing = True
        self._tasks.submit(
            partial(self._file.write, session, self._project.path, self._project.record.now),
            on_result=partial(self._note, session),
            on_error=self._warn,
        )

    def end(self) -> None:
        """The window ends well; call it when the pool is at rest."""
        self.timer.stop()
        self._file.end()

    def _follow(self, old: Session, new: Session) -> None:
        """A copy that was accepted and a fit that has ended must not be lost for two minutes."""
        if _keys(new) - _keys(old):
            self.write()

    def _note(self, session: Session, _: None) -> None:
        self._writing, self._written, self._warned = False, session, False
        self._forget_if_kept()
        self.written.emit()
        if self._again:
            self._again = False
            self.write()

    def _warn(self, error: Exception) -> None:
        self._writing, self._again = False, False
        if not self._warned:  # once: it would be the same every two minutes
            self._warned = True
            self.message.emit(f"No autosave could be written: {error}", "warning")

    def _forget_if_kept(self) -> None:
        if not self._project.modified and not self._writing and self._written is not None:
            self._written = None
            self._tasks.submit(self._file.end, on_result=lambda _: None, on_error=self._warn)


def _keys(session: Session) -> set[str]:
    return {copy.key for copy in session.copies} | {fit.key for fit in session.fits}
