"""Time and memory of one child process, its start included."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
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


# A process starts with the memory high-water mark of the one that made it, so it is made by one that is small.
LAUNCHER = """
import json, os, sys, time
begun = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall, cpu = time.perf_counter() - begun, usage.ru_utime + usage.ru_stime
with open(sys.argv[1], "w") as report:
    json.dump([os.waitstatus_to_exitcode(status), wall, cpu, usage.ru_maxrss], report)
"""


def measure(command: list[str]) -> Cost:
    """Run a command (its program as a path) to its end and return what it took."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "error", "w+b") as error:
        report = Path(folder) / "cost.json"
        if sys.platform == "win32":
            begun = time.perf_counter()
            code = run_quietly(command, error)
            return Cost(code, text_of(error), time.perf_counter() - begun)
        code = run_quietly([sys.executable, "-I", "-S", "-c", LAUNCHER, str(report), *command], error)
        if code:
            raise OSError(f"{command[0]} cannot be started: {text_of(error)}")
        code, wall, cpu, peak = json.loads(report.read_text(encoding="utf-8"))
        return Cost(code, text_of(error), wall, cpu, megabytes(peak, sys.platform))


def run_quietly(command: list[str], error: IO[bytes]) -> int:
    """Run a command to its end, its standard error in a file; the exit code. It ends when we are interrupted."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=error, start_new_session=True
    ) as child:
        try:
            return child.wait()
        except BaseException:
            end(child)
            raise


def end(child: "subprocess.Popen[bytes]") -> None:
    """End a child and all that it has started."""
    if sys.platform == "win32":
        child.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def text_of(file: IO[bytes]) -> str:
    """All that was written to a file."""
    file.seek(0)
    return file.read().decode(errors="replace").strip()
