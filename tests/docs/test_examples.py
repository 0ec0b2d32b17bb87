"""Examples in the documentation run, commands in it exist, and files they name are there."""

import os
import shlex
import sys
from pathlib import Path

import pytest
from difffit_bootstrap.tasks import TASKS

from difffit_core.cli.main import make_parser
from tests.docs.pages import COMMANDS, EXAMPLES, ROOT

PARSER = make_parser()
TAKES_LONGER = ("tutorials/compose.md",)
TRIED = [pytest.param(name, marks=[pytest.mark.slow] if name.startswith(TAKES_LONGER) else []) for name in EXAMPLES]


@pytest.mark.parametrize("name", TRIED)
def test_python_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.symlink(ROOT / "resources", tmp_path / "resources", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    exec(compile(EXAMPLES[name], name, "exec"), {"__name__": "example"})  # our own text


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_understood(name: str) -> None:
    program, *words = shlex.split(COMMANDS[name])
    if program == "difffit":
        assert PARSER.parse_args(words).run is not None
    elif program == "python3":
        assert (ROOT / words[0]).is_file()
        assert words[1] in TASKS
    else:
        assert program in ("pip", "sh")


@pytest.mark.parametrize("name", COMMANDS)
def test_files_in_commands_are_there(name: str) -> None:
    named = [word for word in shlex.split(COMMANDS[name]) if word.startswith("resources/")]
    assert [word for word in named if not (ROOT / word).exists()] == []
