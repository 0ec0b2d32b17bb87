"""What measuring the window takes: made-up data, moments at which something happens, a window of its own."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from scipy.ndimage import gaussian_filter

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
from difffit_core.settings import FitSettings
from tests.document.items import make_result

SIZE = (1280, 800)  # pixels of the window, and of the view where it is measured alone
ATOM_COLUMNS = ("element", "residue_number", "insertion_code", "residue_name", "atom_name", "b_factor",
                "secondary_structure")  # fmt: skip
POSES, STREAM_SECONDS, STREAM_STEPS = 1000, 6.0, 400


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


def blobs(size: int) -> Volume:
    """A map that looks like a molecule to marching cubes: smoothed points in a ball."""
    random = np.random.default_rng(0)
    points = random.normal(0, 0.15 * size, (size * 20, 3)) + size / 2
    data = np.zeros((size, size, size), dtype=np.float32)
    np.add.at(data, tuple(np.clip(points, 0, size - 1).astype(int).T), 1.0)
    return Volume(gaussian_filter(data, 2.5), np.ones(3), np.zeros(3))


def crowd(structure: Structure, atoms: int) -> Structure:
    """Copies of a structure side by side in a cube, chains of other names, with at least so many atoms."""
    copies = -(-atoms // len(structure))
    edge, across = float(np.ptp(structure.xyz, axis=0).max()), int(np.ceil(copies ** (1 / 3)))
    shift = edge * np.stack(np.unravel_index(np.arange(copies), (across,) * 3), axis=1)

    def tiled(column: np.ndarray) -> np.ndarray:
        return np.tile(column, copies)

    return replace(
        structure,
        xyz=(shift[:, None, :] + structure.xyz).reshape(-1, 3),
        chain=np.concatenate([np.char.add(structure.chain.astype(str), str(copy)) for copy in range(copies)]),
        **{name: tiled(getattr(structure, name)) for name in ATOM_COLUMNS},
    )


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


def turn(view: Viewport) -> None:
    """Turn the scene a little, as the mouse does, and wait until it is seen."""
    canvas = view._stage._canvas
    assert canvas is not None
    before = canvas.loop._last_end
    view._scene.camera.rotate(8.0, 3.0, SIZE)
    view._move_camera()
    wait_for(lambda: canvas.loop._last_end != before)


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
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else only a running event loop does it
    gc.collect()
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
