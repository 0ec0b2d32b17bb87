"""What leaves a session: files for other programs, tables, a report."""

import csv

import numpy as np
import pytest

from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import MoveCopy, RenameCopy
from difffit_core.document.handing_over import write_shown
from difffit_core.document.report import page_of_session
from difffit_core.document.session import Session
from difffit_core.document.tables import cluster_rows, copy_rows, write_table
from difffit_core.errors import DiffFitError
from difffit_core.files.map_files import read_volume
from difffit_core.files.report_page import page_as_html
from difffit_core.files.structure_files import read_structure
from tests.document.project_making import real_session

SHIFTED = ((1.0, 0.0, 0.0, 5.0), (0.0, 1.0, 0.0, -3.0), (0.0, 0.0, 1.0, 2.0))


@pytest.fixture
def session(tmp_path) -> Session:
    return MoveCopy("b", SHIFTED).apply(real_session(tmp_path))


def test_handed_on_files_are_what_is_shown(session, tmp_path):
    maps, copies = write_shown(session, tmp_path / "for ChimeraX å")
    assert maps[0].path == session.maps[0].path  # as it was read: nothing to write
    rest = read_volume(maps[1].path)
    np.testing.assert_array_equal(rest.data, session.maps[1].volume.data)
    assert [shown.visible for shown in maps] == [False, True]
    assert [shown.level for shown in maps] == [1.5, 1.5]
    moved = read_structure(copies[1].path)
    np.testing.assert_allclose(moved.xyz, session.structures[0].structure.xyz + [5.0, -3.0, 2.0], atol=0.002)
    assert [shown.name for shown in copies] == ["copy a – β", "copy b – β"]


def test_structures_are_handed_on_where_they_stand_when_nothing_is_accepted(session, tmp_path):
    from dataclasses import replace

    alone = replace(session, copies=(), maps=session.maps[:1])
    maps, copies = write_shown(alone, tmp_path / "out")
    assert len(maps) == 1
    matrix = alone.standing(alone.structures[0])
    expected = alone.structures[0].structure.xyz @ matrix[:, :3].T + matrix[:, 3]
    np.testing.assert_allclose(read_structure(copies[0].path).xyz, expected, atol=0.002)


def test_an_empty_session_is_a_sentence(tmp_path):
    with pytest.raises(DiffFitError, match="nothing to hand on"):
        write_shown(Session(), tmp_path)
    with pytest.raises(DiffFitError, match="nothing to write"):
        write_table(tmp_path / "x.csv", cluster_rows(Session()))


@pytest.mark.parametrize(("ending", "separator"), [("csv", ","), ("tsv", "\t")])
def test_tables_hold_full_numbers_and_any_name(session, tmp_path, ending, separator):
    session = RenameCopy("a", 'one, "two"\tthree').apply(session)
    paths = tmp_path / f"clusters.{ending}", tmp_path / f"copies.{ending}"
    for path, rows in zip(paths, (cluster_rows(session), copy_rows(session)), strict=True):
        write_table(path, rows)
    clusters, copies = (
        list(csv.DictReader(path.read_text("utf-8").splitlines(), delimiter=separator)) for path in paths
    )
    assert [row["rank"] for row in clusters] == ["1", "2", "3"]
    scores = session.fits[0].result.clusters[1].scores
    assert float(clusters[1]["correlation_about_mean"]) == pytest.approx(float(scores.correlation_about_mean))
    matrix = session.fits[0].result.map_from_model(1)
    names = [f"{row}{column}" for row in "xyz" for column in ("x", "y", "z", "_shift")]
    np.testing.assert_allclose([float(clusters[1][name]) for name in names], matrix.ravel(), rtol=1e-8)
    assert [row["copy"] for row in copies] == ['one, "two"\tthree', "copy b – β"]
    assert copies[0]["confidence"] == "0.9000"
    assert (copies[1]["confidence"], copies[1]["mean_density"]) == ("", "")  # moved by hand
    assert rows_of([[float(copies[1][n]) for n in names[i : i + 4]] for i in (0, 4, 8)]) == SHIFTED


def test_report_of_a_session_tells_copies_and_what_was_removed(session):
    text = page_as_html(page_of_session(session, title="häm", pictures=[b"png"]))
    for words in ("häm", "copy b – β", "moved by hand", "2 placements were accepted", "was taken out of the map"):
        assert words in text
    assert text.count("SHA-256") >= 1
    assert "-3.000000" in text
