"""Runs pip quietly: everything goes to a log file, and a failure becomes one sentence."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from difffit_bootstrap.errors import NO_SPACE

# pip settings of the user's that would send packages somewhere else than into the private environment
MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")
OFFLINE = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname|Failed to establish"
    r"|NewConnectionError|Network is unreachable|Connection refused|ConnectTimeout|Read timed out|ProxyError"
    r"|Cannot connect to proxy|Max retries exceeded|Failed to resolve",
    re.IGNORECASE,
)
FULL_DISK = re.compile(r"No space left on device|Errno 28|WinError 112", re.IGNORECASE)
NO_BUILD = re.compile(r"No matching distribution found for (\S+)")


def is_offline(output: str) -> bool:
    """Whether pip's output says that the network, and not the package, was missing."""
    return OFFLINE.search(output) is not None


def explain(output: str, log: Path) -> str:
    """One sentence on why pip failed, from what it printed."""
    if FULL_DISK.search(output):
        return NO_SPACE
    if is_offline(output):
        return "Python packages cannot be downloaded; connect to the Internet (or set pip's proxy) and run this again."
    missing = NO_BUILD.search(output)
    if missing:
        return f"There is no {missing[1]} for this machine and Python {sys.version.split()[0]}; see {log} for details."
    tail = "\n".join(output.strip().splitlines()[-8:])
    return f"{tail}\nInstalling Python packages failed; the whole output of pip is in {log}."


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables for pip, without those that would make it install elsewhere."""
    return {name: value for name, value in environ.items() if name not in MISLEADING}


def run_pip(python: Path, arguments: list[str], log: Path) -> tuple[int, str]:
    """Run `pip ARGUMENTS` of that Python; return its exit code and output, which is also appended to the log."""
    command = [str(python), "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]
    lines = ["$ " + " ".join(command) + "\n"]
    with (
        log.open("a", encoding="utf-8") as record,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=clean_environment(os.environ),
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            show_progress(line)
        record.writelines(lines)
    show_progress("")
    return process.returncode, "".join(lines)


def show_progress(line: str) -> None:
    """On a terminal, keep one changing line that says what pip is busy with; an empty line clears it."""
    if not sys.stdout.isatty():
        return
    busy = re.match(r"(Collecting|Downloading|Installing collected packages)[: ]+([^\s(]*)", line.strip())
    if busy or not line:
        text = f"  {busy[1].split()[0].lower()} {busy[2]}" if busy else ""
        print(f"\r{text:<70.70}", end="" if line else "\r", flush=True)
