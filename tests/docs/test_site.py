"""The site is built without a warning, so every link leads somewhere; its references are made from the program."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from difffit_bootstrap import site

from app.documentation import documentation_page
from difffit_core import __all__ as public_names
from difffit_core.cli.main import COMMANDS
from tests.docs.pages import DOCS, PAGES, ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site."""
    folder = tmp_path_factory.mktemp("site")
    environ = {**os.environ, **site.QUIET}
    done = subprocess.run(
        site.command(Path(sys.executable), folder), cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def page_of(built: Path, name: str) -> Path:
    """A page of the site, which is read as files."""
    return built / f"{name}.html"


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    """The hooks, which mkdocs loads by path."""
    spec = importlib.util.spec_from_file_location("generated", ROOT / "packaging" / "site" / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text_of(page: Path) -> str:
    """What a reader sees."""
    return re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))


def test_every_page_is_in_the_site(built: Path) -> None:
    pages = [page.relative_to(DOCS).with_suffix("") for page in PAGES if page.stem != "index"]
    assert [page for page in pages if not page_of(built, str(page)).is_file()] == []


def test_every_command_is_described(built: Path) -> None:
    shown = text_of(page_of(built, "reference/commands"))
    assert [name for name in COMMANDS if f"difffit {name}" not in shown] == []
    assert "same seed, same result" in shown


def test_every_public_name_is_described(built: Path) -> None:
    page = page_of(built, "reference/python").read_text(encoding="utf-8")
    assert [name for name in public_names if not re.search(rf'id="difffit_core\.[a-z_.]+\.{name}"', page)] == []


def test_formulas_need_no_script(built: Path) -> None:
    page = page_of(built, "method").read_text(encoding="utf-8")
    assert page.count("<math") >= 5
    assert "$" not in re.sub(r"<script.*?</script>", "", text_of(page_of(built, "method")))


def test_the_site_needs_no_network(built: Path) -> None:
    page = (built / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://[^"]+\.(?:js|css|png|svg|woff2?)"', page) == []


def test_links_to_sources_become_names(generated: ModuleType) -> None:
    text = "[`a.py`](../difffit_core/a.py), [here](method.md) and ![picture](../x.png)"
    assert generated.without_source_links(text, "") == "`a.py`, [here](method.md) and ![picture](../x.png)"
    assert generated.without_source_links("[up](../index.md)", "tutorials") == "[up](../index.md)"


def test_dollar_signs_in_code_are_no_formulas(generated: ModuleType) -> None:
    code = "`$HOME` and\n```sh\necho $A $B\n```\n"
    assert generated.with_formulas(code) == code


def test_pictures_are_shown_somewhere() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "README.md"])
    assert [picture.name for picture in (DOCS / "pictures").iterdir() if picture.name not in shown] == []


def test_links_work_from_a_folder(built: Path) -> None:
    page = (built / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="(?!https?:|#|mailto:)([^"#]+)', page)
    assert [link for link in links if not (built / link).is_file()] == []
    assert documentation_page(built.parent) is None
    shutil.copytree(built, built.parent / "dist" / "docs")
    assert documentation_page(built.parent) == built.parent / "dist" / "docs" / "index.html"
