"""Which command was asked for, and what its end means to the shell."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from difffit_core.errors import OUT_OF_MEMORY, DiffFitError

DONE, FAILED, WRONG_USAGE, CANCELLED = 0, 1, 2, 130
HOMES = {"open": "window"}  # modules that are not named like their command
COMMANDS = (
    "open", "fit", "compose", "scan", "library", "score", "simulate", "remove", "split", "info", "fetch", "doctor",
    "bench",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 an error in one sentence, 2 wrong usage, 130 cancelled."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = make_parser(given[:1] or ["open"]).parse_args(given or ["open"])
    options.command_line = ("difffit", *given)
    try:
        return int(options.run(options))
    except DiffFitError as error:
        print(f"difffit: {error}", file=sys.stderr)
        return FAILED
    except MemoryError:
        print(f"difffit: {OUT_OF_MEMORY}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("difffit: cancelled.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:  # the reader of our output has gone, as `difffit info … | head` does
        sys.stderr.close()
        return DONE


def make_parser(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The command that is asked for with its options, or all: what the others need takes longer than a small fit."""
    parser = argparse.ArgumentParser(
        prog="difffit",
        description="Places atomic structures into cryo-EM density maps. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"difffit {version('difffit')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in [name for name in COMMANDS if name in asked] or COMMANDS:
        import_module(f"difffit_core.cli.{HOMES.get(command, command)}").add_to(commands)
    return parser
