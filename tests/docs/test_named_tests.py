"""A page that names a test must name one that is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

NAMED = re.compile(r"\b(tests/[\w/]+\.py)(?:::(\w+))?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path):
    for path, name in NAMED.findall(page.read_text("utf-8")):
        source = (ROOT / path).read_text("utf-8")
        assert f"def {name}(" in source if name else source, f"{page.name} names {path}::{name}"


def test_the_page_on_trust_names_many():
    assert len(NAMED.findall((ROOT / "docs" / "trust.md").read_text("utf-8"))) > 30
