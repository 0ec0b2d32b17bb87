"""Copies: shown in their own colours, named, ordered, checked for clashes, written."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from app.accepting import accepted_as, accepted_clusters, copies_of
from app.clash_desk import warning
from app.clash_watch import clashes_of, standing
from app.copy_presenter import CopyPresenter
from app.document import Document
from app.exporting import ExportWish, export_assembly
from app.main_window import MainWindow
from app.panels.assembly import AssemblyPanel
from app.panels.assembly_table import CORRELATION, DENSITY, EYE, MIME, NAME, NOTE
from app.panels.cluster_model import ACCEPTED_ROLE
from app.panels.clusters import ClustersPanel
from app.shell.export_dialog import ExportDialog
from difffit_core.data.structure import Structure
from difffit_core.document.commands import (
    RemoveStructure,
    SelectCluster,
)
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.document.copy_commands import AcceptCopy, MoveCopy, SetCopyStyle
from difffit_core.document.session import ClusterId, Session, StructureItem
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from tests.document.copies_making import make_copy, make_density
from tests.document.items import make_map
from tests.gui.window.assembly_making import FIRST, SECOND, accept, fitted_document, window_with_copy
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import RecordingView
from tests.gui.window.helpers import WAIT_MS, press_button


@pytest.fixture
def document() -> Document:
    return fitted_document()


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> AssemblyPanel:
    panel = AssemblyPanel(document)
    qtbot.addWidget(panel)
    panel.resize(440, 700)
    panel.show()
    return panel


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return window_with_copy(make_window)


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


def test_clashing_copy_is_accepted_with_a_warning_in_one_line(window: MainWindow, qtbot: QtBot):
    window.clusters_panel.step(1)
    window.document.do(MoveCopy(window.document.session.copies[0].key, rows_of(np.eye(3, 4))))
    twin = make_copy("twin")
    window.assembly.clashes.expect([twin.key])
    window.document.do(AcceptCopy(twin))
    log = window.log_panel
    qtbot.waitUntil(lambda: "3 pairs of residues clash" in log.toPlainText(), timeout=WAIT_MS)
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
    assert warning(document.session, [pair], {"twin"}).startswith("copy twin and s 1: 3 pairs of residues clash")
    document.do(SetCopyStyle("twin", visible=False))
    assert clashes_of(standing(document.session)) == ()


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
