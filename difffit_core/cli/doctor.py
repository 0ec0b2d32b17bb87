"""`difffit doctor`: what this machine can do."""

import argparse
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from difffit_core.fit.machine import describe_machine

PACKAGES = ("numpy", "scipy", "numba", "torch", "gemmi", "mrcfile", "scikit-learn")
WINDOW_PACKAGES = ("PySide6-Essentials", "vispy", "pyqtgraph", "scikit-image")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("doctor", help="what this machine can do", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run_doctor)


def run_doctor(options: argparse.Namespace) -> int:
    """Print versions, processors, accelerators, and a short measurement of each backend."""
    facts = {
        "difffit": version("difffit"),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        **describe_machine(),
        "packages": {name: _version(name) for name in PACKAGES},
        "window": {name: _version(name) for name in WINDOW_PACKAGES},
    }
    print(json.dumps(facts, indent=1) if options.json else "\n".join(_lines(facts)))
    return 0


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _lines(facts: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ")]
        else:
            shown = "not there" if value is None else f"{value:.3g}" if isinstance(value, float) else value
            lines.append(f"{indent}{name.replace('_', ' '):<28} {shown}")
    return lines
