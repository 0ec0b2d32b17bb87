"""Identify in the window: a library is ranked live, paused, gone on with; candidates are looked at and kept."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.scan_presenter import KEY
from app.scan_table import Candidate, ScanRequest, ScanTable
from app.scanning import engine_scan
from difffit_core.errors import DiffFitError
from difffit_core.events import run
from difffit_core.settings import FitSettings
from tests.fit.making import blob, random_pose
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.helpers import WAIT_MS, drop
from tests.gui.window.scan_making import (
    LEFT,
    finish,
    library_with_a_broken_one,
    press,
    pretending,
    ready,
    shown,
    wait_rows,
    wait_until_idle,
)
from tests.scan.making import HIDDEN, RESOLUTION, make_library, make_map


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished scan, beside its map and its library."""
    folder = tmp_path_factory.mktemp("finished")
    library, map_path = library_with_a_broken_one(folder / "library"), make_map(folder / "two.mrc")
    settings = FitSettings(resolution=RESOLUTION, preset="fast")
    run(pretending()(ScanRequest(str(library), map_path, settings, folder / "scan")))
    return folder / "scan"


@pytest.fixture
def ranked(window: MainWindow, qtbot: QtBot, finished: Path) -> MainWindow:
    """A window that shows a finished scan and the map that was searched."""
    window.scans.open(finished)
    wait_rows(window, qtbot, 13)
    qtbot.waitUntil(lambda: window.scans.candidates.map_key is not None, timeout=WAIT_MS)
    wait_until_idle(window, qtbot)
    return window


def folder_of(window: MainWindow) -> Path:
    assert window.scans.scan is not None
    return window.scans.scan.request.folder


def drawn(window: MainWindow) -> bool:
    item = window.viewport._contents.items.get(KEY)
    return item is not None and item.visible


def choose(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Click a candidate's row and wait until it is in the view."""
    panel = window.scan_panel
    place = panel.proxy.mapFromSource(panel.model.place_of(name))
    panel.table.scrollTo(place)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=panel.table.visualRect(place).center())
    wait_until_idle(window, qtbot)


