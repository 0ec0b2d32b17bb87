"""`difffit open`: the window."""

import argparse
import importlib
from pathlib import Path

from difffit_core.errors import DiffFitError


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("open", help="open the window", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="maps and structures, or a project")
    demo = "open the sample, fit it, and write the result and a picture there"
    parser.add_argument("--demo", type=Path, metavar="FOLDER", help=demo)
    parser.add_argument("--quit", action="store_true", help="with --demo: close the window when the demo is done")
    parser.set_defaults(run=run_window)


def run_window(options: argparse.Namespace) -> int:
    """Hand over to the window, which lies above the engine and is therefore named, not imported."""
    try:
        application = importlib.import_module("app.application")
    except ModuleNotFoundError as error:
        raise DiffFitError(
            f"The window needs the package {error.name}; install it with: pip install 'difffit[gui]'."
        ) from error
    demo = [] if options.demo is None else ["--demo", str(options.demo)]
    return int(application.main([*map(str, options.files), *demo, *(["--quit"] if options.quit else [])]))
