"""Time and memory of one child process, its start included."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class Cost:
    """What a finished process took; CPU time and memory are known on POSIX systems only."""

    code: int  # exit code
    error: str  # what it wrote to standard error
    wall_seconds: float
    cpu_seconds: float | None = None
    peak_mb: float | None = None  # largest resident memory


def megabytes(ru_maxrss: int, platform: str) -> float:
    """The kernel's figure for resident memory: bytes on macOS, KiB elsewhere."""
    return ru_maxrss / 1e6 if platform == "darwin" else ru_maxrss * 1024 / 1e6


def measure(command: list[str]) -> Cost:
    """Run a command to its end and return what it took."""
    with tempfile.TemporaryFile() as error:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=error)
        if sys.platform == "win32":
            code = child.wait()
            return Cost(code, text_of(error), time.perf_counter() - start)
        _, status, usage = os.wait4(child.pid, 0)  # of this child alone, unlike RUSAGE_CHILDREN
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(child.returncode, text_of(error), wall, cpu, megabytes(usage.ru_maxrss, sys.platform))


def text_of(file: IO[bytes]) -> str:
    """All that was written to a file."""
    file.seek(0)
    return file.read().decode(errors="replace").strip()
