import csv
import io

import numpy as np
import pytest

from difffit_core.scan.map_table import folders_of, table_as_csv, table_as_page, table_as_text, table_of
from difffit_core.scan.significance import q_values


def content(p_by_name: dict[str, float]) -> dict[str, object]:
    """What a ranking.json says, as far as the table needs it."""
    rows = [
        {"name": name, "description": f"the <{name}>", "score": -np.log(p), "p": p, "q": p}
        for name, p in p_by_name.items()
    ]
    return {"candidates": rows, "failed": []}


CONTENTS = {
    "one": content({"a": 1e-9, "b": 0.5, "c": 0.9}),
    "two": content({"a": 0.4, "b": 1e-6, "d": 0.7}),  # c could not be searched, d only here
}


def test_the_clearest_come_first_and_what_could_not_be_searched_is_empty():
    table = table_of(CONTENTS)
    assert table.maps == ("one", "two")
    assert table.candidates == ("a", "b", "d", "c")
    assert np.isnan(table.p[table.candidates.index("c")]).tolist() == [False, True]
    assert table.as_dict()["candidates"][3]["maps"]["two"] is None


def test_q_counts_the_cells_of_all_maps():
    table = table_of(CONTENTS)
    together = q_values(np.array([1e-9, 0.5, 0.9, 0.4, 1e-6, 0.7]))
    assert table.q[0, 0] == pytest.approx(together[0])
    assert table.q[0, 0] > q_values(np.array([1e-9, 0.5, 0.9]))[0]
    assert sorted(table.q[~np.isnan(table.q)]) == pytest.approx(sorted(together))


def test_every_form_of_the_table_says_the_same():
    table = table_of(CONTENTS)
    rows = list(csv.DictReader(io.StringIO(table_as_csv(table))))
    assert [row["name"] for row in rows] == ["a", "b", "d", "c"]
    assert float(rows[1]["two p"]) == 1e-6
    assert rows[3]["two q"] == ""
    assert rows[0]["description"] == "the <a>"
    page = table_as_page(table)
    assert "the &lt;a&gt;" in page
    assert "<a href='two/report.html'>" in page
    assert page.count("cell found") == 2
    assert table_as_text(table).splitlines()[1].split()[0] == "a"


def test_folders_are_named_like_maps_and_stay_apart(tmp_path):
    maps = [tmp_path / "x" / "map.mrc", tmp_path / "y" / "MAP.map.gz", tmp_path / "library.mrc"]
    assert [path.name for path in folders_of(maps, tmp_path)] == ["map", "MAP-2", "library-2"]


def test_no_candidates_make_an_empty_table():
    table = table_of({"one": content({}), "two": content({})})
    assert table.candidates == ()
    assert len(table_as_csv(table).splitlines()) == 1
