"""Copies: shown in their own colours, named, ordered, moved, scored, polished, checked for clashes, written."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from app.accepting import accepted_as, accepted_clusters, copies_of
from app.clash_desk import warning
from app.clash_watch import clashes_of, standing
from app.copy_presenter import CopyPresenter
from app.copy_scoring import engine_score
from app.density_preview import GOES, STAYS, DensityPreview, Question, gone, preview_of
from app.document import Document
from app.exporting import ExportWish, export_assembly
from app.main_window import MainWindow
from app.panels.assembly import AssemblyPanel
from app.panels.assembly_table import CORRELATION, DENSITY, EYE, MIME, NAME, NOTE
from app.panels.cluster_table import ACCEPTED_ROLE
from app.panels.clusters import ClustersPanel
from app.polishing import Polished, Polishing, engine_polish
from app.pose_numbers import PoseChange, carried, change_between, changed
from app.removing import RemovalWish, is_out
from app.shell.export_dialog import ExportDialog
from app.tasks import Tasks
from difffit_core.data.poses import Poses
from difffit_core.data.region import Near
from difffit_core.data.structure import Structure
from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
    RemoveStructure,
    SelectCluster,
    SetMapStyle,
)
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy, MoveCopy, SetCopyStyle
from difffit_core.document.session import ClusterId, MapItem, Session, StructureItem
from difffit_core.events import Job, StageAdvanced, StageStarted, run
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import FitSettings
from tests.document.copies_making import make_copy, make_density
from tests.document.items import make_fit, make_map, make_structure, make_structure_item
from tests.gui.scene.looking import canvas_of
from tests.gui.window.assembly_drives import polish_to
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import RecordingView, engine, stepping_fit
from tests.gui.window.helpers import WAIT_MS, press_button

SHIFT = Qt.KeyboardModifier.ShiftModifier
FIRST, SECOND = ClusterId("f", 0), ClusterId("f", 1)


@pytest.fixture
def document() -> Document:
    document = Document()
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        document.do(command)
    return document


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> AssemblyPanel:
    panel = AssemblyPanel(document)
    qtbot.addWidget(panel)
    panel.resize(440, 700)
    panel.show()
    return panel


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    """A window with one accepted copy, which is chosen."""
    window = make_window(engine(stepping_fit(0.001)))
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        window.document.do(command)
    window.assembly.accept()
    window.actions_by_key.by_key["assembly"].trigger()
    return window


def accept(document: Document, *clusters: ClusterId) -> tuple[CopyItem, ...]:
    copies = copies_of(document.session, clusters)
    document.seal()
    document.do(AcceptCopies(tuple(map(AcceptCopy, copies))))
    return copies


def steps(document: Document) -> int:
    return len(document.history.past)


# Accepting


def test_accepted_copies_have_their_own_names_colours_and_scores(document: Document):
    first, second = accept(document, FIRST, SECOND)
    assert (first.name, second.name) == ("s 1", "s 2")
    colours = [first.colour, second.colour, document.session.structures[0].colour]
    assert min(np.linalg.norm(np.subtract(a, b)) for i, a in enumerate(colours) for b in colours[:i]) > 0.3
    assert dict(first.scores or ())["correlation_about_mean"] == 0.9
    assert copies_of(document.session, [FIRST, SECOND]) == ()
    assert accepted_as(document.session, SECOND) == second
    document.undo()
    assert document.session.copies == ()  # several rows are one step


def test_copies_are_drawn_from_a_hidden_shape_in_their_own_colour(document: Document):
    view = RecordingView()
    presenter = CopyPresenter(document, view)
    first, second = accept(document, FIRST, SECOND)
    (shape, structure), _ = view.last("show_structure")
    assert structure is document.session.structures[0].structure
    assert ("set_visible", (shape, False), {}) in view.calls
    shown = [named["colour"] for name, _, named in view.calls if name == "show_copy"]
    assert shown == [first.colour, second.colour]
    document.do(SetCopyStyle(first.key, visible=False))
    assert ("set_visible", (second.key, True), {}) in view.calls
    assert ("set_visible", (first.key, False), {}) in view.calls
    document.do(MoveCopy(first.key, rows_of(np.eye(3, 4))))
    np.testing.assert_allclose(view.last("place")[0][1], np.eye(3, 4))
    document.do(SetCopyStyle(first.key, representation="sticks"))
    assert view.last("set_structure_style")[1]["representation"] == "sticks"
    document.do(RemoveStructure("s"))
    assert {arguments[0] for name, arguments, _ in view.calls if name == "remove"} >= {first.key, second.key, shape}
    view.calls.clear()
    document.undo()
    assert [arguments[0] for name, arguments, _ in view.calls if name == "show_copy"] == [first.key, second.key]
    assert presenter.parent() is None


def test_structure_is_not_drawn_where_its_copy_stands(document: Document):
    view = RecordingView()
    presenter = CopyPresenter(document, view)
    shown: dict[str, bool] = {}

    def drawn(key: str) -> bool:
        shown.update({arguments[0]: arguments[1] for name, arguments, _ in view.calls if name == "set_visible"})
        return shown.get(key, True)

    [copy] = accept(document, FIRST)
    assert not drawn("s")
    presenter.show_fitted("s")
    assert drawn("s")
    presenter.show_fitted(None)
    assert not drawn("s")
    presenter.inspect(True)
    assert drawn("s")
    assert not drawn(copy.key)
    presenter.inspect(False)
    document.do(MoveCopy(copy.key, rows_of(np.column_stack([np.eye(3), [0, 0, 30.0]]))))
    assert drawn("s")
    assert drawn(copy.key)
    document.undo()
    assert not drawn("s")
    document.do(SelectCluster("f", 1))
    assert drawn("s")


def test_accepted_clusters_are_marked_in_the_table(document: Document, qtbot: QtBot):
    table = ClustersPanel(document)
    qtbot.addWidget(table)
    document.undo()
    document.redo()
    [copy] = accept(document, SECOND)
    colours = [table.model.index(row, 0).data(ACCEPTED_ROLE) for row in range(3)]
    assert colours == [None, copy.colour, None]
    assert accepted_clusters(document.session) == {SECOND: copy}
    assert table.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "Accepted as s 1."
    document.undo()
    assert table.model.index(1, 0).data(ACCEPTED_ROLE) is None


# The table


def test_table_says_what_is_known_and_takes_names_and_notes(document: Document, panel: AssemblyPanel, qtbot: QtBot):
    assert panel.hint.isVisible()
    [copy] = accept(document, FIRST)
    assert not panel.hint.isVisible()
    model = panel.model
    assert [model.index(0, c).data() for c in (NAME, CORRELATION, DENSITY)] == ["s 1", "0.900", ""]
    for column, text in ((NAME, "left"), (NOTE, "see the heme")):
        panel.table.edit(model.index(0, column))
        editor = panel.table.findChild(QLineEdit)
        assert editor is not None
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        QApplication.processEvents()
        editor.deleteLater()
        QApplication.sendPostedEvents(None, 52)
    changed = document.session.find_copy(copy.key)
    assert changed is not None
    assert (changed.name, changed.note) == ("left", "see the heme")
    document.undo()
    document.undo()
    assert document.session.find_copy(copy.key) == copy


def test_eye_space_and_delete(document: Document, panel: AssemblyPanel, qtbot: QtBot):
    first, second = accept(document, FIRST, SECOND)
    place = panel.table.visualRect(panel.model.index(0, EYE)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [copy.visible for copy in document.session.copies] == [False, True]
    qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert [copy.visible for copy in document.session.copies] == [True, True]
    panel.choose([second.key])
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [copy.key for copy in document.session.copies] == [first.key]
    document.undo()
    panel.choose([first.key, second.key])
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert document.session.copies == ()
    document.undo()
    assert [copy.key for copy in document.session.copies] == [first.key, second.key]


def test_dragged_row_changes_the_order(document: Document, panel: AssemblyPanel):
    accept(document, FIRST, SECOND, ClusterId("f", 2))
    data = panel.model.mimeData([panel.model.index(0, NAME)])
    assert data.hasFormat(MIME)
    assert not panel.model.dropMimeData(data, Qt.DropAction.MoveAction, 2, 0, QModelIndex())
    assert [copy.name for copy in document.session.copies] == ["s 2", "s 1", "s 3"]
    panel.model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, QModelIndex())
    assert [copy.name for copy in document.session.copies] == ["s 2", "s 3", "s 1"]
    panel.choose([document.session.copies[2].key])
    assert panel.up.isEnabled()
    assert not panel.down.isEnabled()


def test_table_says_when_density_is_out_and_when_it_is_out_of_date(document: Document, panel: AssemblyPanel):
    copy = make_copy("c")
    document.do(AcceptCopy(copy))
    document.do(make_density(document.session.maps[0].volume, copy.key))
    cell = panel.model.index(0, DENSITY)
    assert cell.data() == "removed"
    assert panel.model.index(0, CORRELATION).data() == "0.750"
    document.do(MoveCopy(copy.key, rows_of(np.eye(3, 4, k=1))))
    assert cell.data() == "out of date"
    assert panel.model.index(0, CORRELATION).data() == ""


def test_copy_clicked_in_the_view_is_chosen(window: MainWindow):
    window.clusters_panel.step(1)
    window.assembly.accept()
    first, second = window.document.session.copies
    assert window.assembly_panel.chosen == [second.key]
    window.viewport.picked.emit(first.key)
    assert window.assembly_panel.chosen == [first.key]


# Moving


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


# Polishing


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


# Density


def ball_session() -> tuple[Session, str]:
    """A ball of carbon atoms at 20 Å and a twin at 30 Å, in a map simulated from both, and a copy in the first."""
    from difffit_core.fit.simulate import simulate_map

    rng = np.random.default_rng(0)
    ball = rng.uniform(-6, 6, (400, 3))
    ball = ball[np.linalg.norm(ball, axis=1) < 6]
    both = make_structure("both", np.concatenate([ball + [20, 20, 20], ball + [34, 20, 20]]))
    volume = simulate_map(both, 4.0, voxel_size=1.0)
    level = 0.3 * float(volume.data.max())
    item = MapItem("m", Path("m.mrc"), volume, level, level, 4.0)
    session = Session(maps=(item,), structures=(StructureItem("s", make_structure("s", ball), (0.2, 0.4, 0.8)),))
    place = np.column_stack([np.eye(3), [20.0, 20, 20]])
    copy = CopyItem("c", "s", "m", rows_of(place), "s 1", (0.9, 0.5, 0.2))
    return AcceptCopy(copy).apply(session), copy.key


def above(volume, level: float, near_xyz: list[float]) -> int:
    """Voxels above the level within 7 Å of a place."""
    index = np.argwhere(volume.data > level)[:, ::-1].astype(float)
    return int((np.linalg.norm(volume.map_from_index(index) - near_xyz, axis=1) < 7).sum())


def question(session: Session, key: str, **wish: object) -> Question:
    return Question(session, (key,), RemovalWish(**wish), (), None)


def test_preview_goes_where_the_copy_is_and_stays_where_its_neighbour_is():
    session, key = ball_session()
    preview = preview_of(question(session, key))
    level = session.maps[0].contour_level
    here, there = [20.0, 20, 20], [34.0, 20, 20]
    whole = session.maps[0].volume
    assert preview.level == level
    assert above(preview.goes, level, here) > 0.95 * above(whole, level, here)
    assert above(preview.goes, level, there) == 0
    assert above(preview.stays, level, here) < 0.05 * above(whole, level, here)
    assert above(preview.stays, level, there) > 0.95 * above(whole, level, there)
    assert 0.4 < preview.share < 0.6
    wider = preview_of(question(session, key, radius=9.0))
    assert wider.share > preview.share
    assert preview.hidden == ("m",)


def test_what_goes_has_a_surface_where_it_is_cut():
    session, _ = ball_session()
    volume = session.maps[0].base
    removal = make_density(volume, "c").removals[0].removal
    level = float(np.median(volume.data))
    part = gone(volume, [removal], level)
    inside = np.zeros(volume.data.shape, dtype=bool)
    inside[removal.window][removal.mask] = True
    covered = inside[removal.window]
    np.testing.assert_array_equal(part.data > level, covered & (volume.data[removal.window] > level))


def test_preview_is_worked_out_beside_the_window_and_the_latest_wish_counts(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    session, key = ball_session()
    document, tasks, view = Document(), Tasks(), RecordingView()
    for command in (AddMap(session.maps[0]), AddStructure(session.structures[0]), AcceptCopy(session.copies[0])):
        document.do(command)
    threads: list[int] = []

    def watched(asked: Question) -> object:
        threads.append(threading.get_ident())
        return preview_of(asked)

    monkeypatch.setattr("app.density_preview.preview_of", watched)
    preview = DensityPreview(document, tasks, view)
    for radius in (3.0, 4.0, 5.0):
        preview.show([key], RemovalWish(radius=radius))
    qtbot.waitUntil(lambda: preview.preview is not None, timeout=WAIT_MS)
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
    shown = {arguments[0] for name, arguments, _ in view.calls if name == "show_map"}
    assert shown == {GOES, STAYS}
    assert view.last("set_visible")[0] == ("m", False)
    before = preview.preview
    preview.show([key], RemovalWish(radius=2.5))
    qtbot.waitUntil(lambda: preview.preview is not before, timeout=WAIT_MS)
    assert "replace_map" in view.names()
    document.do(SetMapStyle("m", opacity=0.7))
    assert view.last("set_visible")[0] == ("m", False)  # the preview still stands for the map
    preview.hide()
    assert view.last("set_visible")[0] == ("m", True)
    assert {arguments[0] for name, arguments, _ in view.calls if name == "remove"} == {GOES, STAYS}
    tasks.shut_down()


def test_density_goes_as_the_page_says_and_comes_back_bit_for_bit(make_window: MakeWindow, qtbot: QtBot):
    window, (session, key) = make_window(), ball_session()
    document = window.document
    for command in (AddMap(session.maps[0]), AddStructure(session.structures[0]), AcceptCopy(session.copies[0])):
        document.do(command)
    before = document.session.maps[0].volume.data.tobytes()
    window.actions_by_key.by_key["density"].trigger()
    page = window.assembly_panel.density
    page.mode.choose("subtract")
    page.radius.setValue(3.0)
    press_button(page, "Remove density")
    qtbot.waitUntil(lambda: len(document.session.maps) == 2, timeout=WAIT_MS)
    rest = document.session.maps[1]
    settings = rest.removals[0].settings
    assert (settings.mode, settings.radius, settings.level) == ("subtract", 3.0, rest.contour_level)
    assert window.selection.map_key == rest.key
    assert is_out(document.session, [key], page.wish)
    qtbot.waitUntil(lambda: not page.remove.isEnabled(), timeout=WAIT_MS)  # it is out already
    view = window.viewport._contents.map(rest.key)
    assert view.volume is rest.volume
    press_button(page, "Restore")
    assert document.session.maps[1].volume.data.tobytes() == before
    assert window.viewport._contents.map(rest.key).volume is document.session.maps[1].volume
    document.undo()
    assert document.session.maps[1].volume is rest.volume


# Clashes


def test_clashing_copy_is_accepted_with_a_warning_in_one_line(window: MainWindow, qtbot: QtBot):
    window.clusters_panel.step(1)
    window.document.do(MoveCopy(window.document.session.copies[0].key, rows_of(np.eye(3, 4))))
    twin = make_copy("twin")
    window.assembly.clashes.expect([twin.key])
    window.document.do(AcceptCopy(twin))
    log = window.log_panel
    qtbot.waitUntil(lambda: "3 pairs of residues are closer" in log.toPlainText(), timeout=WAIT_MS)
    assert window.assembly_panel.pages.tabText(2) == "Clashes (3)"
    window.actions_by_key.by_key["clashes"].trigger()
    tree = window.assembly_panel.clashes.tree
    assert tree.topLevelItem(0).text(0) == "s 1 and copy twin"
    marked: list[tuple[int, int | None, int]] = []
    marks = window.viewport.marks
    marks.show = lambda ends, *, chosen=None, residues=(): marked.append((len(ends), chosen, len(residues)))  # type: ignore[method-assign]
    tree.setCurrentItem(tree.topLevelItem(0).child(2))
    assert marked[-1] == (3, 2, 2)
    clash = window.assembly.clashes.found[0].clashes.pairs[2]
    middle = np.mean([clash.first_xyz, clash.second_xyz], axis=0)
    np.testing.assert_allclose(window.viewport.camera_state().centre_xyz, middle)


def test_hidden_copies_and_copies_of_other_maps_do_not_clash(document: Document):
    accept(document, FIRST)
    document.do(AcceptCopy(make_copy("twin")))
    document.do(MoveCopy("twin", document.session.copies[0].map_from_model))
    [pair] = clashes_of(standing(document.session))
    assert warning(document.session, [pair], {"twin"}).startswith("copy twin and s 1: 3 pairs of residues are closer")
    document.do(SetCopyStyle("twin", visible=False))
    assert clashes_of(standing(document.session)) == ()


# Export


@pytest.fixture
def placed_sample(sample: Sample) -> tuple[Session, Structure]:
    """Both true copies of the sample's first structure."""
    truth = sample.structures[0]
    structure = read_structure(truth.path)
    session = Session(maps=(make_map("m"),), structures=(StructureItem("s", structure, (0.2, 0.4, 0.8)),))
    for number, matrix in enumerate(truth.map_from_model[:2]):
        copy = CopyItem(f"c{number}", "s", "m", rows_of(matrix), f"A {number + 1}", (1, 0, 0), note="a heme")
        session = AcceptCopy(copy).apply(session)
    return session, structure


