"""`difffit open`: the window."""

import argparse
import importlib
from pathlib import Path

from difffit_core.errors import DiffFitError


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("open", help="open the window", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="maps and structures, or a project")
    parser.set_defaults(run=run_window)


def run_window(options: argparse.Namespace) -> int:
    """Hand over to the window, which lies above the engine and is therefore named, not imported."""
    try:
        application = importlib.import_module("app.application")
    except ModuleNotFoundError as error:
        raise DiffFitError(
            f"The window needs the package {error.name}; install it with: pip install 'difffit[gui]'."
        ) from error
    return int(application.main([str(path) for path in getattr(options, "files", [])]))
