"""Other programs: where they are, and how they are started."""

import os
import shutil
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

NAMES = {"ChimeraX": ("chimerax", "ChimeraX"), "Coot": ("coot-1", "coot", "Coot")}
PLACES = {  # beside those of the search path; the last one of a pattern is the newest version
    "darwin": {
        "ChimeraX": ("/Applications", "*ChimeraX*.app/Contents/MacOS/ChimeraX"),
        "Coot": ("/Applications", "ccp4*/bin/coot"),
    },
    "win32": {"ChimeraX": (os.environ.get("PROGRAMFILES", "C:/Program Files"), "ChimeraX*/bin/ChimeraX.exe")},
    "linux": {"ChimeraX": ("/usr/bin", "chimerax*"), "Coot": ("/opt", "ccp4*/bin/coot")},
}


def find_program(name: str) -> Path | None:
    """Where a program is, None when it is not found."""
    for command in NAMES[name]:
        if (found := shutil.which(command)) is not None:
            return Path(found)
    folder, pattern = PLACES.get(sys.platform, {}).get(name, ("", ""))
    matches = sorted(Path(folder).glob(pattern)) if pattern else []
    return matches[-1] if matches else None


def start_program(program: Path, arguments: list[str]) -> bool:
    """Start a program that goes on by itself; whether that worked."""
    process = QProcess()
    process.setProgram(str(program))
    process.setArguments(arguments)
    process.setProcessEnvironment(_environment())
    started = process.startDetached()
    return bool(started[0] if isinstance(started, tuple) else started)


def _environment() -> QProcessEnvironment:
    """Ours, without the libraries that a packed DiffFit brings for itself."""
    environment = QProcessEnvironment.systemEnvironment()
    if getattr(sys, "frozen", False):
        original = environment.value("LD_LIBRARY_PATH_ORIG")
        if original:
            environment.insert("LD_LIBRARY_PATH", original)
        else:
            environment.remove("LD_LIBRARY_PATH")
    return environment