def test_dropped_folder_is_ranked(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    ready(window, qtbot, tmp_path, pretending())
    window.scan_panel.form.text.clear()
    assert drop(window.scan_panel, [make_library(tmp_path / "library")])
    wait_until_idle(window, qtbot)
    assert window.scan_panel.form.count.text() == "12 candidates"
    press(window, qtbot)
    finish(window, qtbot)
    assert set(shown(window)[:2]) == set(HIDDEN)
    content = json.loads((folder_of(window) / "ranking.json").read_text())
    assert content["complete"]
    assert [row["name"] for row in content["candidates"]] == shown(window)
    assert folder_of(window).parent == tmp_path / "scans"
    assert window.scan_plots.volcano is not None


def test_real_engine_places_the_hidden_ones(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    make_library(tmp_path / "library", 8)
    ready(window, qtbot, tmp_path, engine_scan)
    press(window, qtbot)
    qtbot.waitUntil(lambda: not window.controller.scanning.busy, timeout=120_000)
    assert set(shown(window)[:2]) == set(HIDDEN)
    window.scans.candidates.open_best(2)
    qtbot.waitUntil(lambda: len(window.document.session.structures) == 2, timeout=WAIT_MS)
    session = window.document.session
    item = next(item for item in session.structures if item.name == f"{HIDDEN[0]}.pdb")
    truth = random_pose(np.array([25.0, 33.0, 30.0]), seed=3).map_from_model(blob(240, seed=3).centroid_xyz)[0]
    found = session.standing(item)
    apart = item.structure.xyz @ (found[:, :3] - truth[:, :3]).T + found[:, 3] - truth[:, 3]
    assert np.sqrt((apart**2).sum(axis=1).mean()) < 1.0


def test_rows_stay_while_the_ranking_changes(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    make_library(tmp_path / "library", 40)
    ready(window, qtbot, tmp_path, pretending(0.05))
    press(window, qtbot)
    wait_rows(window, qtbot, 2)
    resets: list[bool] = []
    window.scan_panel.model.modelReset.connect(lambda: resets.append(True))
    name = shown(window)[1]
    window.scan_panel.choose(name)
    finish(window, qtbot)
    assert not resets
    assert window.scan_panel.chosen is not None
    assert window.scan_panel.chosen.name == name
    assert len(shown(window)) == 40


def test_pause_rests_and_lets_fits_run(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    make_library(tmp_path / "library", 60)
    ready(window, qtbot, tmp_path, pretending(0.1))
    press(window, qtbot)
    wait_rows(window, qtbot, 1)
    assert "scan" in window.fit_panel.missing
    qtbot.mouseClick(window.scan_panel.pause, LEFT)
    assert window.scan_panel.pause.text() == "Resume"
    assert "scan" not in window.fit_panel.missing
    qtbot.wait(400)  # those that were begun
    results = folder_of(window) / "results"
    before = len(list(results.glob("*.json")))
    qtbot.wait(400)
    assert len(list(results.glob("*.json"))) == before < 60
    qtbot.mouseClick(window.scan_panel.pause, LEFT)
    finish(window, qtbot)
    assert len(shown(window)) == 60


def test_stopped_scan_is_gone_on_with_in_another_window(make_window: MakeWindow, qtbot: QtBot, tmp_path: Path) -> None:
    make_library(tmp_path / "library", 40)
    first = ready(make_window(), qtbot, tmp_path, pretending(0.2))
    press(first, qtbot)
    wait_rows(first, qtbot, 3)
    qtbot.mouseClick(first.scan_panel.button.button, LEFT)  # cancels
    finish(first, qtbot)
    assert first.scan_panel.go_on.isVisible()
    folder = folder_of(first)
    written = {path.name: path.stat().st_mtime_ns for path in (folder / "results").glob("*.json")}
    assert 3 <= len(written) < 40
    assert len(shown(first)) == len(written)
    assert not json.loads((folder / "ranking.json").read_text())["complete"]
    first.projects.leave_without_asking()
    first.close()

    second = make_window()
    second.controller.scanning.engine = pretending()
    second.right_tabs.setCurrentWidget(second.scan_panel)
    qtbot.mouseClick(second.scan_panel.last_link, LEFT)
    wait_rows(second, qtbot, 3)
    wait_until_idle(second, qtbot)
    assert len(second.document.session.maps) == 1  # the map that was searched has been opened, too
    qtbot.mouseClick(second.scan_panel.go_on, LEFT)
    finish(second, qtbot)
    assert len(shown(second)) == 40
    assert json.loads((folder / "ranking.json").read_text())["complete"]
    assert (folder / "report.html").is_file()
    after = {path.name: path.stat().st_mtime_ns for path in (folder / "results").glob("*.json")}
    assert {name: after[name] for name in written} == written


def test_closing_the_window_ends_the_scan_and_keeps_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    make_library(tmp_path / "library", 40)
    ready(window, qtbot, tmp_path, pretending(0.2))
    press(window, qtbot)
    wait_rows(window, qtbot, 2)
    window.projects.leave_without_asking()
    window.close()
    assert not window.controller.scanning.busy
    content = json.loads((folder_of(window) / "ranking.json").read_text())
    assert len(content["candidates"]) == len(list((folder_of(window) / "results").glob("*.json"))) >= 2


def test_point_row_and_view_show_the_same_candidate(ranked: MainWindow, qtbot: QtBot) -> None:
    plot = ranked.scan_plots.ranks
    ranked.tabs.setCurrentWidget(ranked.scan_plots)
    qtbot.wait(50)
    x, y = plot.place_of(HIDDEN[1])
    spot = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y)))
    qtbot.mouseClick(plot.viewport(), LEFT, pos=QPoint(round(spot.x()), round(spot.y())))
    assert ranked.scan_panel.chosen is not None
    assert ranked.scan_panel.chosen.name == HIDDEN[1]
    qtbot.waitUntil(lambda: drawn(ranked), timeout=WAIT_MS)
    assert "excess" in ranked.scan_panel.sentence.text()
    ranked.right_tabs.setCurrentIndex(0)
    assert not drawn(ranked)


def test_arrow_keys_walk_through_candidates(ranked: MainWindow, qtbot: QtBot) -> None:
    choose(ranked, qtbot, shown(ranked)[0])
    qtbot.keyClick(ranked.scan_panel.table, Qt.Key.Key_Down)
    assert ranked.scan_panel.chosen is not None
    assert ranked.scan_panel.chosen.name == shown(ranked)[1]
    wait_until_idle(ranked, qtbot)
    assert drawn(ranked)
    before = ranked.viewport.camera_state()
    qtbot.keyClick(ranked.scan_panel.table, Qt.Key.Key_Return)
    assert ranked.viewport.camera_state() != before


def test_best_are_opened_in_one_step(ranked: MainWindow, qtbot: QtBot) -> None:
    assert ranked.scan_panel.count.value() == 2  # as many as were found
    qtbot.mouseClick(ranked.scan_panel.best, LEFT)
    qtbot.waitUntil(lambda: len(ranked.document.session.structures) == 2, timeout=WAIT_MS)
    session = ranked.document.session
    assert {item.name for item in session.structures} == {f"{name}.pdb" for name in HIDDEN}
    for item in session.structures:
        np.testing.assert_allclose(session.standing(item), np.eye(3, 4), atol=1e-9)
    assert len(session.fits) == 2
    ranked.document.undo()
    assert ranked.document.session.structures == ()
    assert ranked.document.session.fits == ()


def test_accepted_candidate_is_a_copy_until_undone(ranked: MainWindow, qtbot: QtBot) -> None:
    choose(ranked, qtbot, HIDDEN[0])
    qtbot.mouseClick(ranked.scan_panel.accept, LEFT)
    qtbot.waitUntil(lambda: len(ranked.document.session.copies) == 1, timeout=WAIT_MS)
    [copy] = ranked.document.session.copies
    assert copy.name == f"{HIDDEN[0]} 1"
    assert not drawn(ranked)  # the session shows it now
    qtbot.mouseClick(ranked.scan_panel.accept, LEFT)
    wait_until_idle(ranked, qtbot)
    assert len(ranked.document.session.copies) == 1
    ranked.document.undo()
    assert ranked.document.session.copies == ranked.document.session.structures == ()
    qtbot.waitUntil(lambda: drawn(ranked), timeout=WAIT_MS)


def test_candidate_sent_to_fit_is_ticked_alone(ranked: MainWindow, qtbot: QtBot) -> None:
    ranked.scans.candidates.open_best(2)
    qtbot.waitUntil(lambda: len(ranked.document.session.structures) == 2, timeout=WAIT_MS)
    choose(ranked, qtbot, HIDDEN[1])
    qtbot.mouseClick(ranked.scan_panel.send, LEFT)
    wait_until_idle(ranked, qtbot)
    assert len(ranked.document.session.fits) == 2  # the placement was there already
    [key] = ranked.fit_panel.structure_keys
    item = ranked.document.session.find_structure(key)
    assert item is not None
    assert item.name == f"{HIDDEN[1]}.pdb"


def test_broken_candidate_is_a_row_with_a_reason(ranked: MainWindow, qtbot: QtBot) -> None:
    assert shown(ranked)[-1] == "broken"
    panel = ranked.scan_panel
    panel.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert shown(ranked)[-1] == "broken"
    assert shown(ranked)[-2] in HIDDEN
    choose(ranked, qtbot, "broken")
    assert panel.chosen is not None
    assert panel.chosen.reason
    assert panel.sentence.toolTip() == panel.chosen.reason
    assert not panel.accept.isEnabled()
    assert not drawn(ranked)


def test_filters_by_class_size_and_name(ranked: MainWindow, qtbot: QtBot) -> None:
    bar = ranked.scan_panel.bar
    bar.kinds.setCurrentIndex(bar.kinds.findData("found"))
    assert set(shown(ranked)) == set(HIDDEN)
    bar.kinds.setCurrentIndex(bar.kinds.findData("failed"))
    assert shown(ranked) == ["broken"]
    bar.clear()
    qtbot.keyClicks(bar.words, "blob-1")
    assert set(shown(ranked)) == {"blob-10", "blob-11"}
    bar.most.setValue(50)
    assert shown(ranked) == []
    ranked.scan_panel.choose(HIDDEN[0])  # a click on a point: what hides the row is taken off
    assert len(shown(ranked)) == 13


def test_scan_made_elsewhere_is_shown_without_its_files(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, finished: Path
) -> None:
    folder, other = tmp_path / "from the cluster", window
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns("pictures"))
    for name in ("scan.json", "ranking.json"):  # as paths of another computer would be there
        text = (folder / name).read_text().replace(str(finished.parent), "/cluster/scratch")
        (folder / name).write_text(text)
    shutil.copy(finished.parent / "two.mrc", tmp_path / "renamed.mrc")
    assert drop(other, [folder])
    wait_rows(other, qtbot, 13)
    wait_until_idle(other, qtbot)
    assert set(shown(other)[:2]) == set(HIDDEN)
    other.scan_panel.choose(HIDDEN[0])
    assert "is not on this computer" in other.scan_panel.sentence.toolTip()
    assert not other.scan_panel.accept.isEnabled()
    assert not other.scan_panel.best.isEnabled()
    log = other.log_panel.toPlainText()
    assert "13 candidates" in log
    assert "two.mrc is not on this computer" in log
    other.controller.opener.open([tmp_path / "renamed.mrc"])  # under another name, with the same content
    qtbot.waitUntil(lambda: other.scans.candidates.map_key is not None, timeout=WAIT_MS)


