"""What the figures were measured on."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from difffit_core.errors import SettingsError
from difffit_core.fit.kernels.threads import worker_count

PACKAGES = ("difffit", "numpy", "scipy", "numba", "torch")


def machine_facts() -> dict[str, Any]:
    """System, processor, the cores that may be used, versions, and how busy the machine was."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor_name(),
        "cores": worker_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load_average": load_average(),
    }


def processor_name() -> str:
    """The processor as it calls itself."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        names = [line for line in facts.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        if names:
            return names[0].partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load_average() -> float | None:
    """Processes that want to run, in the last minute; None where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def keep_to_cores(count: int) -> None:
    """Use so many cores, in this process and all that it starts; SettingsError where that cannot be had."""
    if sys.platform == "win32" or sys.platform == "darwin":
        raise SettingsError("--cores works on Linux only; leave it out to use all cores.")
    allowed = sorted(os.sched_getaffinity(0))
    if not 1 <= count <= len(allowed):
        raise SettingsError(f"--cores {count}: this machine offers 1 to {len(allowed)}.")
    os.sched_setaffinity(0, allowed[:count])
