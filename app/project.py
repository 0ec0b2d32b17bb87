"""The file that the window works on: opened and saved off the GUI thread, written by one window only."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.command_record import CommandRecord
from app.document import Document
from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from app.project_reading import OpenWish, ReadProject, SaveWish, read_project, write_project
from difffit_core.document.project_lock import ProjectLock
from difffit_core.document.session import Session
from difffit_core.events import Event, StageAdvanced, StageStarted

SAVE, OPEN = "save", "open project"  # keys of saving and opening among the jobs


class Project(QObject):
    """Which file the session belongs to, whether it is saved, and how it comes and goes."""

    changed = Signal()  # another file, saved, modified or not
    opened = Signal(object)  # OpenWish
    saved = Signal(object)  # Path
    not_saved = Signal()  # cancelled, or failed
    missing = Signal(object, object)  # OpenWish, MissingFilesError
    failed = Signal(object)  # Exception
    message = Signal(str, str)  # sentence, kind
    progressed = Signal(str, str, float)  # key, sentence, 0 to 1
    ended = Signal(str)  # key

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self.record = CommandRecord(document)
        self.path: Path | None = None
        self.embed = False  # maps and structures are saved into the file
        self.read_only = False
        self.locked_by: str | None = None  # who writes the file, when we may not and it is known
        self._lock: ProjectLock | None = None
        self._kept: Session | None = document.session  # as in the file; None: what is in no file
        self._runner, self._opener = JobRunner(self), JobRunner(self)
        self._opening: OpenWish | None = None
        self._open_next: OpenWish | None = None  # asked for while another one was read
        self._saving: SaveWish | None = None
        self._next: tuple[Path, bool] | None = None  # asked for while another save was under way
        self._steps = self._files = 1
        self._runner.happened.connect(self._show_progress)
        self._runner.ended.connect(self._end_saving)
        self._opener.happened.connect(self._show_opening)
        self._opener.ended.connect(self._end_opening)

    @property
    def busy(self) -> bool:
        """Whether a project is being saved or opened."""
        return self.saving or self._opening is not None

    @property
    def saving(self) -> bool:
        """Whether the project is being saved."""
        return self._saving is not None

    @property
    def name(self) -> str | None:
        """Of the project, without folder and ending; None when it has no file yet."""
        return self.path.stem if self.path is not None else None

    @property
    def modified(self) -> bool:
        """Whether closing would lose work; files that were only opened are none."""
        session = self._document.session
        if session is self._kept:
            return False
        return self.path is not None or self._kept is None or bool(session.fits or session.copies)

    def begin(self) -> None:
        """An empty project without a file."""
        empty = Session()
        self._take_file(None, None)
        self.record.begin_with(())
        self.embed, self._kept = False, empty
        self._document.begin_with(empty)
        self.changed.emit()

    def open(self, wish: OpenWish) -> None:
        """Read a project; `opened`, `missing` or `failed` follows, unless it is cancelled."""
        if self._opening is not None:
            self._open_next = wish
            self._opener.cancel()
            return
        self._opening = wish
        self.message.emit(f"Opening {wish.path.name} …", "info")
        self.progressed.emit(OPEN, f"Opening {wish.path.name} …", 0.0)
        self._opener.start(partial(read_project, wish, self._lock))

    def save(self, path: Path, *, embed: bool) -> None:
        """Write the session as it is now to a file; `saved` or `not_saved` follows."""
        if self.saving:
            self._next = (path, embed)
            return
        wish = SaveWish(path, self._document.session, self.record.now, embed)
        self._saving = wish
        self.progressed.emit(SAVE, f"Saving {path.name} …", 0.0)
        self._runner.start(partial(write_project, wish, self._lock))

    def cancel_saving(self) -> None:
        """Stop the saving; the file stays as it was."""
        self._next = None
        self._runner.cancel()

    def cancel_opening(self) -> None:
        """Stop reading; the session stays as it is."""
        self._open_next = None
        self._opener.cancel()

    def forget_changes(self) -> None:
        """The user gives up what is not saved."""
        self._kept = self._document.session
        self.changed.emit()

    def shut_down(self) -> None:
        """Stop what runs and let others write the file."""
        self._runner.shut_down()
        self._opener.shut_down()
        self._take_file(None, None)

    def _show(self, wish: OpenWish, read: ReadProject) -> None:
        content = read.content
        self._take_file(read.path, read.lock)
        self.read_only, self.locked_by = read.path is not None and read.lock is None, read.locked_by
        self.record.begin_with(content.commands)
        self.embed = content.embedded
        self._kept = None if wish.recovered else content.session  # before listeners ask whether it is modified
        self._document.begin_with(content.session)
        for warning in content.warnings:
            self.message.emit(warning, "warning")
        self.message.emit(f"Opened {(read.path or wish.path).name}.", "info")
        self.changed.emit()
        self.opened.emit(wish)

    def _refuse(self, wish: OpenWish, error: Exception) -> None:
        from difffit_core.document.project_sources import MissingFilesError

        if isinstance(error, MissingFilesError):
            self.missing.emit(wish, error)
        else:
            self.failed.emit(error)

    def _take_file(self, path: Path | None, lock: ProjectLock | None) -> None:
        """Work on another file from now on."""
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self.path, self._lock = path, lock
        self.read_only, self.locked_by = False, None

    def _show_opening(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._files = max(1, event.steps)
        elif isinstance(event, StageAdvanced) and self._opening is not None:
            self.progressed.emit(OPEN, f"Opening {self._opening.path.name} …", event.step / self._files)

    def _end_opening(self, outcome: Outcome) -> None:
        wish, self._opening = self._opening, None
        self.ended.emit(OPEN)
        assert wish is not None
        match outcome:
            case Finished(read):
                self._show(wish, read)
            case Failed(error):
                self._refuse(wish, error)
            case Cancelled():
                self.message.emit(f"{wish.path.name} was not opened.", "warning")
        if self._open_next is not None:
            wish, self._open_next = self._open_next, None
            self.open(wish)

    def _show_progress(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._steps = max(1, event.steps)
        elif isinstance(event, StageAdvanced) and self._saving is not None:
            self.progressed.emit(SAVE, f"Saving {self._saving.path.name} …", event.step / self._steps)

    def _end_saving(self, outcome: Outcome) -> None:
        wish, self._saving = self._saving, None
        self.ended.emit(SAVE)
        assert wish is not None
        match outcome:
            case Finished(lock):
                self._note_saved(wish, lock)
            case Failed(error):
                self._next = None
                self.failed.emit(error)
                self.not_saved.emit()
            case Cancelled():
                self.message.emit(f"{wish.path.name} was not saved; it is as it was.", "warning")
                self.not_saved.emit()
        if self._next is not None:
            (path, embed), self._next = self._next, None
            self.save(path, embed=embed)

    def _note_saved(self, wish: SaveWish, lock: ProjectLock | None) -> None:
        self._take_file(wish.path, lock)
        self.embed, self._kept = wish.embed, wish.session
        self.message.emit(f"Saved {wish.path}.", "info")
        self.changed.emit()
        self.saved.emit(wish.path)


def locked_sentence(project: Project) -> str:
    """Why the project can only be read, and what can be done."""
    name = project.path.name if project.path is not None else "The project"
    if project.locked_by is None:
        return f"{name} can only be read here: nothing can be written beside it. Save it under another name."
    return (
        f"{name} is open in another window ({project.locked_by}), so it can only be read here. "
        "Save under another name to keep changes."
    )
