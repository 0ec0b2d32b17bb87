"""What each command does to a session, and what late ones leave alone."""

import numpy as np
import pytest

from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
    Command,
    RemoveFit,
    RemoveMap,
    RemoveStructure,
    SelectCluster,
    SetContourLevel,
    SetMapStyle,
    SetStructureStyle,
)
from difffit_core.document.session import ClusterId, Session
from tests.document.items import make_fit, make_map, make_structure_item


def fitted_session() -> Session:
    session = Session()
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        session = command.apply(session)
    return session


def test_fit_stands_its_structure_in_the_best_cluster():
    session = fitted_session()
    assert session.structures[0].placed_by == ClusterId("f", 0)


def test_chosen_cluster_moves_the_centroid_to_its_position():
    session = SelectCluster("f", 2).apply(fitted_session())
    matrix = session.map_from_model(session.structures[0])
    assert matrix is not None
    centroid = session.fits[0].result.centroid_xyz
    np.testing.assert_allclose(matrix[:, :3] @ centroid + matrix[:, 3], [20.0, 1, 2])


def test_arrays_are_shared_and_never_copied():
    before = fitted_session()
    after = SetContourLevel("m", 3.5).apply(before)
    assert after.maps[0].volume is before.maps[0].volume
    assert after.maps[0].contour_level == 3.5
    assert before.maps[0].contour_level == 1.0


def test_fit_that_ends_after_its_structure_was_closed_changes_nothing():
    session = RemoveStructure("s").apply(fitted_session())
    assert session.fits == ()
    assert AddFit(make_fit("late", "m", "s")).apply(session) is session


def test_fit_that_ends_after_its_map_was_closed_changes_nothing():
    session = RemoveMap("m").apply(fitted_session())
    assert session.structures[0].placed_by is None
    assert AddFit(make_fit("late", "m", "s")).apply(session) is session


def test_forgotten_fit_returns_its_structure_to_its_file_position():
    session = RemoveFit("f").apply(fitted_session())
    assert session.fits == ()
    assert session.map_from_model(session.structures[0]) is None


def test_fit_without_clusters_leaves_the_structure_where_it_was():
    session = AddFit(make_fit("empty", "m", "s", clusters=0)).apply(RemoveFit("f").apply(fitted_session()))
    assert len(session.fits) == 1
    assert session.structures[0].placed_by is None


@pytest.mark.parametrize(
    "command",
    [
        RemoveMap("gone"),
        RemoveStructure("gone"),
        RemoveFit("gone"),
        SetContourLevel("gone", 1.0),
        SetContourLevel("m", 1.0),
        SetMapStyle("gone", opacity=0.5),
        SetStructureStyle("gone", visible=False),
        SelectCluster("gone", 0),
        SelectCluster("f", 99),
        SelectCluster("f", -1),
        AddMap(make_map("m", level=7.0)),
    ],
)
def test_command_without_effect_returns_the_same_session(command: Command):
    session = fitted_session()
    assert command.apply(session) is session


def test_style_changes_only_what_is_named():
    session = SetMapStyle("m", opacity=0.8).apply(fitted_session())
    session = SetStructureStyle("s", visible=False).apply(session)
    assert (session.maps[0].opacity, session.maps[0].visible, session.maps[0].colour) == (0.8, True, None)
    assert (session.structures[0].visible, session.structures[0].colour) == (False, (0.2, 0.4, 0.8))
