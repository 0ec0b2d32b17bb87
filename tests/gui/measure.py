"""How fast the window is on this machine, against what was promised.

    python -m tests.gui.measure [--json FILE] [--cycles N]

Works without a display where Xvfb is installed. Other programs that use the processors at the same time show in every
figure: the load is written down with them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import numpy as np

from app.application import make_application
from app.scene.viewport import Viewport
from difffit_core.files.map_files import write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from tests.gui.conftest import start_virtual_display
from tests.gui.measuring import (
    POSES,
    SIZE,
    Figure,
    beats,
    blobs,
    crowd,
    delete,
    go_round,
    many_reports,
    open_sample,
    pictures_shown,
    rebuild,
    timed,
    turn,
    wait_for,
    window_of,
)  # fmt: skip
from tests.gui.window.fakes import engine

GREY = (0.6, 0.6, 0.65)
TURNS = 20  # steps by which a scene is turned

STARTED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import application
make = application.make_application
def made():
    created = make()
    timer = QTimer(created)
    def look():
        shown = [window for window in QApplication.topLevelWidgets() if window.isVisible() and window.windowHandle()]
        if any(window.windowHandle().isExposed() for window in shown):
            print("usable", "torch" in sys.modules, flush=True)
            timer.stop()
            for window in shown:
                window.close()
    timer.timeout.connect(look)
    timer.start(5)
    return created
application.make_application = made
application.main([])
"""


