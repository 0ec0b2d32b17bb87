"""The JSON holds what PRODUCT promises; page and Markdown show it and need nothing else."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from difffit_core.bench.markdown import markdown_of
from difffit_core.bench.page import page_of
from difffit_core.bench.plots import plots_of
from tests.bench.reports import MACHINE, a_report, a_run, findings

NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, which nobody fetches


def test_the_json_keeps_the_contract() -> None:
    report = json.loads(json.dumps(a_report()))
    assert report["evaluate_ns_per_point"]["value"] == 6.0
    assert report["evaluate_ns_per_point"]["gradient"] == 12.0
    assert report["ratios"] == {"paper_domains": 50.0, "paper_3000_atoms": 50.0}
    assert {"machine", "cases", "growth"} <= set(report)
    for case in report["cases"]:
        assert {"name", "seconds", "rank", "rmsd", "hits", "peak_mb"} <= set(case)
    assert [point["amount"] for point in report["growth"]["atoms"]] == [100, 300_000]


def test_ratios_are_times_faster_in_one_run() -> None:
    contest = a_report()["contests"][0]
    assert contest["ratio"] == contest["baseline_seconds"] / contest["fit_seconds"]
    assert contest["cpu_ratio"] == 60.0
    assert [c["scaled"] for c in a_report()["contests"]] == [False, True]


def test_success_is_counted_by_group() -> None:
    measured = findings()
    measured.runs.append(a_run("simulated-4A", "simulated", passed=False))
    from difffit_core.bench.report import success

    assert success(measured.runs)["simulated"] == {"passed": 1, "of": 2}


def test_samples_per_second_follow_from_the_cost_of_one() -> None:
    assert a_report()["samples_per_second"]["gradient"] == pytest.approx(1e9 / 12)


class References(HTMLParser):
    """Everything in a page that would be fetched, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag refers to."""
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]
        self.found += ["script"] if tag in ("script", "link", "iframe", "img") else []

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def test_the_page_refers_to_nothing_outside_of_itself() -> None:
    page = page_of(a_report())
    parser = References()
    parser.feed(page)
    assert all(reference.startswith("#") for reference in parser.found)
    assert "@import" not in page
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= NAMESPACES
    assert set(re.findall(r"url\(([^)]{1,2})", page)) <= {"#p", "#h", "#c", "#m"}  # clips within the same drawing


def test_the_page_shows_figures_and_escapes_text() -> None:
    parser = References()
    parser.feed(page_of(a_report()))
    for text in ("P & Q", "50×", "haemoglobin-A", "powerfit-em 6 10°", "300,000"):
        assert text in parser.text
    assert "/home/someone" not in parser.text
    assert MACHINE["processor"] == "P & Q"


def test_every_plot_is_a_drawing_of_its_own() -> None:
    plots = plots_of(a_report())
    assert set(plots) == {"contests", "peers", "growth", "accuracy", "stages"}
    for drawing in plots.values():
        assert ElementTree.fromstring(drawing).tag.endswith("svg")


def test_what_was_not_measured_has_no_section() -> None:
    measured = findings()
    measured.peers.clear()
    measured.points.clear()
    from difffit_core.bench.report import report_of

    text = markdown_of(report_of(measured))
    assert "## Against other programs" not in text
    assert "## Growth" not in text
    assert "## Cases" in text


def test_markdown_tables_have_as_many_cells_as_headings() -> None:
    for block in re.findall(r"(?:^\|.*\n?)+", markdown_of(a_report()), re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().splitlines()}
        assert len(counts) == 1
