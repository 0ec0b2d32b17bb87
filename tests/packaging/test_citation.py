"""CITATION.cff says what the schema asks for, and agrees with everything else that names version and method."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from difffit_bootstrap.packages import ROOT, project_version

from app import texts

CITATION: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ORCID = re.compile(r"https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def test_what_the_schema_requires_is_there() -> None:
    assert {"cff-version", "message", "title", "authors"} <= set(CITATION)
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    article = CITATION["preferred-citation"]
    assert {"type", "title", "authors"} <= set(article)
    assert 2024 <= article["year"] <= date.today().year
    for author in article["authors"]:
        assert set(author) <= {"family-names", "given-names", "orcid"}
        assert ORCID.fullmatch(author["orcid"])
        assert checksum_of_orcid(author["orcid"].removeprefix("https://orcid.org/")) == author["orcid"][-1]


def checksum_of_orcid(orcid: str) -> str:
    """The check digit (ISO 7064, mod 11-2) of an ORCID."""
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def test_the_version_is_that_of_the_project() -> None:
    assert CITATION["version"] == project_version()


def test_readme_window_and_documentation_cite_the_same_article() -> None:
    doi = CITATION["preferred-citation"]["doi"]
    pages = [ROOT / "README.md", ROOT / "docs" / "index.md"]
    assert [page.name for page in pages if doi not in Path(page).read_text(encoding="utf-8")] == []
    assert doi in texts.BIBTEX
    assert all(author["family-names"] in texts.BIBTEX for author in CITATION["preferred-citation"]["authors"])
