"""Reading and writing the file of a project, off the GUI thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.command_record import Record
from difffit_core.document.project_lock import ProjectLock, lock_owner, lock_path, lock_project
from difffit_core.document.session import Session
from difffit_core.errors import ProjectError
from difffit_core.events import Job

if TYPE_CHECKING:  # the module that reads projects loads all readers
    from difffit_core.document.project_file import OpenedProject

SUFFIX = ".difffit"


@dataclass(frozen=True)
class OpenWish:
    """A project that is to be opened: the file to read, and what the user said about missing files."""

    path: Path
    named: Mapping[str, Path] = field(default_factory=dict)  # by checksum
    recovered: bool = False  # `path` is an autosave


@dataclass(frozen=True)
class ReadProject:
    """What was read, the file that it is saved to, and whether this window may write that."""

    content: "OpenedProject"
    path: Path | None
    lock: ProjectLock | None
    locked_by: str | None  # who holds the lock that we did not get, when that is known


@dataclass(frozen=True)
class SaveWish:
    """A session as it is to be saved."""

    path: Path
    session: Session
    record: Record
    embed: bool


def is_project(path: Path) -> bool:
    """Whether a file calls itself a project."""
    return path.suffix.lower() == SUFFIX


def session_name(session: Session) -> str:
    """What files of a session are called while it has no project: after its first map or structure."""
    from difffit_core.files.compression import name_without_suffixes

    paths = [item.path for item in session.maps] or [item.path for item in session.structures]
    return name_without_suffixes(paths[0]) if paths else "DiffFit"


def read_project(wish: OpenWish, held: ProjectLock | None) -> Job[ReadProject]:
    """Take the lock of a project, unless it is the one that is `held` already, and read it; raises ProjectError."""
    from difffit_core.document.project_file import opening

    path = _file_of(wish)
    ours = path is not None and _locks(held, path)
    lock = held if ours or path is None else lock_project(path)
    try:
        content = yield from opening(wish.path, named=wish.named)
    except BaseException:
        if lock is not None and lock is not held:
            lock.release()
        raise
    if path is None:
        return ReadProject(content, None, None, None)
    return ReadProject(content, path, lock, lock_owner(path) if lock is None else None)


def _file_of(wish: OpenWish) -> Path | None:
    """The file that the project is saved to; that of an autosave may be gone, or never have been."""
    from difffit_core.document.project_summary import summary_of

    path = summary_of(wish.path).project if wish.recovered else wish.path
    return path if path is not None and path.is_file() else None


def write_project(wish: SaveWish, held: ProjectLock | None) -> Job[ProjectLock | None]:
    """Write a project and return its lock, which is taken first unless it is the one that is `held` already."""
    from difffit_core.document.project_file import saving

    ours = _locks(held, wish.path)
    lock = held if ours else lock_project(wish.path)
    if lock is None and (owner := lock_owner(wish.path)) is not None:
        raise ProjectError(f"{wish.path.name} is open in another window ({owner}); save under another name.")
    kept = False
    try:
        yield from saving(wish.path, wish.session, commands=wish.record.lines, embed=wish.embed)
        kept = True
        return lock
    finally:
        if lock is not None and not ours and not kept:
            lock.release()


def _locks(held: ProjectLock | None, path: Path) -> bool:
    return held is not None and held.path == lock_path(path)
