"""Copies are moved by numbers, keys and handles, scored where they stand, and polished."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from app.copy_scoring import engine_score
from app.document import Document
from app.main_window import MainWindow
from app.polishing import Polished, Polishing, engine_polish
from app.pose_numbers import PoseChange, carried, change_between, changed
from difffit_core.data.poses import Poses
from difffit_core.data.region import Near
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import MoveCopy
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import FitSettings
from tests.gui.scene.looking import canvas_of
from tests.gui.window.assembly_drives import polish_to
from tests.gui.window.assembly_making import FIRST, accept, fitted_document, steps, window_with_copy
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.helpers import WAIT_MS, press_button

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def document() -> Document:
    return fitted_document()


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return window_with_copy(make_window)


def test_numbers_lead_to_where_they_say():
    rng = np.random.default_rng(3)
    for _ in range(20):
        before = np.column_stack([Rotation.random(rng=rng).as_matrix(), rng.normal(0, 50, 3)])
        centroid = rng.normal(0, 30, 3)
        turn = rng.uniform([-170, -80, -170], [170, 80, 170])
        change = PoseChange(tuple(rng.normal(0, 9, 3).tolist()), tuple(turn.tolist()))
        now = changed(before, change, centroid)
        np.testing.assert_allclose(now[:, :3] @ now[:, :3].T, np.eye(3), atol=1e-12)
        again = change_between(before, now, centroid)
        np.testing.assert_allclose(again.shift, change.shift, atol=1e-9)
        np.testing.assert_allclose(again.turn, change.turn, atol=1e-6)


@pytest.mark.parametrize("turn", [(40.0, 90.0, 0.0), (-170.0, -90.0, 0.0), (0.0, 90.0, 30.0)])
def test_numbers_are_right_where_two_axes_become_one(turn: tuple[float, float, float]):
    before, centroid = np.eye(3, 4), np.zeros(3)
    now = changed(before, PoseChange(turn=turn), centroid)
    again = changed(before, change_between(before, now, centroid), centroid)
    np.testing.assert_allclose(again, now, atol=1e-6)


def test_motion_turns_and_shifts_what_it_carries():
    motion = np.column_stack([Rotation.from_rotvec([0, 0, np.pi / 2]).as_matrix(), [1.0, 2, 3]])
    matrix = np.column_stack([np.eye(3), [5.0, 0, 0]])
    np.testing.assert_allclose(carried(motion, matrix)[:, 3], [1.0, 7, 3], atol=1e-12)


def test_typed_numbers_move_the_copy_in_one_step(window: MainWindow, qtbot: QtBot):
    page, before = window.assembly_panel.pose, window.document.session.copies[0]
    count = steps(window.document)
    for box, text in ((page.shift[0], "2.5"), (page.shift[2], "-1"), (page.turn[1], "30")):
        box.setFocus()
        box.lineEdit().selectAll()
        qtbot.keyClicks(box.lineEdit(), text)
        qtbot.keyClick(box, Qt.Key.Key_Return)
    now = window.document.session.copies[0]
    structure = window.document.session.structures[0].structure
    change = change_between(before.matrix, now.matrix, structure.centroid_xyz)
    np.testing.assert_allclose(change.shift, [2.5, 0, -1], atol=1e-6)
    np.testing.assert_allclose(change.turn, [0, 30, 0], atol=1e-6)
    assert now.scores is None
    assert steps(window.document) == count + 1
    press_button(page, "Put back")
    np.testing.assert_allclose(window.document.session.copies[0].matrix, before.matrix)
    assert page.shift[0].value() == 0
    window.document.undo()
    window.document.undo()
    assert window.document.session.copies[0] == before


def test_moved_copy_is_scored_where_it_stands(window: MainWindow, qtbot: QtBot):
    asked: list[float] = []

    def score(structure, volume, level, resolution, pose) -> tuple[tuple[str, float], ...]:
        asked.append(float(pose.position_xyz[0, 0]))
        return (("correlation_about_mean", 0.123),)

    window.assembly.poses.scoring._engine = score
    x = window.document.session.fits[0].result.clusters[0].representative.position_xyz[0, 0]
    window.assembly_panel.pose.shift[0].setValue(1.5)
    qtbot.waitUntil(lambda: "0.123" in window.assembly_panel.pose.scores.text(), timeout=WAIT_MS)
    assert asked == [pytest.approx(x + 1.5)]


def test_keys_nudge_along_the_screen_while_handles_are_shown(window: MainWindow, qtbot: QtBot):
    poses, page = window.assembly.poses, window.assembly_panel.pose
    before, count = window.document.session.copies[0].matrix, steps(window.document)
    canvas = canvas_of(window.viewport) if window.viewport.graphics.usable else None
    if canvas is None:
        pytest.skip("needs a view")
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert steps(window.document) == count  # without handles keys are not meant for the copy
    poses.toggle_handles()
    page.step.setValue(2.0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        qtbot.keyClick(canvas, key)
    moved = window.document.session.copies[0].matrix
    np.testing.assert_allclose(moved[:, 3] - before[:, 3], [2.0, 4.0, 2.0], atol=1e-9)  # the camera looks down z
    assert steps(window.document) == count + 1
    page.angle.setValue(90.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, SHIFT)
    turned = window.document.session.copies[0].matrix
    np.testing.assert_allclose(turned[:, :3], Rotation.from_euler("y", 90, degrees=True).as_matrix(), atol=1e-9)
    assert window.viewport.handles.gizmo.visible


def test_buttons_nudge_as_keys_do(window: MainWindow, qtbot: QtBot):
    before = window.document.session.copies[0].matrix
    button = window.assembly_panel.pose.nudges["arrow-left"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(window.document.session.copies[0].matrix[:, 3] - before[:, 3], [-1, 0, 0], atol=1e-9)


def test_drag_on_a_handle_is_one_step(window: MainWindow):
    handles, before = window.viewport.handles, window.document.session.copies[0].matrix
    window.assembly.poses.toggle_handles()
    count = steps(window.document)
    for x in (1.0, 2.0, 3.0):
        handles.moved.emit(np.column_stack([np.eye(3), [x, 0, 0]]))
    handles.released.emit()
    handles.moved.emit(np.column_stack([np.eye(3), [0, 5.0, 0]]))
    handles.released.emit()
    now = window.document.session.copies[0].matrix
    np.testing.assert_allclose(now[:, 3] - before[:, 3], [3, 5, 0], atol=1e-9)
    assert steps(window.document) == count + 2
    structure = window.document.session.structures[0].structure
    np.testing.assert_allclose(handles.gizmo.centre_xyz, now[:, :3] @ structure.centroid_xyz + now[:, 3])
    window.document.undo()
    np.testing.assert_allclose(window.document.session.copies[0].matrix[:, 3] - before[:, 3], [3, 0, 0], atol=1e-9)


def nothing_better(structure, volume, settings, near) -> Job[Polished]:
    yield StageStarted("climb", 1)
    return Polished(0.5, 0.4, None, None)


def endless(structure, volume, settings, near) -> Job[Polished]:
    for step in range(1_000_000):
        threading.Event().wait(0.005)
        yield StageAdvanced(step)
    return Polished(0.5, 0.4, None, None)


def test_copy_that_stands_best_stays(document: Document, qtbot: QtBot):
    [copy] = accept(document, FIRST)
    polishing, said = Polishing(document, nothing_better), []
    polishing.message.connect(lambda text, kind: said.append(text))
    with qtbot.waitSignal(polishing.message, timeout=WAIT_MS):
        polishing.start(copy, shift=3.0, angle=10.0)
    assert document.session.copies == (copy,)
    assert said == ["s 1 stands best where it is: its correlation about mean is 0.500."]
    polishing.shut_down()


def test_copy_that_was_moved_meanwhile_is_left_alone(document: Document, qtbot: QtBot):
    [copy] = accept(document, FIRST)
    polishing = Polishing(document, polish_to(9.0))
    elsewhere = rows_of(np.eye(3, 4))
    with qtbot.waitSignal(polishing.message, timeout=WAIT_MS) as said:
        polishing.start(copy, shift=3.0, angle=10.0)
        document.do(MoveCopy(copy.key, elsewhere))
    assert document.session.copies[0].map_from_model == elsewhere
    assert "moved meanwhile" in said.args[0]
    polishing.shut_down()


def test_polishing_shows_progress_and_escape_cancels_it(window: MainWindow, qtbot: QtBot):
    polishing, copy = window.assembly.poses.polishing, window.document.session.copies[0]
    polishing.engine = endless
    press_button(window.assembly_panel.pose, "Polish here")
    qtbot.waitUntil(lambda: window.job_strip.text.text() == "Polishing s 1", timeout=WAIT_MS)
    assert not window.assembly_panel.pose.polish.isEnabled()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not polishing.busy, timeout=WAIT_MS)
    assert window.document.session.copies[0] == copy
    assert window.assembly_panel.pose.polish.isEnabled()
    assert window.job_strip.text.text() == ""


def test_window_closes_while_a_copy_is_polished(window: MainWindow, qtbot: QtBot):
    polishing = window.assembly.poses.polishing
    polishing.engine = endless
    window.assembly.poses.polish(3.0, 10.0)
    qtbot.waitUntil(lambda: polishing.busy, timeout=WAIT_MS)
    window.projects.leave_without_asking()
    window.close()
    assert not polishing.busy


def test_polish_brings_a_displaced_copy_back(sample: Sample):
    truth = sample.structures[0]
    structure, volume = read_structure(truth.path), read_volume(sample.map_path)
    place = changed(truth.map_from_model[0], PoseChange((0.8, -0.6, 0.5), (3.0, -4.0, 2.0)), structure.centroid_xyz)
    pose = Poses.from_matrices(place[None], structure.centroid_xyz)
    settings = FitSettings(preset="fast", level=sample.contour_level, resolution=sample.resolution)
    found = run(engine_polish(structure, volume, settings, Near(pose, 3.0, 10.0)))
    assert found.place is not None
    assert found.after > found.before + 0.1
    away = change_between(truth.map_from_model[0], np.array(found.place), structure.centroid_xyz)
    assert np.linalg.norm(away.shift) < 0.5
    assert np.abs(away.turn).max() < 2.0
    polished = Poses.from_matrices(np.array([found.place]), structure.centroid_xyz)
    scores = dict(engine_score(structure, volume, sample.contour_level, sample.resolution, polished))
    assert scores["correlation_about_mean"] == pytest.approx(found.after, abs=1e-6)
