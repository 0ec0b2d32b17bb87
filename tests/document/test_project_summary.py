"""What an autosave holds is known without opening it."""

import pytest

from difffit_core.document.project_file import save_project
from difffit_core.document.project_summary import ProjectSummary, summary_of
from difffit_core.errors import ProjectError
from tests.document.project_making import real_session


@pytest.mark.parametrize("embed", [False, True])
def test_summary_names_files_and_counts_work(tmp_path, embed):
    path = tmp_path / "p.difffit"
    save_project(path, real_session(tmp_path), embed=embed, autosave_of=tmp_path / "mine.difffit")
    summary = summary_of(path)
    assert summary.project == tmp_path / "mine.difffit"
    assert summary.text == "my map å.mrc, chain A.pdb · 1 fit, 2 copies"


def test_long_lists_are_cut():
    assert ProjectSummary(None, ("a", "b", "c"), ("d", "e", "f"), 0, 1).text == "a, b, c, d and 2 more · 1 copy"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_what_is_no_project_is_a_sentence(tmp_path, content):
    path = tmp_path / "p.difffit"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="not a complete"):
        summary_of(path)
