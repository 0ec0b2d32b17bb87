"""What stands around the window: palette, fetching, tour, notices, movies, curves."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.movie import MovieMaker
from app.panels.plot import ScoreCurves
from app.shell.fetch_dialog import FetchDialog
from app.shell.notices import LONG, Notices
from app.shell.palette import score
from app.shell.picture_dialog import MovieWish
from app.shell.tour import TourCard
from difffit_core.events import Job, StageAdvanced, StageStarted
from difffit_core.files.download import FetchError
from difffit_core.files.samples import Sample
from tests.gui.window.helpers import WAIT_MS, dialogs

WaitIdle = Callable[[MainWindow], None]


def test_palette_ranks_beginnings_first(qapp):
    save, other = QAction("&Save Image …"), QAction("Open Sample")
    other.setStatusTip("Open a real map, save nothing")
    assert (score(save, "save"), score(other, "save"), score(other, "zzz")) == (1, 3, 0)
    assert score(save, "image sa") == 2


def test_fetched_entry_is_opened(window: MainWindow, qtbot: QtBot, sample: Sample, tmp_path: Path):
    def fetch(text: str) -> Job[Path]:
        yield StageStarted(f"fetch {text}", 10)
        yield StageAdvanced(5)
        path = tmp_path / "a.pdb.gz"
        path.write_bytes(gzip.compress(sample.structures[0].path.read_bytes()))
        return path

    window.controller.fetching.engine = fetch
    window.files.ask_fetch()
    dialog = window.findChild(FetchDialog)
    qtbot.keyClicks(dialog.ids, "nonsense!")
    assert not dialog.fetch.isEnabled()
    assert "no id that DiffFit knows" in dialog.problem.text()
    dialog.ids.clear()
    qtbot.keyClicks(dialog.ids, "1abc")
    qtbot.keyClick(dialog.ids, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    assert window.document.session.structures[0].name == "a.pdb.gz"
    assert window.job_strip.text.text() == ""


def test_fetch_that_fails_is_a_sentence(window: MainWindow, qtbot: QtBot):
    def fetch(text: str) -> Job[Path]:
        yield StageStarted("fetch", 1)
        raise FetchError("There is no 9zzz at example.org; check the id.")

    window.controller.fetching.engine = fetch
    window.controller.fetching.start(["9zzz"])
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert dialogs(window)[0].informativeText() == "There is no 9zzz at example.org; check the id."


def test_tour_leads_from_the_sample_to_the_clusters(window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle):
    window.fit_panel.presets.choose("fast")
    window.help.offer_tour()
    card = window.findChild(TourCard)
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    wait_idle(window)
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    wait_idle(window)
    assert window.document.session.fits
    qtbot.mouseClick(card.next, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    window.help.offer_tour()
    assert not [card for card in window.findChildren(TourCard) if card.isVisible()]  # offered once


def test_long_job_that_ends_unseen_is_told(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    notices = Notices(window, window.controller.preferences)
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    notices.begin()
    assert not notices.end("short")
    notices._begun -= LONG + 1
    assert notices.end("long")
    notices.clear()
    window.controller.preferences.set_flag("notify", False)
    assert not notices.end("not wanted")


@pytest.mark.parametrize("kind", ["gif", "png"])
def test_movie_has_all_its_pictures(window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str):
    from imageio import v3

    class Turning:
        def turntable(self, frames: int, width: int, height: int, *, transparent: bool) -> Iterator[np.ndarray]:
            for number in range(frames):
                yield np.full((height, width, 4), 40 * number, np.uint8)

    maker = MovieMaker(Turning(), window.controller.tasks)  # type: ignore[arg-type]
    path = tmp_path / ("turn.gif" if kind == "gif" else "pictures")
    with qtbot.waitSignal(maker.ended, timeout=WAIT_MS):
        maker.start(MovieWish(32, 24, 5, False, kind), path)
    if kind == "gif":
        assert v3.imread(path).shape[:3] == (5, 24, 32)
    else:
        assert sorted(p.name for p in path.iterdir()) == [f"frame_{n:04d}.png" for n in range(1, 6)]


def test_curves_break_where_the_map_gets_sharper():
    curves = ScoreCurves()
    for step, resolution in enumerate((8.0, 8.0, 5.0, 3.2)):
        curves.add(step, np.array([0.1, 0.5]), resolution)
    assert [(s.first, s.resolution) for s in curves.segments] == [(0, 8.0), (2, 5.0), (3, 3.2)]


def test_everything_that_can_be_used_has_a_name(window: MainWindow):
    """For screen readers: text, accessible name or tooltip on every control of the window itself."""
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider

    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
        for widget in window.findChildren(kind)
        if not _name(widget) and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", lambda: "")()
    return widget.accessibleName() or widget.toolTip() or text
