"""The report: complete, self-contained, and safe whatever the files are called."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from difffit_core.errors import DiffFitError
from difffit_core.files.checksums import checksum_of
from difffit_core.files.fit_report import FitReport
from difffit_core.files.map_files import write_volume
from difffit_core.files.methods_text import WORKS, methods_of
from difffit_core.files.report_page import CONFIDENCE, Page, Table, page_as_html, page_of_fits, write_page
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.settings import FitSettings
from tests.document.items import make_result, make_volume

EVIL = '<script>alert("x")</script> & "quotes"'
ALONE = ("area", "base", "br", "col", "hr", "img", "input", "link", "meta")


class Outline(HTMLParser):
    """Which tags are open, what text there is, and what is fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attributes) -> None:
        self.seen.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.text += data


def outline(text: str) -> Outline:
    parsed = Outline()
    parsed.feed(text)
    assert parsed.open == []
    return parsed


@pytest.fixture
def report(tmp_path) -> FitReport:
    map_path = tmp_path / "my map å.mrc"
    write_volume(map_path, make_volume())
    structure = read_structure(load_sample().structures[0].path)
    command = ("difffit", "fit", str(map_path), "A.pdb", "--seed", "7")
    return FitReport(command, map_path, make_volume(), (structure,), (make_result(),), FitSettings(seed=7), {})


def test_page_tells_files_parameters_clusters_and_methods(report, tmp_path):
    write_page(tmp_path / "report.html", page_of_fits(report))
    page = outline((tmp_path / "report.html").read_text("utf-8"))
    assert checksum_of(report.map_path).sha256 in page.text
    assert "6 × 5 × 4 voxels of 1.5 × 1.5 × 1.5 Å" in page.text
    for words in ("seed", "balanced", "numba on cpu", "correlation about the mean", CONFIDENCE, "--seed 7"):
        assert words in page.text
    assert "1120.900.900" in page.text.replace("\n", "")  # rank, hits, confidence, correlation of the best
    assert WORKS["difffit"] in page.text
    assert "preset balanced, seed 7" in page.text
    assert page.sources == []  # nothing is fetched


def test_names_and_notes_are_text_and_nothing_else():
    table = Table(("copy", EVIL), ((EVIL, "1"),), note=EVIL)
    page = Page(EVIL, (b"\x89PNG",), table, (), methods_of([]), copies=table, poses=EVIL, command=EVIL)
    parsed = outline(page_as_html(page))
    assert "script" not in parsed.seen
    assert parsed.text.count(EVIL) >= 8
    assert parsed.sources == ["data:image/png;base64,iVBORw=="]


def test_every_citation_has_its_work():
    settings = FitSettings()
    result = make_result()
    near = replace(result, limits="within 5 Å and 10° of a given place")
    for fits in (
        [(settings, result)],
        [(settings, near)],
        [(replace(settings, preset="paper"), result), (settings, result)],
        [(settings, replace(result, seconds={}))],
        [],
    ):
        methods = methods_of(fits, accepted=2, removed=1)
        cited = {int(number) for group in re.findall(r"\[([\d, ]+)\]", methods.text) for number in group.split(",")}
        assert cited == set(range(1, len(methods.works) + 1))
        assert "2 placements were accepted" in methods.text
    assert "screened" not in methods_of([(settings, near)]).text
    assert "One search was confined to poses within 5 Å" in methods_of([(settings, near)]).text
    assert "published objective" in methods_of([(replace(settings, preset="paper"), result)]).text


def test_files_that_have_gone_are_said_to_be(report):
    report.map_path.unlink()
    assert "the file is no longer there" in page_as_html(page_of_fits(report))


def test_a_report_that_cannot_be_written_is_a_sentence(report, tmp_path):
    with pytest.raises(DiffFitError, match="does not exist"):
        write_page(tmp_path / "gone" / "report.html", page_of_fits(report))
    assert not (tmp_path / "gone").exists()
