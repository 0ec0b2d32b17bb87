"""The viewport is told what differs, and nothing else."""

import numpy as np
import pytest

from app.document import Document
from app.fitting import FitStatus
from app.scene_presenter import ScenePresenter
from app.theme import DARK, LIGHT
from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
    RemoveMap,
    SetContourLevel,
    SetMapStyle,
    SetStructureStyle,
)
from tests.document.items import make_fit, make_map, make_structure_item
from tests.gui.window.fakes import RecordingView, some_poses

STATUS = FitStatus("s", "m", "", 0.5)


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def view() -> RecordingView:
    return RecordingView()


@pytest.fixture
def presenter(document: Document, view: RecordingView) -> ScenePresenter:
    presenter = ScenePresenter(document, view)
    document.do(AddMap(make_map("m")))
    document.do(AddStructure(make_structure_item("s")))
    return presenter


def test_map_and_structure_are_shown_once(presenter: ScenePresenter, view: RecordingView):
    assert view.names().count("show_map") == 1
    assert view.names().count("show_structure") == 1
    assert view.last("show_map")[1]["colour"] == LIGHT.map_colour


def test_new_level_changes_the_style_only(presenter: ScenePresenter, document: Document, view: RecordingView):
    view.calls.clear()
    document.do(SetContourLevel("m", 2.5))
    named = view.last("set_map_style")[1]
    assert (named["level"], named["colour"], named["opacity"], named["dragging"]) == (2.5, None, None, False)
    assert "show_map" not in view.names()
    assert "place" not in view.names()


def test_surface_is_coarse_while_dragged_and_full_afterwards(
    presenter: ScenePresenter, document: Document, view: RecordingView
):
    presenter.set_dragging(True)
    document.do(SetContourLevel("m", 2.0))
    assert view.last("set_map_style")[1]["dragging"] is True
    presenter.set_dragging(False)
    named = view.last("set_map_style")[1]
    assert (named["level"], named.get("dragging", False)) == (2.0, False)


def test_hidden_and_closed_items_leave_the_view(presenter: ScenePresenter, document: Document, view: RecordingView):
    document.do(SetStructureStyle("s", visible=False))
    assert view.last("set_visible")[0] == ("s", False)
    document.do(RemoveMap("m"))
    assert view.last("remove")[0] == ("m",)
    document.undo()
    assert view.names().count("show_map") == 2


def test_maps_without_a_colour_follow_the_theme(presenter: ScenePresenter, document: Document, view: RecordingView):
    presenter.set_theme(DARK)
    assert view.last("set_map_style")[1]["colour"] == DARK.map_colour
    document.do(SetMapStyle("m", colour=(1.0, 0.0, 0.0)))
    view.calls.clear()
    presenter.set_theme(LIGHT)
    assert "set_map_style" not in view.names()


def test_best_pose_is_shown_as_the_structure_itself(presenter: ScenePresenter, document: Document, view: RecordingView):
    event = some_poses()
    presenter.show_event(STATUS, event)
    (positions, scores), _ = view.last("show_poses")
    np.testing.assert_allclose(positions, event.poses.position_xyz)
    np.testing.assert_allclose(scores, event.scores)
    (key, matrix), _ = view.last("place")
    centroid = document.session.structures[0].structure.centroid_xyz
    assert key == "s"
    np.testing.assert_allclose(matrix[:, :3] @ centroid + matrix[:, 3], event.poses.position_xyz[-1])


def test_after_a_fit_structures_stand_where_the_document_says(
    presenter: ScenePresenter, document: Document, view: RecordingView
):
    presenter.show_event(STATUS, some_poses())
    presenter.end_fit()
    np.testing.assert_allclose(view.last("place")[0][1], np.eye(3, 4))
    document.do(AddFit(make_fit("f", "m", "s")))
    presenter.end_fit()
    np.testing.assert_allclose(view.last("place")[0][1], document.session.fits[0].result.map_from_model(0))
    assert view.names()[-3:-1] == ["clear_poses", "show_trails"]


def test_poses_of_a_closed_structure_are_not_shown(presenter: ScenePresenter, document: Document, view: RecordingView):
    view.calls.clear()
    presenter.show_event(FitStatus("gone", "m", "", 0.5), some_poses())
    assert view.calls == []
