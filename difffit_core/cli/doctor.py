"""`difffit doctor`: what this machine can do; attach it to a report. It names no files of yours."""

import argparse
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from difffit_core.fit.acceleration import find_acceleration, torch_build
from difffit_core.fit.machine import describe_machine
from difffit_core.plugins import MAP_READERS, SCORES, STRUCTURE_READERS, plugins

PACKAGES = ("numpy", "scipy", "numba", "torch", "gemmi", "mrcfile")
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
        "installed_as": "frozen program" if getattr(sys, "frozen", False) else "Python package",
        "system": platform.platform(),
        "built_with": torch_build(version("torch")),
        "advice": find_acceleration().advice or "nothing to be done",
        **describe_machine(),
        "packages": {name: _version(name) for name in PACKAGES},
        "window": {name: _version(name) for name in WINDOW_PACKAGES},
        "from_other_packages": {
            group.removeprefix("difffit."): ", ".join(plugins(group)) or "none"
            for group in (MAP_READERS, STRUCTURE_READERS, SCORES)
        },
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
            space = [""] if not indent else []  # between sections
            lines += [*space, f"{indent}{name.replace('_', ' ')}", *_lines(value, indent + "  ")]
        else:
            shown = "not there" if value is None else f"{value:.3g}" if isinstance(value, float) else value
            lines.append(f"{indent}{name.replace('_', ' '):<28} {shown}")
    return lines
