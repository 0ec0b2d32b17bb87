"""The tasks: demo, test, run, bench, fuzz, docs and package."""

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from difffit_bootstrap import site, system_libraries
from difffit_bootstrap.demo_output import describe, missing_files
from difffit_bootstrap.display import has_display, needs_virtual_display, virtual_display
from difffit_bootstrap.environment import ROOT, ensure_environment
from difffit_bootstrap.errors import BootstrapError, sentence_for
from difffit_bootstrap.packages import package

USAGE = """usage: python3 packaging/bootstrap.py demo | test | run | bench | fuzz | docs | package  [arguments]

  demo   open the window with the bundled sample and fit it; without a screen, leave the result in demo_output/
  test   all checks and the whole test suite             (further arguments go to pytest; --screenshots also
         writes docs/contact_sheet.png, every style of the viewport in both themes)
  run    open DiffFit                                    (further arguments go to DiffFit: maps, structures)
  bench  measure speed, success and accuracy here        (further arguments go to `difffit bench`, try --help)
  fuzz   damaged files through every reader              (--inputs N, --reader NAME, --seed N, try --help; Linux)
  docs   make the pictures of the documentation anew and build it in dist/docs/       (--text: without pictures)
  package  the program with everything it needs in dist/difffit/; on Linux the packages for it, too (--quick: not)

The first run makes a private environment in .venv; later ones need no network."""
DEMO_OUTPUT = "demo_output"
SCREENSHOTS, CONTACT_SHEET = "--screenshots", "docs/contact_sheet.png"


def split_arguments(arguments: list[str]) -> tuple[str, list[str]]:
    """The task and what is passed on to it; a `--` right after the task is only a separator."""
    task, *rest = arguments or [""]
    return task, rest[1:] if rest[:1] == ["--"] else rest


def tests_that_ran(report: Path) -> int:
    """How many tests of a JUnit report were not skipped."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    return sum(int(suite.get("tests", 0)) - int(suite.get("skipped", 0)) for suite in suites)


def static_checks(python: Path) -> dict[str, list[str]]:
    """The checks before the tests, by name."""
    module = [str(python), "-m"]
    return {
        "ruff check": [*module, "ruff", "check", "."],
        "ruff format": [*module, "ruff", "format", "--check", "."],
        "mypy": [*module, "mypy"],
        "lint-imports": [str(python.with_name("lint-imports" + python.suffix)), "--no-logo"],
    }


def run(command: list[str], environ: dict[str, str]) -> int:
    """Run a command in the checkout and return its exit code."""
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def run_checks(python: Path) -> list[str]:
    """Run the static checks; return the names of those that fail."""
    failed = []
    for name, command in static_checks(python).items():
        print(f"== {name}", flush=True)
        if run(command, dict(os.environ)):
            failed.append(name)
    return failed


@contextmanager
def screen(virtual: bool) -> Iterator[dict[str, str]]:
    """The environment variables for a program with a window, on a virtual display where that is asked for."""
    if not virtual:
        yield dict(os.environ)
        return
    with virtual_display(os.environ) as environ:
        yield environ


def run_pytest(python: Path, arguments: list[str], environ: dict[str, str]) -> int:
    """Run pytest; having run no test at all is a failure, too."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = run([str(python), "-m", "pytest", f"--junitxml={report}", *arguments], environ)
        # the report is elsewhere when the user asked pytest for one: then pytest's own verdict stands
        if code == 0 and report.exists() and tests_that_ran(report) == 0:
            raise BootstrapError("Every test was skipped, so nothing is known to work; see pytest's reasons above.")
    return code


def write_contact_sheet(python: Path, environ: dict[str, str]) -> int:
    """Every representation, style and theme of the viewport in one picture; returns the exit code."""
    print(f"== {CONTACT_SHEET}", flush=True)
    return run([str(python), "-m", "tests.gui.contact_sheet", CONTACT_SHEET], environ)


