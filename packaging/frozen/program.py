"""Where the frozen program begins: `difffit …` as in a terminal, and the window for files that were double-clicked."""

import sys
from multiprocessing import freeze_support
from pathlib import Path

from difffit_core.cli import main


def command_for(arguments: list[str]) -> list[str]:
    """The command line, with `open` before files that a file manager hands over without a command."""
    return ["open", *arguments] if arguments and Path(arguments[0]).is_file() else arguments


if __name__ == "__main__":
    freeze_support()
    sys.exit(main(command_for(sys.argv[1:])))
