"""One window writes a project: the operating system's own file locks, which end with the process that holds them."""

import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from difffit_core.files.atomic_write import clear_partials

ATTEMPTS = 5
_BYTE = 1 << 20  # Windows locks bytes, and what is locked cannot be read: this one is far behind the text


@dataclass(frozen=True, eq=False)
class ProjectLock:
    """The right to write a project, until `release` or the end of the process, however that comes."""

    path: Path  # of the lock file
    stream: BinaryIO

    def release(self) -> None:
        """Let others write the project."""
        if sys.platform != "win32":
            with suppress(OSError):
                self.path.unlink()  # before the lock ends: nobody else can hold it yet
        self.stream.close()
        if sys.platform == "win32":
            with suppress(OSError):  # open files cannot be removed there; another window was quicker
                self.path.unlink()


def lock_project(project: Path | str) -> ProjectLock | None:
    """The lock of a project, None when another window holds it or nothing can be written beside it.

    Whoever gets it also removes what writers that were killed left behind.
    """
    path = lock_path(project)
    for _ in range(ATTEMPTS):
        try:
            stream = open(path, "a+b")  # noqa: SIM115 - it stays open for as long as the lock is held
        except OSError:
            return None
        if not _lock(stream):
            stream.close()
            return None
        if _is_still_there(stream, path):
            clear_partials(project)
            _sign(stream)
            return ProjectLock(path, stream)
        stream.close()  # its last owner removed the file between our opening and our locking it
    return None


def _sign(stream: BinaryIO) -> None:
    with suppress(OSError):  # a full disk: the lock holds all the same, only its owner cannot be named
        stream.truncate(0)
        stream.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        stream.flush()


def lock_owner(project: Path | str) -> str | None:
    """Who holds the lock, for a sentence; None when nobody is named there."""
    try:
        owner = json.loads(lock_path(project).read_bytes())
        return f"process {owner['pid']} on {owner['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None


def lock_path(project: Path | str) -> Path:
    """The lock file of a project."""
    target = Path(os.path.realpath(project))
    return target.with_name(f".{target.name[:60]}.lock")


def _is_still_there(stream: BinaryIO, path: Path) -> bool:
    """Whether the locked file is the one that others find: its last owner may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: BinaryIO) -> bool:
        try:
            stream.seek(_BYTE)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            stream.seek(0)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(stream: BinaryIO) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