def test_sample_is_ready_to_be_scanned(window: MainWindow, qtbot: QtBot) -> None:
    window.right_tabs.setCurrentWidget(window.scan_panel)
    qtbot.mouseClick(window.scan_panel.sample_link, LEFT)
    wait_until_idle(window, qtbot)
    assert window.fit_panel.resolution.value() == pytest.approx(5.8)
    assert window.scan_panel.form.count.text() == "19 candidates"
    assert window.scan_panel.button.button.isEnabled()


def test_region_that_is_none_is_refused_before_anything_runs(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    ready(window, qtbot, tmp_path, pretending())
    said: list[Exception] = []
    window.scans.failed.connect(said.append)
    window.scan_panel.form.where_to.setText("ball:1,2,3,4")
    window.scans.start()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    assert isinstance(said[0], DiffFitError)
    window.scan_panel.form.where_to.setText("sphere:25,33,30,15 box:0,0,0,40,40,40")
    press(window, qtbot)
    finish(window, qtbot)
    content = json.loads((folder_of(window) / "ranking.json").read_text())
    assert content["region"]["searched"] == ["sphere:25,33,30,15", "box:0,0,0,40,40,40"]


def test_folder_without_a_scan_gives_a_sentence(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    said: list[Exception] = []
    window.scans.failed.connect(said.append)
    window.scans.open(tmp_path)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
    assert isinstance(said[0], DiffFitError)
    assert "holds no scan" in str(said[0])


def test_report_of_a_finished_scan_is_shown(ranked: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    qtbot.mouseClick(ranked.scan_panel.report, LEFT)
    assert asked == [str(folder_of(ranked) / "report.html")]


def test_hundreds_of_rows_cost_the_window_little(window: MainWindow, qtbot: QtBot) -> None:
    """Processor time of the window's thread for one new ranking of 426 candidates, all of whose numbers differ."""
    window.right_tabs.setCurrentWidget(window.scan_panel)
    window.scan_plots.prepare()
    taken = []
    for seed in range(4):
        table = _table(426, seed)
        if seed == 0:
            window.scan_panel.begin(table)
        begun = time.thread_time()
        window.scan_panel.update_table(table)
        window.scan_plots.show_table(table)
        taken.append(time.thread_time() - begun)
    assert min(taken[1:]) < 0.1


def _table(count: int, seed: int) -> ScanTable:
    excess = np.sort(np.random.default_rng(seed).normal(size=count))[::-1]
    names = np.random.default_rng(seed).permutation(count)
    return ScanTable(
        tuple(
            Candidate(f"c{n}", Path(f"/nowhere/c{n}.pdb"), 1000 + int(n), rank, float(x), 0.5, 0.9, float(x))
            for rank, (n, x) in enumerate(zip(names, excess, strict=True), 1)
        )
    )
