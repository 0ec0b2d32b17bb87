"""The whole window with the real sample, the real engine and the real 3D view."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.actions import RECORDS
from app.main_window import MainWindow
from app.picture import window_picture
from app.shell.picture_dialog import PictureDialog
from app.theme import DARK, LIGHT, token
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import PRESETS
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.helpers import WAIT_MS, dialogs, pixels, share_of_hue

WaitIdle = Callable[[MainWindow], None]


@pytest.fixture
def fitted(window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle) -> MainWindow:
    """The window after a real fit of the sample."""
    window.files.open_sample()
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    window.fit_panel.presets.choose("fast")
    window.start_fit()
    wait_idle(window)
    return window


def settle(window: MainWindow, qtbot: QtBot, change: Callable[[], None]) -> None:
    """Make a change and wait until the 3D view shows it."""
    with qtbot.waitSignal(window.viewport.settled, timeout=WAIT_MS):
        change()


def test_fit_of_the_sample_finds_a_true_place_first(fitted: MainWindow, sample: Sample):
    session = fitted.document.session
    item = session.structures[0]
    placed = session.map_from_model(item)
    assert placed is not None
    xyz = item.structure.xyz
    found = xyz @ placed[:, :3].T + placed[:, 3]
    truths = [xyz @ matrix[:, :3].T + matrix[:, 3] for matrix in sample.structures[0].map_from_model]
    rmsd = min(float(np.sqrt(((found - truth) ** 2).sum(axis=1).mean())) for truth in truths)
    assert rmsd < sample.structures[0].rmsd


@pytest.mark.usefixtures("needs_graphics")
def test_picture_shows_map_and_structure(fitted: MainWindow, qtbot: QtBot, tmp_path: Path):
    settle(fitted, qtbot, fitted.viewport.frame_all)
    path = tmp_path / "window.png"
    assert window_picture(fitted, fitted.viewport).save(str(path))
    picture = pixels(QImage(str(path)))
    corner = fitted.viewport.mapTo(fitted, fitted.viewport.rect().topLeft())
    scene = picture[corner.y() :, corner.x() :][: fitted.viewport.height(), : fitted.viewport.width()]
    grey = (np.ptp(scene, axis=2) < 20) & (scene.mean(axis=2) < 235) & (scene.mean(axis=2) > 90)
    assert share_of_hue(scene, 2, lead=40) > 0.01  # the structure is blue
    assert grey.mean() > 0.05  # the map is grey
    assert (scene.min(axis=2) > 245).mean() > 0.2  # the ground is white


@pytest.mark.usefixtures("needs_graphics")
def test_walking_through_the_table_changes_the_picture(fitted: MainWindow, qtbot: QtBot):
    settle(fitted, qtbot, fitted.viewport.frame_all)
    before = fitted.viewport.image().astype(int)
    settle(fitted, qtbot, lambda: fitted.clusters_panel.step(1))
    after = fitted.viewport.image().astype(int)
    assert (np.abs(after - before).max(axis=2) > 30).mean() > 0.01
    settle(fitted, qtbot, fitted.document.undo)
    again = fitted.viewport.image().astype(int)
    assert (np.abs(again - before).max(axis=2) > 30).mean() < 0.01


@pytest.mark.parametrize("ending", ["cif", "pdb"])
def test_saved_structure_lies_where_it_was_placed(
    fitted: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wait_idle: WaitIdle,
    ending: str,
):
    kinds = {"cif": "mmCIF (*.cif)", "pdb": "PDB (*.pdb)"}
    chosen = (str(tmp_path / "mine"), kinds[ending])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    fitted.actions_by_key.by_key["save_placed"].trigger()
    wait_idle(fitted)
    session = fitted.document.session
    matrix = session.map_from_model(session.structures[0])
    assert matrix is not None
    expected = session.structures[0].structure.xyz @ matrix[:, :3].T + matrix[:, 3]
    np.testing.assert_allclose(read_structure(tmp_path / f"mine.{ending}").xyz, expected, atol=0.002)
    assert "Saved" in fitted.log_panel.toPlainText()


def test_saving_where_nothing_can_be_written_gives_a_sentence(
    fitted: MainWindow, tmp_path: Path, wait_idle: WaitIdle, qtbot: QtBot
):
    fitted.files.save_placed(fitted.document.session.structures[0], tmp_path / "gone" / "x.cif")
    wait_idle(fitted)
    [box] = dialogs(fitted)
    assert "gone" in box.informativeText()
    assert "Traceback" not in box.informativeText()


@pytest.mark.usefixtures("needs_graphics")
def test_saved_image_is_the_scene(
    fitted: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_idle: WaitIdle
):
    chosen = (str(tmp_path / "scene.png"), "PNG (*.png)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    fitted.actions_by_key.by_key["save_image"].trigger()
    dialog = fitted.findChild(PictureDialog)
    dialog.sizes.width_box.setValue(640)
    dialog.transparent.setChecked(True)
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Save …")
    button.click()
    wait_idle(fitted)
    assert QImage(chosen[0]).width() == 640
    assert QImage(chosen[0]).pixelColor(2, 2).alpha() == 0
    assert share_of_hue(pixels(QImage(chosen[0])), 2, lead=40) > 0.01


def test_plot_has_the_curves_of_the_fit(fitted: MainWindow):
    curves = fitted.plot_panel.curves
    assert len(curves.step) > 3
    assert curves.step == sorted(curves.step)
    assert all(low <= median <= high <= best for low, median, high, best in zip(
        curves.low, curves.median, curves.high, curves.best, strict=True
    ))  # fmt: skip


def test_theme_reaches_palette_and_stylesheet(window: MainWindow, qapp: QApplication):
    window.actions_by_key.by_key["theme_dark"].trigger()
    assert qapp.palette().window().color() == token(DARK, "window")
    assert window.controller.preferences.theme == "dark"
    window.actions_by_key.by_key["theme_light"].trigger()
    assert qapp.palette().window().color() == token(LIGHT, "window")


def test_every_action_has_a_handler_and_says_what_it_does(window: MainWindow):
    for record in RECORDS:
        action = window.actions_by_key.by_key[record.key]
        assert action.toolTip()
        assert action.statusTip()


def test_layout_is_remembered(make_window: MakeWindow, settings: QSettings):
    first = make_window()
    first.right_dock.hide()
    first.close()
    second = make_window()
    assert not second.right_dock.isVisible()
    second.reset_layout()
    assert second.right_dock.isVisible()


def test_level_typed_and_suggested_reach_the_document(fitted: MainWindow, qtbot: QtBot):
    panel, document = fitted.contour_panel, fitted.document
    panel.level.setValue(0.12)
    assert document.session.maps[0].contour_level == pytest.approx(0.12)
    qtbot.mouseClick(panel.suggestion, Qt.MouseButton.LeftButton)
    assert document.session.maps[0].contour_level == document.session.maps[0].suggested_level
    panel.opacity.setValue(80)
    assert document.session.maps[0].opacity == pytest.approx(0.8)


def test_dragged_level_is_one_undo_step(fitted: MainWindow, qtbot: QtBot):
    panel, document = fitted.contour_panel, fitted.document
    before = document.session.maps[0].contour_level
    for level in (0.1, 0.15, 0.2):
        panel.histogram.level_moved.emit(level)
    panel.histogram.level_released.emit()
    assert document.session.maps[0].contour_level == 0.2
    document.undo()
    assert document.session.maps[0].contour_level == before


def test_no_text_is_cut_off_in_the_sidebar(fitted: MainWindow):
    """Also with all options open, a scroll bar beside them, and the longest choice in bold."""
    fitted.fit_panel.disclosure.setChecked(True)
    fitted.resize(1200, 600)
    for preset in PRESETS:
        fitted.fit_panel.presets.choose(preset)
        QApplication.processEvents()
        assert fitted.sidebar.overflow == 0
