"""Writing files so that a reader finds either the old content or the new, never a part."""

import errno
import os
import re
import stat
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from difffit_core.errors import DiffFitError


@contextmanager
def atomic_write(path: Path | str, error: type[DiffFitError] = DiffFitError) -> Iterator[BinaryIO]:
    """A binary stream whose content replaces `path` when the block ends well and vanishes when it does not.

    An operating system error inside the block (no permission, disk full) becomes a sentence of type `error`.
    """
    target = Path(os.path.realpath(path))  # a link stays a link: what it points to is replaced
    partial = target.with_name(f"{_partial_beginning(target)}{uuid.uuid4().hex[:8]}.part")
    try:
        with open(partial, "xb", opener=_as_private_as(target)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, target)
    except OSError as cause:
        raise error(_sentence(target, cause)) from cause
    finally:
        with suppress(OSError):  # gone already when all went well
            partial.unlink()


def _as_private_as(target: Path) -> Callable[[str, int], int]:
    """Opens a file that only those may read who may read the one it replaces."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except OSError:  # a new file: as the user's umask says
        return lambda path, flags: os.open(path, flags, 0o666)

    def opened(path: str, flags: int) -> int:
        descriptor = os.open(path, flags, mode)
        if os.name == "posix":
            os.fchmod(descriptor, mode)  # also what the umask takes away
        return descriptor

    return opened


def clear_partials(path: Path | str) -> None:
    """Remove what writers of this file left behind that were killed; only for whoever knows that nobody writes it."""
    target = Path(os.path.realpath(path))
    left = re.compile(re.escape(_partial_beginning(target)) + r"[0-9a-f]{8}\.part")
    with suppress(OSError):  # litter in a folder that cannot be read or changed harms nobody
        for entry in target.parent.iterdir():
            if left.fullmatch(entry.name):
                entry.unlink()


def _partial_beginning(target: Path) -> str:
    return f".{target.name[:60]}."


def check_output_folder(path: Path | str) -> Path:
    """The folder as a path, made if it was not there; a sentence when nothing can be written into it."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".difffit-{uuid.uuid4().hex[:8]}.part"
        probe.touch()  # os.access answers wrongly on Windows and on network drives
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as cause:
        raise DiffFitError(f"{folder} is not a folder; choose another output folder.") from cause
    except OSError as cause:
        reason = _reason(cause)
        raise DiffFitError(f"Nothing can be written into {folder} ({reason}); choose another output folder.") from cause
    return folder


def _sentence(target: Path, cause: OSError) -> str:
    if not target.parent.is_dir():
        return f"{target.name} cannot be written because the folder {target.parent} does not exist; create it first."
    if target.is_dir():
        return f"{target} is a folder; choose a file name to write to."
    return f"{target} cannot be written ({_reason(cause)}); choose another place or free some space."


def _reason(cause: OSError) -> str:
    reasons = {
        errno.EACCES: "no permission",
        errno.EPERM: "no permission",
        errno.EROFS: "the disk is read-only",
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "your disk quota is used up",
        errno.ENAMETOOLONG: "the name is too long",
    }
    return reasons.get(cause.errno or 0, (cause.strerror or str(cause)).lower())
