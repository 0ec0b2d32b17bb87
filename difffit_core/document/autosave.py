"""Autosaves: a project of its own for every window, kept apart from the user's files until the window ends well."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import platformdirs

from difffit_core.document.project_file import SUFFIX, save_project
from difffit_core.document.project_lock import ProjectLock, lock_project
from difffit_core.document.session import Session
from difffit_core.errors import ProjectError

INTERVAL = 120.0  # seconds between two autosaves


@dataclass(frozen=True, eq=False)
class Autosave:
    """The autosave of one window; while the window lives its lock tells others to leave it alone."""

    path: Path
    lock: ProjectLock

    def write(self, session: Session, *, project: Path | None, commands: Sequence[str] = ()) -> None:
        """Save the session as it is now; `project` is the file that the user saves it to, if there is one."""
        save_project(self.path, session, commands=commands, autosave_of=project)

    def end(self) -> None:
        """The window ends well, with everything saved or given up: nothing is to be recovered."""
        with suppress(OSError):
            self.path.unlink()
        self.lock.release()


@dataclass(frozen=True)
class Recovery:
    """What a window that did not end well left behind."""

    path: Path  # open it with `open_project`, which also says which project it belongs to
    saved: datetime


def autosave_folder() -> Path:
    """Where autosaves lie: the user's own state folder, so that read-only projects have them as well."""
    return Path(platformdirs.user_state_dir("difffit", appauthor=False)) / "autosave"


def begin_autosave(folder: Path | None = None) -> Autosave:
    """An autosave for a new window."""
    folder = folder or autosave_folder()
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)  # nobody else's business
    except OSError as cause:
        raise ProjectError(f"{folder} cannot be made ({cause.strerror}); there will be no autosaves.") from cause
    path = folder / f"{uuid4().hex}{SUFFIX}"
    lock = lock_project(path)
    if lock is None:
        raise ProjectError(f"Nothing can be written into {folder}; there will be no autosaves.")
    return Autosave(path, lock)


def recoverable(folder: Path | None = None) -> tuple[Recovery, ...]:
    """Autosaves of windows that did not end well, newest first; litter of theirs is removed."""
    folder = folder or autosave_folder()
    for lock_file in folder.glob(f".*{SUFFIX}.lock"):  # of windows that died before their first autosave
        _clear(folder / lock_file.name.removeprefix(".").removesuffix(".lock"))
    left = [path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith(".") and _clear(path)]
    found = [Recovery(path, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in left]
    return tuple(sorted(found, key=lambda recovery: recovery.saved, reverse=True))


def discard(recovery: Recovery) -> None:
    """Forget an autosave that the user has recovered or does not want."""
    with suppress(OSError):
        recovery.path.unlink()


def _clear(path: Path) -> bool:
    """Whether nobody writes this autosave any more; if so, what was left of the writing is gone."""
    lock = lock_project(path)
    if lock is None:
        return False
    lock.release()
    return True
