"""The documentation of formats says what the tests say."""

import re

from tests.files import test_map_errors
from tests.files.conventions import REFUSED
from tests.files.formats_table import PAGE, ROOT, page_with, tables


def test_the_page_is_what_the_tests_say() -> None:
    assert page_with(PAGE.read_text("utf-8"), tables()) == PAGE.read_text("utf-8")


def test_every_test_that_the_documentation_names_exists() -> None:
    pages = [page.read_text("utf-8") for page in (PAGE, PAGE.with_name("trust.md"))]
    named = [name for page in pages for name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)(?:\[[^`]*\])?`", page)]
    assert len(named) > 40
    for file, function in named:
        assert re.search(rf"^(?:    )?def {function}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), function


def test_every_refusal_that_the_documentation_names_is_tested() -> None:
    assert set(REFUSED) <= set(test_map_errors.BROKEN)
