"""README is true: its commands exist, its links lead somewhere, its Python runs."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from difffit_bootstrap.tasks import TASKS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

PROGRAM = Path(sys.executable).with_name("difffit.exe" if sys.platform == "win32" else "difffit")


def code_blocks(language: str) -> list[str]:
    """The contents of README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


COMMANDS = [shlex.split(line) for block in code_blocks("sh") for line in block.splitlines() if line]
BOOTSTRAP = [words for words in COMMANDS if words[0] == "python3"]
DIFFFIT = [words for words in COMMANDS if Path(words[0]).name == "difffit"]


def test_every_command_is_of_a_kind_that_is_checked_here() -> None:
    assert len(BOOTSTRAP) + len(DIFFFIT) == len(COMMANDS)
    assert BOOTSTRAP
    assert DIFFFIT


@pytest.mark.parametrize("words", BOOTSTRAP, ids=" ".join)
def test_bootstrap_knows_the_task(words: list[str]) -> None:
    assert (ROOT / words[1]).is_file()
    assert words[2] in TASKS


def test_the_build_machine_runs_the_test_command_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    steps = [line for line in script if line and not line.startswith(("#", "set ", "cd "))]
    assert [shlex.split(step) for step in steps] == [words for words in BOOTSTRAP if words[2] == "test"]


@pytest.mark.parametrize("words", DIFFFIT, ids=" ".join)
def test_difffit_knows_the_command_and_its_options(words: list[str]) -> None:
    done = subprocess.run([PROGRAM, words[1], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    options = [word for word in words[2:] if word.startswith("-")]
    assert all(re.search(rf"(^|[\s,]){option}\b", done.stdout) for option in options)


@pytest.mark.parametrize("words", DIFFFIT, ids=" ".join)
def test_files_in_commands_are_there(words: list[str]) -> None:
    files = [word for word in words if word.startswith("resources/")]
    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_named_folders_are_there() -> None:
    folders = re.findall(r"`([a-z_/]+/)`", README)
    made_by_commands = {"demo_output/", "fitted/placed/"}
    assert [name for name in folders if name not in made_by_commands and not (ROOT / name).is_dir()] == []


def test_the_python_example_prints_both_copies_and_writes_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "resources" / "samples", tmp_path / "resources" / "samples")
    monkeypatch.chdir(tmp_path)
    (example,) = code_blocks("python")
    exec(compile(example, "README.md", "exec"), {})  # our own text
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert (tmp_path / "placed.cif").stat().st_size > 0


def rows(table: str) -> list[tuple[str, str, float]]:
    """Rank, structure and correlation of each placement in the table that `difffit fit` prints."""
    found = re.findall(r"^ +(\d+) +(\S+) +\d+ +[\d.]+ +([\d.]+) +\d+%$", table, re.MULTILINE)
    return [(rank, structure, float(correlation)) for rank, structure, correlation in found]


def test_the_expected_output_is_what_the_command_prints(tmp_path: Path) -> None:
    (words,) = (words for words in DIFFFIT if words[1] == "fit")
    command = [str(PROGRAM), *words[1:-1], str(tmp_path / "fitted")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    promised = rows(code_blocks("text")[0])
    printed = rows(done.stdout)[: len(promised)]
    assert len(promised) >= 4
    assert [row[:2] for row in printed] == [row[:2] for row in promised]
    assert [row[2] for row in printed] == pytest.approx([row[2] for row in promised], abs=0.01)
