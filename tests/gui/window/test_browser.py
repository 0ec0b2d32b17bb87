"""The cluster browser: filter, pins, several rows, comparison, tolerances, columns, spheres."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.browsing import Browsing, faded
from app.document import Document
from app.panels.cluster_filter import FilterError, parse_filter
from app.panels.cluster_order import ClusterOrder
from app.panels.cluster_table import COLUMNS, column_number, rows_of
from app.panels.clusters import NOTHING_SHOWN, ClustersPanel
from app.panels.compare import FIRST, SECOND, CompareDialog
from app.reclustering import Reclustering
from app.tasks import Tasks
from difffit_core.data.results import FitResult
from difffit_core.document.commands import AddFit
from difffit_core.document.session import ClusterId
from tests.document.items import make_fit, make_result
from tests.gui.window.fakes import RecordingView
from tests.gui.window.helpers import WAIT_MS

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> ClustersPanel:
    panel = ClustersPanel(document)
    qtbot.addWidget(panel)
    panel.show()
    document.do(AddFit(make_fit("f", "m", "s")))
    return panel


def ranks(panel: ClustersPanel) -> list[int]:
    return [row.rank for row in panel.shown_rows()]


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", [1, 2, 3]),
        ("confidence > 0.75", [1, 2]),
        ("confidence > 75 %", [1, 2]),
        ("conf>75%", [1, 2]),
        ("hits <= 11, cc < 0.75", [3]),
        ("rank = 2", [2]),
        ("rank != 2 and hits ≥ 11", [1]),
        ("S.PDB", [1, 2, 3]),
        ("other", []),
    ],
)
def test_filter_means_what_is_typed(panel: ClustersPanel, text: str, accepted: list[int]):
    panel.model.set_filter(parse_filter(text))
    assert ranks(panel) == accepted


def test_sorting_keeps_what_is_chosen_and_the_order_of_what_is_equal(panel: ClustersPanel, document: Document):
    document.do(AddFit(make_fit("g", "m", "s")))  # the same clusters once more: every value stands there twice
    chosen = ClusterId("f", 1)
    panel.choose(chosen)
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        panel.table.sortByColumn(column_number("hits"), order)
        hits = [row.cluster.hits for row in panel.shown_rows()]
        assert hits == sorted(hits, reverse=order == Qt.SortOrder.DescendingOrder)
        assert [row.id.fit for row in panel.shown_rows()] == ["f", "g"] * 3
        assert panel.chosen == chosen
        assert panel.overlay == [chosen]
    panel.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert [row.id.fit for row in panel.shown_rows()] == ["f"] * 3 + ["g"] * 3


def test_many_rows_are_sorted_and_filtered_as_a_whole(document: Document):
    document.do(AddFit(make_fit("f", "m", "s")))
    row, order = rows_of(document.session)[0], ClusterOrder()
    many = [replace(row, id=ClusterId("f", rank), rank=rank) for rank in range(60_000)]
    order.column, order.filter = column_number("rank"), parse_filter("rank >= 1000")
    order.descending = True
    order.show_rows(many, frozenset({many[5].id}))
    assert [many[number].rank for number in order.shown] == [5, *range(59_999, 999, -1)]
    assert order.place_of(ClusterId("f", 59_998)) == 2
    assert order.place_of(ClusterId("f", 7)) is None


@pytest.mark.parametrize("text", ["confidence >", "confidence", "colour > 3", "hits > many", "structure > 3"])
def test_filter_that_cannot_be_understood_says_what_would_be(text: str):
    with pytest.raises(FilterError, match=r"\.$"):
        parse_filter(text)


def test_filtering_moves_no_structure(document: Document, panel: ClustersPanel, qtbot: QtBot):
    qtbot.keyClicks(panel.bar.filter, "hits < 12")
    assert ranks(panel) == [2, 3]
    assert document.session.structures[0].placed_by == ClusterId("f", 0)
    assert panel.chosen is None
    panel.bar.filter.clear()
    assert panel.chosen == ClusterId("f", 0)
    qtbot.keyClicks(panel.bar.filter, "hits > 99")
    assert panel._hint.text() == NOTHING_SHOWN


def test_half_typed_filter_keeps_the_rows_and_says_why(panel: ClustersPanel, qtbot: QtBot):
    qtbot.keyClicks(panel.bar.filter, "hits >")
    assert ranks(panel) == [1, 2, 3]
    assert panel.bar.problem.isVisible()
    qtbot.keyClicks(panel.bar.filter, " 11")
    assert ranks(panel) == [1]
    assert not panel.bar.problem.isVisible()


def test_pinned_rows_stay_on_top_whatever_is_sorted_or_filtered(panel: ClustersPanel, qtbot: QtBot):
    panel.choose(ClusterId("f", 2))
    panel.pin_chosen()
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        panel.table.sortByColumn(column_number("hits"), order)
        assert ranks(panel)[0] == 3
    qtbot.keyClicks(panel.bar.filter, "hits >= 12")
    assert ranks(panel) == [3, 1]


def test_further_chosen_rows_are_shown_as_copies(document: Document, panel: ClustersPanel, qtbot: QtBot):
    view = RecordingView()
    browsing = Browsing(document, panel, view)
    qtbot.keyClick(panel.table, Qt.Key.Key_Down, SHIFT)
    assert panel.overlay == [ClusterId("f", 0), ClusterId("f", 1)]
    QApplication.processEvents()
    (key,), named = view.last("show_copy")
    assert named["of"] == "s"
    assert named["colour"] == faded((0.2, 0.4, 0.8))
    np.testing.assert_allclose(named["map_from_model"], document.session.fits[0].result.map_from_model(0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    QApplication.processEvents()
    assert view.last("remove")[0] == (key,)
    assert browsing.spheres_shown is False


def test_spheres_and_rows_say_the_same(document: Document, panel: ClustersPanel):
    view = RecordingView()
    browsing = Browsing(document, panel, view)
    browsing.show_spheres(True)
    (ids, places, sizes, _), _ = view.last("show_clusters")
    assert list(ids) == [0, 1, 2]
    np.testing.assert_allclose(places[:, 0], [0, 10, 20])
    np.testing.assert_allclose(sizes, [12, 11, 10])
    browsing.pick(2)
    QApplication.processEvents()
    assert panel.chosen == ClusterId("f", 2)
    assert document.session.structures[0].placed_by == ClusterId("f", 2)
    assert view.last("select_clusters")[0] == ([2],)


def test_comparison_shows_both_in_two_colours_and_how_far_apart(document: Document, panel: ClustersPanel, qtbot: QtBot):
    view = RecordingView()
    browsing = Browsing(document, panel, view)
    qtbot.keyClick(panel.table, Qt.Key.Key_Down, SHIFT)
    with qtbot.waitSignal(panel.compare_pressed) as pressed:
        qtbot.mouseClick(panel.compare, Qt.MouseButton.LeftButton)
    dialog = CompareDialog(document.session, *pressed.args)
    qtbot.addWidget(dialog)
    browsing.compare(dialog.colours)
    QApplication.processEvents()
    colours = [named["colour"] for name, _, named in view.calls if name == "show_copy"]
    assert {FIRST, SECOND} <= set(colours)
    assert "10.00 Å away and is turned by 0.0°" in dialog.text.text()
    assert "0.900" in [label.text() for label in dialog.findChildren(QLabel)]
    browsing.compare({})
    QApplication.processEvents()
    assert "remove" in view.names()


def test_other_tolerances_replace_the_clusters_once_the_user_has_settled(
    document: Document, panel: ClustersPanel, qtbot: QtBot
):
    tasks, asked = Tasks(), []

    def engine(structure, volume, result: FitResult, settings, shift: float, angle: float) -> FitResult:
        asked.append((shift, angle))
        return make_result(clusters=2)

    reclustering = Reclustering(document, tasks, engine)
    panel.tolerances_changed.connect(reclustering.ask)
    for shift in (3.5, 4.0, 4.5):
        panel.bar.shift.setValue(shift)
    qtbot.waitUntil(lambda: len(document.session.fits[0].result.clusters) == 2, timeout=WAIT_MS)
    assert asked == [(4.5, 6.0)]
    assert ranks(panel) == [1, 2]
    document.undo()
    assert ranks(panel) == [1, 2, 3]
    assert panel.bar.shift.value() == 3.0
    tasks.shut_down()


def test_columns_are_chosen_in_their_menu(panel: ClustersPanel):
    assert "mean_overlap" not in panel.table.columns
    menu = panel.table.column_menu()
    action = next(action for action in menu.actions() if action.text() == "Mean overlap")
    action.trigger()
    assert "mean_overlap" in panel.table.columns
    assert not menu.actions()[0].isEnabled()


def test_usual_columns_fit_beside_the_view(panel: ClustersPanel):
    panel.resize(440, 600)
    QApplication.processEvents()
    shown = [number for number in range(len(COLUMNS)) if not panel.table.isColumnHidden(number)]
    assert not panel.table.horizontalScrollBar().isVisible()
    assert len(shown) >= 6


def test_bars_are_as_long_as_the_values_say(panel: ClustersPanel):
    hits = COLUMNS[column_number("hits")]
    bars = [panel.model.bar(row, hits) for row in panel.model.rows]
    assert bars == pytest.approx([1.0, 11 / 12, 10 / 12])
    assert panel.model.bar(panel.model.rows[0], COLUMNS[0]) is None


def test_copied_rows_are_the_chosen_ones(panel: ClustersPanel):
    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    panel.table.selectionModel().select(panel.model.index(2, 0), flags)
    panel._copy_chosen()
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("3\ts.pdb\t10")


def test_menu_of_a_row_offers_what_can_be_done(panel: ClustersPanel, qtbot: QtBot):
    menu = panel.make_menu(ClusterId("f", 0))
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:2] == ["Accept", "Accept and remove its density"]
    assert texts[2:6] == ["Centre in view", "Pin on top", "Compare the two", "Search around this place"]
    with qtbot.waitSignal(panel.polish_pressed) as pressed:
        next(action for action in menu.actions() if action.text().startswith("Search")).trigger()
    assert pressed.args == [ClusterId("f", 0)]
