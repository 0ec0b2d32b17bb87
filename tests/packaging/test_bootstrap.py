"""The entry file: what it says to Pythons that cannot run DiffFit."""

import ast
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 7), (3, 13, 1), (3, 14, 0)])
def test_supported_pythons_are_welcome(version: tuple[int, int, int]) -> None:
    assert bootstrap.unsupported_python(version) == ""


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 15, 0), (4, 0, 0)])
def test_other_pythons_get_one_sentence_with_both_versions(version: tuple[int, int, int]) -> None:
    sentence = bootstrap.unsupported_python(version)
    assert ".".join(map(str, version)) in sentence
    assert "3.11 to 3.14" in sentence


def test_old_pythons_can_parse_the_entry_file() -> None:
    source = (ROOT / "packaging" / "bootstrap.py").read_text(encoding="ascii")  # Python 2 refuses anything else
    tree = ast.parse(source, feature_version=(3, 4))
    annotated = [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.JoinedStr)]
    assert annotated == []


def test_without_a_task_the_usage_is_shown_and_the_exit_code_is_2() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "packaging" / "bootstrap.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "demo | test | run | bench" in done.stderr


def test_the_folder_never_hides_the_library_of_the_same_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
