"""Which command was asked for, and what its end means to the shell."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from difffit_core.cli import bench, compose, doctor, fetch, fit, info, remove, score, simulate, window
from difffit_core.errors import DiffFitError

DONE, FAILED, WRONG_USAGE, CANCELLED = 0, 1, 2, 130
COMMANDS = (window, fit, compose, score, simulate, remove, info, fetch, doctor, bench)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 an error in one sentence, 2 wrong usage, 130 cancelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = make_parser().parse_args(given or ["open"])
    options.command_line = ("difffit", *given)
    try:
        return int(options.run(options))
    except DiffFitError as error:
        print(f"difffit: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("difffit: cancelled.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:  # the reader of our output has gone, as `difffit info … | head` does
        sys.stderr.close()
        return DONE


def make_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(
        prog="difffit",
        description="Places atomic structures into cryo-EM density maps. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"difffit {version('difffit')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser
