"""What is written when the program fails, kept on this machine: a report to read, copy, attach or delete.

Two kinds: exceptions that nothing caught, written with the packages' versions while the program goes on; and the
end of the whole process (a fault in a library or a driver), of which `faulthandler` writes what every thread was doing.
Nothing is ever sent.
"""

import faulthandler
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

import platformdirs

ENDED = "ended"  # the suffix of what faulthandler writes
MOST = 20  # reports that are kept


def crash_folder() -> Path:
    """Where reports lie: the user's own state folder."""
    return Path(platformdirs.user_state_dir("difffit", appauthor=False)) / "crashes"


@dataclass(frozen=True)
class CrashReport:
    """A process that ended by itself, and what it was doing."""

    path: Path
    when: datetime

    def text(self) -> str:
        """What to attach: versions first, then the stacks."""
        return self.path.read_text(encoding="utf-8", errors="replace")


class CrashWatch:
    """From the start of the program to its end: a file stands by for the worst, and goes when nothing happened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIOWrapper | None = None
        self._beginning = 0

    def begin(self) -> None:
        """Stand by; a folder that cannot be written to only means that there will be no reports."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{_stamp()}-{os.getpid()}.{ENDED}"
            self._file = path.open("w", encoding="utf-8")
            self._file.write(circumstances())
            self._file.flush()
            self._beginning = path.stat().st_size
            faulthandler.enable(self._file)

    def end(self) -> None:
        """The program ends as it should."""
        if self._file is None:
            return
        faulthandler.disable()
        path = Path(self._file.name)
        self._file.close()
        self._file = None
        with suppress(OSError):
            if path.stat().st_size <= self._beginning:
                path.unlink()

    def write(self, error: BaseException) -> Path | None:
        """Keep an exception that nothing caught; returns the file, None when it cannot be written."""
        path = self._folder / f"{_stamp()}-{os.getpid()}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            text = circumstances() + "".join(traceback.format_exception(error))
            path.write_text(text, encoding="utf-8")
        except OSError:
            return None
        _keep_the_latest(self._folder)
        return path


def circumstances() -> str:
    """When, which program, on what; nothing about the user's files."""
    from app.texts import program_version

    system = f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors"
    return f"DiffFit {program_version()}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{system}\n\n"


def left_behind(folder: Path) -> tuple[CrashReport, ...]:
    """Reports of processes that ended by themselves, newest first; files of those killed from outside are removed."""
    found = []
    for path in folder.glob(f"*.{ENDED}"):
        if _is_alive(path):
            continue
        report = CrashReport(path, datetime.fromtimestamp(path.stat().st_mtime, UTC))
        if "Fatal Python error" in report.text() or "Windows fatal exception" in report.text():
            found.append(report)
        else:
            path.unlink(missing_ok=True)
    return tuple(sorted(found, key=lambda report: report.when, reverse=True))


def put_aside(report: CrashReport) -> Path:
    """Keep a report that was offered, without offering it again."""
    kept = report.path.with_suffix(".txt")
    return report.path.replace(kept)


def catch_exceptions(handle: Callable[[BaseException], None]) -> None:
    """Call `handle`, in whatever thread it is, with every exception that nothing else catches."""

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if isinstance(error, Exception):
            handle(error)

    def in_thread(happened: threading.ExceptHookArgs) -> None:
        threading.__excepthook__(happened)
        if isinstance(happened.exc_value, Exception):
            handle(happened.exc_value)

    sys.excepthook = in_main
    threading.excepthook = in_thread


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"


def _keep_the_latest(folder: Path) -> None:
    for old in sorted(folder.glob("*.txt"))[:-MOST]:
        with suppress(OSError):
            old.unlink()


def _is_alive(path: Path) -> bool:
    """Whether the process that a file belongs to still runs."""
    number = path.stem.rpartition("-")[2]
    return number.isdigit() and (int(number) == os.getpid() or _runs(int(number)))


def _runs(process: int) -> bool:
    if sys.platform == "win32":
        return False  # a file that is open cannot be removed there, so nothing is lost by trying
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
