"""The table of clusters and the structures it moves."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.document import Document
from app.panels.cluster_table import COLUMNS, as_tsv, column_number
from app.panels.clusters import NOTHING_FOUND, ClustersPanel
from app.scene_presenter import ScenePresenter
from difffit_core.document.commands import AddFit, RemoveFit, SelectCluster
from difffit_core.document.session import ClusterId
from tests.document.items import make_fit
from tests.gui.window.fakes import RecordingView


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> ClustersPanel:
    panel = ClustersPanel(document)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def shown(panel: ClustersPanel, column: str) -> list[str]:
    return [panel.model.index(row, column_number(column)).data() for row in range(panel.model.rowCount())]


def test_fit_shows_its_clusters_with_the_first_one_chosen(document: Document, panel: ClustersPanel):
    document.do(AddFit(make_fit("f", "m", "s")))
    assert shown(panel, "rank") == ["1", "2", "3"]
    assert shown(panel, "hits") == ["12", "11", "10"]
    assert shown(panel, "correlation_about_mean") == ["0.900", "0.800", "0.700"]
    assert shown(panel, "confidence") == ["90 %", "80 %", "70 %"]
    assert panel.chosen == ClusterId("f", 0)


def test_arrow_keys_walk_through_the_placements(document: Document, panel: ClustersPanel, qtbot: QtBot):
    document.do(AddFit(make_fit("f", "m", "s")))
    for index in (1, 2):
        qtbot.keyClick(panel.table, Qt.Key.Key_Down)
        assert document.session.structures[0].placed_by == ClusterId("f", index)
    qtbot.keyClick(panel.table, Qt.Key.Key_Up)
    assert document.session.structures[0].placed_by == ClusterId("f", 1)


def test_chosen_row_moves_the_structure_in_the_scene(document: Document, panel: ClustersPanel, qtbot: QtBot):
    view = RecordingView()
    presenter = ScenePresenter(document, view)
    document.do(AddFit(make_fit("f", "m", "s")))
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    (key, matrix), _ = view.last("place")
    assert key == "s"
    np.testing.assert_allclose(matrix, document.session.fits[0].result.map_from_model(1))
    document.do(RemoveFit("f"))
    np.testing.assert_allclose(view.last("place")[0][1], np.eye(3, 4))
    assert presenter.parent() is None


def test_click_on_a_title_sorts_by_number_the_best_first(document: Document, panel: ClustersPanel, qtbot: QtBot):
    for number in range(4):
        document.do(AddFit(make_fit(f"f{number}", "m", "s", clusters=12)))
    header = panel.table.horizontalHeader()
    column = column_number("hits")
    place = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    hits = [int(text) for text in shown(panel, "hits")]
    assert hits == sorted(hits, reverse=True)
    assert hits[0] == 12


def test_choice_stays_when_the_table_is_sorted(document: Document, panel: ClustersPanel):
    document.do(AddFit(make_fit("f", "m", "s")))
    document.do(SelectCluster("f", 2))
    panel.table.sortByColumn(column_number("hits"), Qt.SortOrder.AscendingOrder)
    assert panel.chosen == ClusterId("f", 2)
    assert document.session.structures[0].placed_by == ClusterId("f", 2)


def test_undo_of_a_choice_moves_the_row_back(document: Document, panel: ClustersPanel):
    document.do(AddFit(make_fit("f", "m", "s")))
    panel.step(2)
    document.undo()
    assert panel.chosen == ClusterId("f", 0)
    document.undo()
    assert panel.model.rowCount() == 0
    assert panel.chosen is None
    assert not panel.save.isEnabled()


def test_walking_ends_at_both_ends(document: Document, panel: ClustersPanel):
    document.do(AddFit(make_fit("f", "m", "s")))
    panel.step(99)
    assert panel.chosen == ClusterId("f", 2)
    panel.step(-99)
    assert panel.chosen == ClusterId("f", 0)


def test_copied_table_has_names_and_full_numbers(document: Document, panel: ClustersPanel, qapp):
    document.do(AddFit(make_fit("f", "m", "s")))
    panel.copy_all()
    lines = qapp.clipboard().text().splitlines()
    assert lines[0].split("\t") == [column.key for column in COLUMNS]
    first = dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))
    assert (first["structure"], first["mean_overlap"], first["rank"]) == ("s.pdb", "12.5", "1")
    assert len(lines) == 4
    assert as_tsv([]).count("\n") == 1


def test_fit_without_clusters_says_what_to_try(document: Document, panel: ClustersPanel):
    document.do(AddFit(make_fit("f", "m", "s", clusters=0)))
    assert panel._hint.isVisible()
    assert panel._hint.text() == NOTHING_FOUND


def test_every_column_explains_itself():
    for column in COLUMNS:
        assert column.meaning.endswith(".")
        assert len(column.meaning) > 20
