"""`difffit …`: the command line. Progress goes to standard error, results to standard output."""

from difffit_core.cli.main import main

__all__ = ["main"]
