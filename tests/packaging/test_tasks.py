"""The tasks: arguments, displays, and what counts as success."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from difffit_bootstrap import demo_output, display, tasks
from difffit_bootstrap.errors import BootstrapError


@pytest.mark.parametrize(
    ("given", "task", "rest"),
    [
        (["test", "--", "-k", "name"], "test", ["-k", "name"]),
        (["test", "-k", "name"], "test", ["-k", "name"]),
        (["run", "map.mrc"], "run", ["map.mrc"]),
        ([], "", []),
    ],
)
def test_arguments_are_passed_on(given: list[str], task: str, rest: list[str]) -> None:
    assert tasks.split_arguments(given) == (task, rest)


def test_an_unknown_task_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["tset"]) == 2
    assert "demo | test | run | bench" in capsys.readouterr().err


def test_an_error_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Path:
        raise BootstrapError("The disk is full.")

    monkeypatch.setattr(tasks, "prepare", fail)
    assert tasks.main(["bench"]) == 1
    assert capsys.readouterr().err == "The disk is full.\n"


def test_bench_is_the_command_that_users_have(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(tasks, "prepare", lambda *_: Path("bin/python"))
    monkeypatch.setattr(tasks, "run", lambda command, _: ran.append(command) or 0)
    assert tasks.main(["bench", "--json", "figures.json"]) == 0
    assert ran == [[str(Path("bin/difffit")), "bench", "--json", "figures.json"]]


@pytest.mark.parametrize(
    ("system", "environ", "virtual"),
    [
        ("Linux", {}, True),
        ("Linux", {"DISPLAY": ":0"}, False),
        ("Linux", {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("Linux", {"DISPLAY": ":0", "CI": "true"}, True),
        ("Windows", {}, False),
        ("Darwin", {"CI": "true"}, False),
    ],
)
def test_a_virtual_display_is_for_linux_without_a_screen(system: str, environ: dict[str, str], virtual: bool) -> None:
    assert display.needs_virtual_display(system, environ) is virtual


def test_programs_on_the_virtual_display_never_see_the_users() -> None:
    environ = display.on_display({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "HOME": "/home"}, "7")
    assert environ == {"HOME": "/home", "DISPLAY": ":7", "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_the_virtual_display_lives_as_long_as_it_is_needed() -> None:
    with display.virtual_display({}) as environ:
        socket = Path("/tmp/.X11-unix") / f"X{environ['DISPLAY'][1:]}"
        assert socket.exists()
    assert not socket.exists()


def test_a_display_that_does_not_start_is_an_error() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(BootstrapError, match="Xvfb did not start"):
        display.display_number(reading)


@pytest.mark.parametrize(("tests", "code"), [("def test_it(): assert True", 0), ("def test_it(): assert False", 1)])
def test_pytests_verdict_is_ours(tmp_path: Path, tests: str, code: int) -> None:
    assert run_pytest_on(tmp_path, tests) == code


def test_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    assert run_pytest_on(tmp_path, "") == 5


def test_only_skipped_tests_are_a_failure(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match="Every test was skipped"):
        run_pytest_on(tmp_path, "import pytest\n\ndef test_it(): pytest.skip('no reason')")


def run_pytest_on(folder: Path, tests: str) -> int:
    """pytest on one file of its own, as the task `test` runs it."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_one.py").write_text(tests)
    arguments = ["-q", "-p", "no:cacheprovider", "-c", str(folder / "pytest.ini"), f"--rootdir={folder}", str(folder)]
    return tasks.run_pytest(Path(sys.executable), arguments, dict(os.environ))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """What the demo leaves."""
    (tmp_path / "placed").mkdir()
    (tmp_path / "placed" / "01_A.cif").write_text("data_A")
    (tmp_path / "screenshot.png").write_bytes(b"png")
    cluster = {"hits": 12, "scores": {"correlation_about_mean": 0.8124}, "file": "placed/01_A.cif"}
    (tmp_path / "fits.json").write_text(json.dumps({"clusters": [cluster, cluster]}))
    return tmp_path


def test_a_complete_demo_is_described_in_figures_and_paths(output: Path) -> None:
    assert demo_output.missing_files(output, time.time()) == []
    said = demo_output.describe(output)
    assert "2 distinct placements" in said
    assert "12 hits" in said
    assert "0.812" in said
    assert str(output / "screenshot.png") in said


@pytest.mark.parametrize("name", ["fits.json", "screenshot.png"])
def test_a_file_that_the_demo_did_not_write_is_named(output: Path, name: str) -> None:
    (output / name).unlink()
    assert demo_output.missing_files(output, time.time()) == [name]


def test_what_an_earlier_demo_left_does_not_count(output: Path) -> None:
    assert demo_output.missing_files(output, time.time() + 60) == ["placed/*.cif", "fits.json", "screenshot.png"]


def test_screenshots_are_made_before_the_tests_and_are_no_argument_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(tasks, "run_checks", lambda _: [])
    monkeypatch.setattr(tasks, "run", lambda command, _: ran.append(command) or 0)
    assert tasks.task_test(Path("python"), ["--screenshots", "-k", "name"], virtual=False) == 0
    sheet, suite = ran
    assert sheet[-2:] == ["tests.gui.contact_sheet", "docs/contact_sheet.png"]
    assert suite[-2:] == ["-k", "name"]
    assert "--screenshots" not in suite
