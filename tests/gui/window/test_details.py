"""Details of a placement: metrics in words, residues, replay, reference, estimates."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.estimating import Estimates
from app.main_window import MainWindow
from app.panels.metric_notes import lead, usual, usual_q_score, verdict
from app.preferences import Preferences
from difffit_core.data.poses import Poses
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.document.commands import AddFit, AddMap, AddStructure, SetMapStyle, SetStructureStyle
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.estimate import Question, expected_seconds, learned, workload
from difffit_core.files.map_files import read_map
from difffit_core.files.samples import Sample
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import FitSettings
from tests.document.copies_making import make_copy
from tests.document.items import make_cluster, make_fit, make_map, make_structure_item
from tests.gui.window.helpers import WAIT_MS

WaitIdle = Callable[[MainWindow], None]


@pytest.fixture
def filled(window: MainWindow, wait_idle: WaitIdle) -> MainWindow:
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        window.document.do(command)
    return window


def some_scores(count: int = 12) -> ResidueScores:
    values = np.linspace(0.1, 0.9, count)
    return ResidueScores(
        chain=np.array(["A"] * (count // 2) + ["B"] * (count - count // 2)),
        number=np.arange(1, count + 1, dtype=np.int32),
        insertion_code=np.array([""] * count),
        name=np.array(["ALA"] * count),
        atoms=np.full(count, 5),
        mean_density=values * 2,
        inclusion=values,
        q_score=values[::-1].copy(),
        correlation=values,
    )


def test_metrics_stand_with_what_is_usual(filled: MainWindow):
    table = filled.details_panel.metrics
    assert filled.details_panel.title.text() == "s.pdb · place 1 of 3"
    assert table.value("Correlation about mean") == "0.900"
    assert table.value("Confidence") == "90 %"
    filled.clusters_panel.step(1)
    assert table.value("Correlation about mean") == "0.800"
    assert filled.details_panel.title.text() == "s.pdb · place 2 of 3"


def test_words_follow_the_numbers():
    sure, unsure = make_cluster((0.0, 0, 0), 0.95), make_cluster((9.0, 0, 0), 0.2)
    assert verdict(sure, unsure).startswith("Stands out")
    assert "0.750 above" in verdict(sure, unsure)
    assert verdict(unsure, None).startswith("Not to be trusted")
    assert "another copy" in lead(sure, make_cluster((9.0, 0, 0), 0.949))


def test_what_is_usual_depends_on_the_resolution():
    assert usual_q_score(3.2) == "models at 3.2 Å: about 0.55"
    assert usual_q_score(12.0) == "says nothing beyond 8 Å"
    assert usual("correlation_about_mean", 3.0) != usual("correlation_about_mean", 15.0)


def test_residue_under_the_mouse_lights_up(filled: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    lit: list[tuple[str, int | None]] = []
    monkeypatch.setattr(filled.viewport, "highlight", lambda key, residue: lit.append((key, residue)))
    panel = filled.profile_panel
    filled.tabs.setCurrentWidget(panel)
    panel.show_scores(some_scores())
    QApplication.processEvents()
    plot = panel._plot
    view = plot.getPlotItem().getViewBox()
    plot.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(3, 0.5)))
    assert lit == [("s", 3)]
    assert panel.text.text() == "ALA 4, chain A: 0.318"
    plot.scene().sigMouseMoved.emit(QPointF(-50, -50))
    assert lit[-1] == ("s", None)


def test_structure_is_coloured_by_the_metric_and_back(filled: MainWindow, monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(filled.viewport, "set_structure_style", lambda key, **style: asked.append(style))
    filled.profile_panel.show_scores(some_scores())
    filled.profile_panel.colouring.setChecked(True)
    filled.profile_panel.choice.setCurrentIndex(1)
    np.testing.assert_allclose(asked[-1]["residue_values"], some_scores().q_score)
    assert asked[-1]["residue_title"] == "Q-score"
    filled.profile_panel.colouring.setChecked(False)
    assert asked[-1] == {"colour": (0.2, 0.4, 0.8)}


def test_slider_moves_the_structure_along_its_climb(filled: MainWindow, monkeypatch: pytest.MonkeyPatch):
    places: list[np.ndarray] = []
    monkeypatch.setattr(filled.viewport, "place", lambda key, matrix: places.append(matrix))
    replay = filled.details_panel.replay
    replay.slider.setValue(0)
    item = filled.document.session.structures[0]
    path: Poses = filled.document.session.fits[0].result.clusters[0].path
    np.testing.assert_allclose(places[-1], path[[0]].map_from_model(item.structure.centroid_xyz)[0])
    replay.slider.setValue(replay.slider.maximum())
    np.testing.assert_allclose(places[-1], filled.document.session.standing(item))


def test_distance_to_a_reference_is_told(filled: MainWindow, qtbot: QtBot):
    filled.document.do(AddStructure(make_structure_item("reference")))
    panel = filled.details_panel
    panel.reference.setCurrentIndex(panel.reference.findData("reference"))
    qtbot.waitUntil(lambda: "over 3 atoms" in panel.rmsd.text(), timeout=WAIT_MS)
    placed = filled.document.session.standing(filled.document.session.structures[0])
    moved = filled.document.session.structures[0].structure.xyz @ placed[:, :3].T + placed[:, 3]
    apart = moved - filled.document.session.structures[1].structure.xyz
    assert panel.rmsd.text().startswith(f"{np.sqrt((apart**2).sum(axis=1).mean()):.2f} Å")


def test_real_residue_scores_arrive_in_profile_and_details(
    window: MainWindow, qtbot: QtBot, wait_idle: WaitIdle, sample: Sample
):
    window.files.open_sample()
    qtbot.waitUntil(lambda: bool(window.document.session.structures), timeout=WAIT_MS)
    window.fit_panel.presets.choose("fast")
    window.start_fit()
    wait_idle(window)
    qtbot.waitUntil(lambda: window.profile_panel.scores is not None, timeout=2 * WAIT_MS)
    assert len(window.profile_panel.scores) == 141
    assert float(window.details_panel.metrics.value("Q-score")) > 0.5
    assert window.details_panel.replay.slider.maximum() > 10


def test_estimate_is_silent_until_measured_and_then_right(sample: Sample):
    structure, volume = read_structure(sample.structures[0].path), read_map(sample.map_path).volume
    settings = FitSettings(level=sample.contour_level, resolution=sample.resolution)
    work = workload(Question((structure,), volume, settings))
    assert expected_seconds(work, {}) is None
    rates = learned({}, work, {"screen": 2.0, "climb": 1.0, "polish": 0.5})
    assert expected_seconds(work, rates) == pytest.approx(3.5)
    twice = workload(Question((structure, structure), volume, settings))
    assert expected_seconds(twice, rates) == pytest.approx(7.0)
    more = workload(Question((structure,), volume, FitSettings(level=0.07, resolution=3.2, preset="exhaustive")))
    longer = expected_seconds(more, rates)
    assert longer is not None
    assert longer > 5


def test_rates_are_remembered_and_garbage_is_forgiven(settings: QSettings):
    preferences = Preferences(settings)
    preferences.rates = {"search climb": 0.25}
    assert Preferences(settings).rates == {"search climb": 0.25}
    settings.setValue("rates", "{no json")
    assert preferences.rates == {}


def test_nothing_is_promised_before_a_fit_was_measured(filled: MainWindow):
    assert isinstance(filled.fits.estimates, Estimates)
    assert filled.fits.estimates.text == ""
    assert "About" not in filled.fit_button.text.text()


def test_menus_of_the_data_change_document_and_view(filled: MainWindow, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(filled.viewport, "show_slice", lambda key, axis: asked.append((key, axis)))
    menu = filled.data_panel.make_menu("m")
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Mesh").trigger()
    assert filled.document.session.maps[0].style == "mesh"
    cut = next(action.menu() for action in menu.actions() if action.text() == "Slice")
    next(action for action in cut.actions() if action.text() == "Across x").trigger()
    assert asked == [("m", "x")]
    menu = filled.data_panel.make_menu("s")
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Spheres").trigger()
    assert filled.document.session.structures[0].representation == "spheres"
    filled.document.undo()
    assert filled.document.session.structures[0].representation == "cartoon"


@pytest.mark.parametrize("representation", ["cartoon", "tube", "sticks", "spheres"])
def test_styles_reach_the_view(filled: MainWindow, monkeypatch: pytest.MonkeyPatch, representation: str):
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(filled.viewport, "set_structure_style", lambda key, **style: asked.append(style))
    filled.document.do(SetStructureStyle("s", representation="tube" if representation == "cartoon" else "cartoon"))
    filled.document.do(SetStructureStyle("s", representation=representation, colour_by="chain"))
    assert {"colour_by": "chain"} in asked
    assert filled.document.session.structures[0].representation == representation


def test_map_styles_reach_the_view(filled: MainWindow, monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(filled.viewport, "set_map_style", lambda key, **style: asked.append(style))
    filled.document.do(SetMapStyle("m", style="mesh", dust=5.0, full_detail=True))
    assert (asked[-1]["style"], asked[-1]["dust"], asked[-1]["full_detail"]) == ("mesh", 5.0, True)
    assert asked[-1]["level"] is None


def test_clashes_with_accepted_copies_are_counted(filled: MainWindow, qtbot: QtBot):
    table = filled.details_panel.metrics
    filled.document.do(AddStructure(make_structure_item("t")))
    matrix = filled.document.session.fits[0].result.map_from_model(0)
    here, beside, away = (rows_of(matrix + np.eye(3, 4, k=3) * shift) for shift in (0.0, 1.0, 50.0))
    qtbot.waitUntil(lambda: table.value("Clashes") == "–", timeout=WAIT_MS)
    for key, structure, place in (("same", "s", here), ("near", "t", beside), ("far", "t", away)):
        filled.document.do(AcceptCopy(replace(make_copy(key, structure), map_from_model=place)))
    qtbot.waitUntil(lambda: table.value("Clashes").isdigit(), timeout=WAIT_MS)
    assert 1 <= int(table.value("Clashes")) <= 9  # of three residues with three; the placement itself does not count
    filled.clusters_panel.step(1)  # 10 Å away
    qtbot.waitUntil(lambda: table.value("Clashes") == "none", timeout=WAIT_MS)
