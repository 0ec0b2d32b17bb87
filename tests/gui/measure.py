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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from scipy.ndimage import gaussian_filter

from app.application import make_application
from app.controller import Controller
from app.fitting import ENGINE, FitEngine
from app.main_window import MainWindow
from app.preferences import Preferences
from app.scene.viewport import Viewport
from app.theme import ThemeSwitch
from difffit_core.data.poses import Poses
from difffit_core.data.results import FitResult
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.events import Job, PosesImproved, StageAdvanced, StageStarted
from difffit_core.files.map_files import write_volume
from difffit_core.settings import FitSettings
from tests.document.items import make_result
from tests.gui.conftest import start_virtual_display
from tests.gui.window.fakes import engine

SIZE = (1280, 800)  # pixels of the window, and of the view where it is measured alone
POSES, STREAM_SECONDS, STREAM_STEPS = 1000, 6.0, 400
GREY = (0.6, 0.6, 0.65)

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


@dataclass(frozen=True)
class Figure:
    """Something that was measured; `limit` is the most, or with `at_least` the least, that was promised."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        mark = "" if self.kept else "   MISSED"
        return f"{self.name:<58}{self.value:9.3g} {self.unit:<4} ({sign} {self.limit:g}){mark}"


# What is measured


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


def cycles(folder: Path, count: int) -> Iterator[Figure]:
    """Memory over many rounds of open, fit and close, once the first rounds have filled every cache."""
    with window_of(folder) as window:
        window.fit_panel.presets.choose("fast")
        before = go_round(window, max(count // 5, 20))
        after = go_round(window, count)
        yield Figure(f"growth over {count} rounds of open, fit, close", 100 * (after / before - 1), "%", 5.0)


# How


def blobs(size: int) -> Volume:
    """A map that looks like a molecule to marching cubes: smoothed points in a ball."""
    random = np.random.default_rng(0)
    points = random.normal(0, 0.15 * size, (size * 20, 3)) + size / 2
    data = np.zeros((size, size, size), dtype=np.float32)
    np.add.at(data, tuple(np.clip(points, 0, size - 1).astype(int).T), 1.0)
    return Volume(gaussian_filter(data, 2.5), np.ones(3), np.zeros(3))


def many_reports(structure: Structure, volume: Volume, settings: FitSettings) -> Job[FitResult]:
    """A hundred reports a second of poses that wander through the map."""
    yield StageStarted("climb", STREAM_STEPS)
    random = np.random.default_rng(0)
    low, high = volume.corners_xyz
    start, end = (random.uniform(low, high, (POSES, 3)) for _ in range(2))
    orientation = np.tile([0.0, 0.0, 0.0, 1.0], (POSES, 1))
    begun = perf_counter()
    while (share := (perf_counter() - begun) / STREAM_SECONDS) < 1:
        time.sleep(0.01)
        yield StageAdvanced(int(share * STREAM_STEPS))
        yield PosesImproved(Poses(orientation, start + share * (end - start)), np.linspace(0.1, 0.7, POSES) + share)
    return make_result()


def rebuild(view: Viewport, level: float, *, dragging: bool) -> None:
    """Ask for another level and wait for the next surface of it."""
    before = view._contents.map("map").surface
    view.set_map_style("map", level=float(level), dragging=dragging)
    wait_for(lambda: view._contents.map("map").surface is not before)


def pictures_shown(window: MainWindow) -> list[float]:
    """Moments at which a picture of new data comes on the screen; grows while the window runs."""
    canvas, moments, last = window.viewport._stage._canvas, [], [0.0]
    if canvas is None:
        raise SystemExit("There is no OpenGL here, so nothing can be measured.")

    def note(_: object) -> None:
        if canvas.loop._last_end != last[0]:
            last[0] = canvas.loop._last_end
            moments.append(perf_counter())

    canvas.events.draw.connect(note, position="last")
    return moments


def open_sample(window: MainWindow) -> None:
    """Open the bundled map and structure and wait for them."""
    window.files.open_sample()
    wait_for(lambda: bool(window.document.session.structures) and not window.controller.busy)


def go_round(window: MainWindow, count: int) -> float:
    """Open, fit, look and close so many times; returns the megabytes that are held at the end."""
    for _number in range(count):
        open_sample(window)
        window.start_fit()
        wait_for(lambda: not window.controller.busy)
        window.clusters_panel.step(1)
        window.files.close_all()
        QApplication.processEvents()
    return psutil.Process().memory_info().rss / 1e6


@contextmanager
def window_of(folder: Path, with_engine: FitEngine = ENGINE) -> Iterator[MainWindow]:
    """A window with settings of its own."""
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    themes = ThemeSwitch("light")
    themes.choose("light")
    window = MainWindow(Controller(Preferences(settings), with_engine), themes)
    window.resize(*SIZE)
    window.show()
    window.plot_panel.prepare()
    wait_for(window.isVisible)
    try:
        yield window
    finally:
        window.controller.shut_down()
        window.viewport.close_scene()
        delete(window)


def delete(widget: QWidget) -> None:
    """Now and here: Python may do it in a worker's thread, where OpenGL cannot be."""
    widget.hide()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def beats() -> Iterator[list[float]]:
    """Moments at which a timer of 5 ms was served: the gaps between them are how long events waited."""
    moments, clock = [perf_counter()], QTimer(interval=5)
    clock.timeout.connect(lambda: moments.append(perf_counter()))
    clock.start()
    yield moments
    clock.stop()


def timed(work: Callable[[], None]) -> float:
    """Seconds that it takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def wait_for(finished: Callable[[], bool], seconds: float = 120.0) -> None:
    """Serve events until it is so."""
    deadline = QDeadlineTimer(int(1000 * seconds))
    while not finished():
        if deadline.hasExpired():
            raise TimeoutError("What was waited for did not happen in time.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


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
        for measure in (start_up, surfaces, large_map, streaming, real_fit):
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
