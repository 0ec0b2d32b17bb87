"""`difffit info`: what a map or a structure is."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from difffit_core.errors import DiffFitError
from difffit_core.files.describe import describe_map, describe_structure
from difffit_core.files.kinds import is_map


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("info", help="what a map or structure is", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="maps and structures")
    parser.add_argument("--json", action="store_true", help="print JSON: one object, or a list for several files")
    parser.set_defaults(run=run_info)


def run_info(options: argparse.Namespace) -> int:
    """Describe every file that can be read; the others are a sentence each and make the exit code 1."""
    found, failed = [], 0
    for path in options.files:
        try:
            found.append(describe_map(path).as_dict() if is_map(path) else describe_structure(path).as_dict())
        except DiffFitError as error:
            print(f"difffit: {error}", file=sys.stderr)
            failed += 1
    if options.json and found:
        print(json.dumps(found[0] if len(options.files) == 1 else found, indent=1))
    elif not options.json:
        print("\n\n".join(_as_text(facts) for facts in found))
    return 1 if failed else 0


def _as_text(facts: dict[str, Any]) -> str:
    return "\n".join(f"{name.replace('_', ' '):<20} {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], dict):
            return "".join(f"\n  {', '.join(f'{k} {_value(v)}' for k, v in item.items())}" for item in value)
        if value and isinstance(value[0], str):
            return "\n  ".join(["", *value])
        return " ".join(_value(v) for v in value) or "none"
    return str(value)