def start_up(_: Path) -> Iterator[Figure]:
    """From the command to a window that answers, of three starts the middle one."""
    seconds = []
    for _number in range(3):
        begun = perf_counter()
        with subprocess.Popen([sys.executable, "-c", STARTED], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            answer = child.stdout.readline().split()
            seconds.append(perf_counter() - begun)
        if answer != ["usable", "False"]:
            raise SystemExit(f"The window did not start as it should: {answer}")
    yield Figure("first usable window, torch not imported", float(np.median(seconds)), "s", 3.0)


def surfaces(_: Path) -> Iterator[Figure]:
    """The surface of a 256³ map after another level, and while the level is dragged."""
    view = Viewport()
    view.resize(*SIZE)
    view.show()
    volume = blobs(256)
    levels = np.quantile(volume.data[::4, ::4, ::4], np.linspace(0.93, 0.98, 8))
    view.show_map("map", volume, level=float(levels[0]), colour=GREY)
    wait_for(lambda: not view._builder.busy)
    rebuilt = [timed(lambda level=level: rebuild(view, level, dragging=False)) for level in levels[1:]]
    with beats() as turns:
        dragged = [timed(lambda level=level: rebuild(view, level, dragging=True)) for level in levels]
    wait_for(lambda: not view._builder.busy)
    view.close_scene()
    delete(view)
    yield Figure("surface of a 256³ map after another level", max(rebuilt), "s", 0.6)
    yield Figure("coarser surface while the level is dragged, median", 1000 * float(np.median(dragged)), "ms", 50.0)
    yield Figure("longest block while the level is dragged", 1000 * float(np.diff(turns).max()), "ms", 100.0)


def large_structure(_: Path) -> Iterator[Figure]:
    """A hundred thousand atoms as cartoon, turned by the mouse."""
    view = Viewport()
    view.resize(*SIZE)
    view.show()
    structure = crowd(read_structure(load_sample().structure("whole").path), 100_000)
    begun = perf_counter()
    view.show_structure("crowd", structure)
    wait_for(lambda: not view._builder.busy)
    shown = perf_counter() - begun
    canvas = view._stage._canvas
    if canvas is None:
        raise SystemExit("There is no OpenGL here, so nothing can be measured.")
    wait_for(lambda: canvas.loop.samples > 0)
    canvas.loop.begin_drag()
    turned = [timed(lambda: turn(view)) for _number in range(TURNS)]
    canvas.loop.end_drag()
    view.close_scene()
    delete(view)
    yield Figure("cartoon of 100,000 atoms", shown, "s", 3.0)
    yield Figure("pictures while it is turned", 1 / float(np.median(turned)), "/s", 10.0, at_least=True)


def large_map(folder: Path) -> Iterator[Figure]:
    """A 400³ map from its file to its surface."""
    path = folder / "large.mrc"
    write_volume(path, blobs(400))
    with window_of(folder) as window:
        begun = perf_counter()
        with beats() as turns:
            window.files.open_files([path])
            wait_for(lambda: bool(window.document.session.maps))
            key = window.document.session.maps[0].key
            wait_for(lambda: window.viewport._contents.map(key).surface is not None)
        yield Figure("400³ map from its file to its surface", perf_counter() - begun, "s", 3.0)
        yield Figure("longest block meanwhile", 1000 * float(np.diff(turns).max()), "ms", 100.0)


def streaming(folder: Path) -> Iterator[Figure]:
    """A thousand poses of a fit that reports faster than anybody can see."""
    with window_of(folder, engine(many_reports)) as window:
        open_sample(window)
        wait_for(lambda: window.viewport._stage.drawn and not window.viewport._builder.busy)
        pictures = pictures_shown(window)
        window.start_fit()
        wait_for(lambda: window.controller.fitting.busy)
        begun = perf_counter()
        with beats() as turns:
            wait_for(lambda: not window.controller.fitting.busy)
        shown = [moment for moment in pictures if moment > begun]
        yield Figure(f"pictures of {POSES} streaming poses", len(shown) / (turns[-1] - begun), "/s", 20.0, True)
        yield Figure("longest block meanwhile", 1000 * float(np.diff(turns).max()), "ms", 100.0)


def real_fit(folder: Path) -> Iterator[Figure]:
    """The sample, fitted by the engine with all that runs beside it."""
    with window_of(folder) as window:
        open_sample(window)
        wait_for(lambda: window.viewport._stage.drawn and not window.viewport._builder.busy)
        window.fit_panel.presets.choose("fast")
        for _number in range(2):  # the first one loads the engine
            with beats() as turns:
                window.start_fit()
                wait_for(lambda: not window.controller.fitting.busy)
        yield Figure("longest block while the sample is fitted", 1000 * float(np.diff(turns).max()), "ms", 100.0)


def composing(folder: Path) -> Iterator[Figure]:
    """The sample composed of its two chains, accepted, and its map cut into segments."""
    sample = load_sample()
    with window_of(folder) as window:
        window.files.open_files([sample.map_path, *(sample.structure(name).path for name in "AB")])
        wait_for(lambda: len(window.document.session.structures) == 2 and not window.controller.busy)
        wait_for(lambda: window.viewport._stage.drawn and not window.viewport._builder.busy)
        for _number in range(2):  # the first one loads the engine
            with beats() as turns:
                window.compose.start()
                wait_for(lambda: not window.controller.busy and window.compose.can_accept)
        yield Figure("longest block while the sample is composed", 1000 * float(np.diff(turns).max()), "ms", 100.0)
        with beats() as turns:
            window.compose.accept()
            wait_for(lambda: not window.controller.busy and not window.viewport._builder.busy)
        yield Figure("longest block while its copies are accepted", 1000 * float(np.diff(turns).max()), "ms", 100.0)
        with beats() as turns:
            window.segments.start()
            wait_for(lambda: not window.controller.busy and not window.viewport._builder.busy)
        yield Figure("longest block while its map is segmented", 1000 * float(np.diff(turns).max()), "ms", 100.0)


def cycles(folder: Path, count: int) -> Iterator[Figure]:
    """Memory over many rounds of open, fit and close, once the first rounds have filled every cache."""
    with window_of(folder) as window:
        window.fit_panel.presets.choose("fast")
        before = go_round(window, max(count // 5, 20))
        after = go_round(window, count)
        yield Figure(f"growth over {count} rounds of open, fit, close", 100 * (after / before - 1), "%", 5.0)


def main(arguments: list[str]) -> int:
    """Measure everything; the exit code says whether all promises are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.gui.measure", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--cycles", type=int, default=0, metavar="N", help="rounds of open, fit, close (200 take long)")
    options = parser.parse_args(arguments)
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if shutil.which("Xvfb") is None:
            sys.stderr.write("This needs a display; install Xvfb or run it on a desktop.\n")
            return 1
        os.environ["DISPLAY"], os.environ["QT_QPA_PLATFORM"] = start_virtual_display(), "xcb"
    figures = []
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CONFIG_HOME"] = name  # the settings of whoever runs this are left alone
        make_application()
        for measure in (start_up, surfaces, large_structure, large_map, streaming, real_fit, composing):
            figures += [report(figure) for figure in measure(Path(name))]
        if options.cycles:
            figures += [report(figure) for figure in cycles(Path(name), options.cycles)]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    sys.stdout.write(f"load of the last minute {load:.1f} on {os.cpu_count()} processors\n")
    if options.json is not None:
        options.json.write_text(json.dumps({"load": load, "figures": [asdict(one) for one in figures]}, indent=1))
    return 0 if all(figure.kept for figure in figures) else 1


def report(figure: Figure) -> Figure:
    """Print it and give it back."""
    sys.stdout.write(f"{figure}\n")
    sys.stdout.flush()
    return figure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
