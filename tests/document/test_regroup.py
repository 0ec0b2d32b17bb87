"""Clusters gathered anew."""

from dataclasses import replace

from difffit_core.document.commands import AddFit, AddMap, AddStructure, Regroup, SelectCluster
from difffit_core.document.history import History
from difffit_core.document.session import ClusterId
from tests.document.items import make_fit, make_map, make_result, make_structure_item


def fitted() -> History:
    history = History()
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), AddFit(make_fit("f", "m", "s"))):
        history = history.do(command)
    return history


def test_structure_stays_where_it_stood_although_its_cluster_has_another_number():
    history = fitted().do(SelectCluster("f", 1))
    result = make_result()
    fewer = replace(result, clusters=result.clusters[1:])
    history = history.do(Regroup(5.0, 9.0, (("f", fewer),)))
    assert history.present.structures[0].placed_by == ClusterId("f", 0)
    assert history.present.fits[0].settings.cluster_shift == 5.0
    assert len(history.present.fits[0].result.clusters) == 2
    assert history.undo().present.structures[0].placed_by == ClusterId("f", 1)


def test_structure_without_any_cluster_left_stands_where_its_file_puts_it():
    history = fitted().do(Regroup(5.0, 9.0, (("f", make_result(clusters=0)),)))
    assert history.present.structures[0].placed_by is None


def test_result_for_a_fit_that_has_gone_changes_nothing():
    history = fitted()
    assert history.do(Regroup(5.0, 9.0, (("gone", make_result()),))) is history


def test_tolerances_turned_on_and_on_are_one_step():
    history = fitted()
    steps = len(history.past)
    for shift in (4.0, 5.0, 6.0):
        history = history.do(Regroup(shift, 6.0, (("f", make_result()),)))
    assert len(history.past) == steps + 1
