"""Heavy use, and what it leaves behind.

    python -m tests.load monkey [--events 20000] [--seed 0]     random events in the window
    python -m tests.load soak [--fits 500]                      fits in one process
    python -m tests.load crowds                                 many maps, structures, clusters

Every one prints its figures; `--docs` writes them into docs/trust.md.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.generated import part, put
from tests.gui.measuring import Figure

PAGE = Path(__file__).parents[2] / "docs" / "trust.md"
HEAD = "| test | figure | measured | promised | run |\n|---|---|---|---|---|\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of them; the exit code says whether everything was as promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__.splitlines()[0])
    parser.add_argument("test", choices=RUNS)
    parser.add_argument("--events", type=int, default=20_000, metavar="N", help="of the monkey [20000]")
    parser.add_argument("--fits", type=int, default=500, metavar="N", help="of the soak [500]")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the monkey [0]")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/trust.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = name  # settings and data of whoever runs this are left alone
        figures = []
        for figure in RUNS[options.test](options, Path(name)):
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            figures.append(figure)
    if options.docs:
        document(options.test, figures)
    return 0 if all(figure.kept for figure in figures) else 1


def monkey(options: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """Random events."""
    show_windows()
    from tests.load.monkey_run import run_monkey

    yield from run_monkey(folder, options.events, options.seed)


def soak(options: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """Fits in one process."""
    from tests.load.soak import run_soak

    yield from run_soak(options.fits)


def crowds(options: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """Many of everything."""
    show_windows()
    from tests.load.crowds import long_table, many_items

    for number, test in enumerate((many_items, long_table)):
        place = folder / str(number)
        place.mkdir()
        yield from test(place)


def show_windows() -> None:
    """A display where there is none, and Qt's application."""
    from app.application import make_application
    from tests.gui.conftest import start_virtual_display

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if shutil.which("Xvfb") is None:
            raise SystemExit("This needs a display; install Xvfb or run it on a desktop.")
        os.environ["DISPLAY"], os.environ["QT_QPA_PLATFORM"] = start_virtual_display(), "xcb"
    make_application()


def document(test: str, figures: Sequence[Figure]) -> None:
    """Replace this test's lines of the table."""
    others = [line for line in part(PAGE, "load").splitlines()[2:] if not line.startswith(f"| {test} ")]
    when = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors"
    lines = [*others, *(line_of(test, figure, when) for figure in figures)]
    put(PAGE, "load", HEAD + "".join(f"{line}\n" for line in lines))


def line_of(test: str, figure: Figure, when: str) -> str:
    """One figure."""
    sign, kept = ("≥" if figure.at_least else "≤"), "" if figure.kept else " (**missed**)"
    return f"| {test} | {figure.name} | {figure.value:.4g} {figure.unit}{kept} | {sign} {figure.limit:g} | {when} |"


RUNS: dict[str, Callable[[argparse.Namespace, Path], Iterator[Figure]]] = {
    "monkey": monkey,
    "soak": soak,
    "crowds": crowds,
}

if __name__ == "__main__":
    sys.exit(main())