@pytest.mark.parametrize("kind", ["cif", "pdb"])
def test_assembly_is_written_as_one_file(placed_sample: tuple[Session, Structure], tmp_path: Path, kind: str):
    session, structure = placed_sample
    folder = tmp_path / "new" / "folder"
    paths = export_assembly(session, "m", ExportWish(folder, True, kind, True, name="tetramer"))
    assert [path.name for path in paths] == [f"tetramer.{kind}", "assembly.json"]
    written = read_structure(paths[0])
    assert len(written) == 2 * len(structure)
    assert len(set(written.chain)) == 2
    content = json.loads(paths[1].read_text("utf-8"))
    assert [(copy["name"], copy["note"]) for copy in content["copies"]] == [("A 1", "a heme"), ("A 2", "a heme")]


def test_every_copy_is_written_to_a_file_of_its_own(placed_sample: tuple[Session, Structure], tmp_path: Path):
    session, structure = placed_sample
    paths = export_assembly(session, "m", ExportWish(tmp_path, False, "cif", False))
    assert len(paths) == 2
    for path, copy in zip(paths, session.copies, strict=True):
        expected = structure.xyz @ copy.matrix[:, :3].T + copy.matrix[:, 3]
        np.testing.assert_allclose(read_structure(path).xyz, expected, atol=0.002)


def test_dialog_says_what_will_be_replaced_and_remembers_nothing_it_was_not_told(tmp_path: Path, qtbot: QtBot):
    dialog = ExportDialog(2, tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.notice.text() == ""
    (tmp_path / "assembly.pdb").touch()
    qtbot.mouseClick(dialog.choices[True, "pdb"], Qt.MouseButton.LeftButton)
    assert dialog.notice.text() == "assembly.pdb will be replaced."
    dialog.folder.setText(str(tmp_path / "new"))
    assert "will be made" in dialog.notice.text()
    with qtbot.waitSignal(dialog.asked) as asked:
        press_button(dialog, "Export")
    assert asked.args == [ExportWish(tmp_path / "new", True, "pdb", True, "assembly")]
    assert all(button.toolTip() for button in dialog.findChildren(QRadioButton))