def task_test(python: Path, arguments: list[str], virtual: bool) -> int:
    """All checks, then the whole test suite, whose summary comes last."""
    failed = run_checks(python)
    print(f"== pytest{' (FAILED before it: ' + ', '.join(failed) + ')' if failed else ''}", flush=True)
    with screen(virtual) as environ:
        if SCREENSHOTS in arguments:
            failed += [] if write_contact_sheet(python, environ) == 0 else ["contact sheet"]
        code = run_pytest(python, [a for a in arguments if a != SCREENSHOTS], environ)
    if failed:
        raise BootstrapError(f"Checks failed: {', '.join(failed)}; their output is above pytest's.")
    return code


def task_demo(python: Path, arguments: list[str], virtual: bool) -> int:
    """The window with the bundled sample, fitted; then a line on what lies where."""
    started = time.time()
    command = [str(python), "-m", "app", "--demo", DEMO_OUTPUT, *(["--quit"] if virtual else []), *arguments]
    print("Opening DiffFit with the bundled sample" + (" on a virtual display …" if virtual else " …"), flush=True)
    with screen(virtual) as environ:
        code = run(command, environ)
    if code:
        return code
    lacking = missing_files(ROOT / DEMO_OUTPUT, started)
    if lacking:
        raise BootstrapError(f"The demo ended before it had written {', '.join(lacking)} to {DEMO_OUTPUT}/.")
    print(describe(ROOT / DEMO_OUTPUT))
    return 0


def task_run(python: Path, arguments: list[str], virtual: bool) -> int:
    """DiffFit on the user's screen."""
    if platform.system() == "Linux" and not has_display(os.environ):
        raise BootstrapError("There is no display to open a window on; use `.venv/bin/difffit fit` instead.")
    return run([str(python), "-m", "app", *arguments], dict(os.environ))


def task_fuzz(python: Path, arguments: list[str], virtual: bool) -> int:
    """Damaged files through every reader, which needs no display."""
    return run([str(python), "-m", "tests.fuzz", *arguments], dict(os.environ))


def task_bench(python: Path, arguments: list[str], virtual: bool) -> int:
    """The benchmark, which needs no display."""
    difffit = python.with_name("difffit" + python.suffix)
    return run([str(difffit), "bench", *arguments], dict(os.environ))


def task_docs(python: Path, arguments: list[str], virtual: bool) -> int:
    """The documentation, with pictures of the program as it is now."""
    with screen(virtual) as environ:
        return site.build(python, environ, pictures="--text" not in arguments)


def task_package(python: Path, arguments: list[str], virtual: bool) -> int:
    """What is given to people without Python."""
    package(python, quick="--quick" in arguments)
    return 0


TASKS = {
    "demo": task_demo,
    "test": task_test,
    "run": task_run,
    "fuzz": task_fuzz,
    "bench": task_bench,
    "docs": task_docs,
    "package": task_package,
}
NO_WINDOW = ("bench", "package")


def prepare(task: str, virtual: bool) -> Path:
    """Everything that the task needs on this machine; returns the environment's Python."""
    if platform.system() == "Linux":
        wanted = () if task in NO_WINDOW else system_libraries.needs(virtual)
        system_libraries.ensure((system_libraries.VENV, *wanted))
    return ensure_environment()


def main(arguments: list[str]) -> int:
    """Run a task; return the exit code."""
    task, rest = split_arguments(arguments)
    if task not in TASKS:
        print(USAGE, file=sys.stdout if task in ("-h", "--help") else sys.stderr)
        return 0 if task in ("-h", "--help") else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the virtual display ends with us
    virtual = task in ("demo", "test", "docs") and needs_virtual_display(platform.system(), os.environ)
    try:
        return TASKS[task](prepare(task, virtual), rest, virtual)
    except BootstrapError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(sentence_for(error, ROOT), file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted; the same command starts again.", file=sys.stderr)
        return 130
    return 1
