"""What is kept when the program fails, and what the next start makes of it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.crash_reports import MOST, CrashWatch, catch_exceptions, left_behind
from app.main_window import MainWindow
from app.shell.crash_dialog import CrashDialog
from tests.gui.window.helpers import dialogs

PROGRAM = """
import ctypes, os, sys
from pathlib import Path
from app.crash_reports import CrashWatch
watch = CrashWatch(Path(sys.argv[1]))
watch.begin()
def drawing_the_map():
    {end}
drawing_the_map()
watch.end()
"""


def leave(folder: Path, end: str) -> int:
    """A program that ends in this way; returns its exit code."""
    command = [sys.executable, "-c", PROGRAM.format(end=end), str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A folder with the report of a program that a library brought down."""
    assert leave(tmp_path, "ctypes.string_at(0)") != 0
    return tmp_path


def test_a_fault_in_a_library_leaves_what_the_program_was_doing(crashed: Path) -> None:
    [report] = left_behind(crashed)
    assert "in drawing_the_map" in report.text()
    assert report.text().startswith("DiffFit ")


def test_a_good_end_leaves_nothing(tmp_path: Path) -> None:
    assert leave(tmp_path, "pass") == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_being_killed_is_no_fault(tmp_path: Path) -> None:
    leave(tmp_path, "os.kill(os.getpid(), 9)")
    assert len(list(tmp_path.iterdir())) == 1
    assert left_behind(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_report_is_offered_once_and_kept(crashed: Path, window: MainWindow) -> None:
    dialog = CrashDialog(left_behind(crashed), window)
    dialog.show()
    assert "drawing_the_map" in dialog.text.toPlainText()
    dialog.copy.click()
    assert "drawing_the_map" in QApplication.clipboard().text()
    dialog.keep.click()
    assert left_behind(crashed) == ()
    assert [path.suffix for path in crashed.iterdir()] == [".txt"]


def test_the_report_can_be_deleted(crashed: Path, window: MainWindow) -> None:
    dialog = CrashDialog(left_behind(crashed), window)
    dialog.show()
    dialog.delete.click()
    assert list(crashed.iterdir()) == []


def test_an_exception_of_ours_is_kept_and_said(tmp_path: Path, window: MainWindow) -> None:
    window.problems.keep_report = CrashWatch(tmp_path).write
    window.show_unexpected(KeyError("levels"))
    [box] = dialogs(window)
    [kept] = tmp_path.iterdir()
    assert "KeyError: 'levels'" in kept.read_text()
    assert str(kept) in box.informativeText()
    assert any(button.text() == "Copy details" for button in box.findChildren(QPushButton))


def test_only_the_latest_reports_are_kept(tmp_path: Path) -> None:
    watch = CrashWatch(tmp_path)
    for number in range(MOST + 3):
        watch.write(ValueError(f"number {number}"))
    texts = [path.read_text() for path in sorted(tmp_path.iterdir())]
    assert len(texts) == MOST
    assert f"number {MOST + 2}" in texts[-1]


def test_exceptions_of_threads_are_caught(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    caught: list[BaseException] = []
    catch_exceptions(caught.append)
    thread = threading.Thread(target=lambda: {}["missing"])
    thread.start()
    thread.join()
    assert [str(error) for error in caught] == ["'missing'"]


def test_a_folder_that_cannot_be_written_to_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    watch = CrashWatch(tmp_path / "file" / "crashes")
    watch.begin()
    watch.end()
    assert watch.write(ValueError("lost")) is None
