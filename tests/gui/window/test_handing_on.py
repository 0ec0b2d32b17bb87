"""Maps and copies leave for ChimeraX, Coot, spreadsheets and readers."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app import handing_desk
from app.main_window import MainWindow
from app.programs import find_program
from app.shell.hand_on_dialog import HandOnDialog
from difffit_core.document.project_file import save_project
from difffit_core.files.checksums import checksum_of
from tests.document.project_making import real_session
from tests.files.chimerax_stand_in import answering
from tests.gui.window.helpers import WAIT_MS, choose_file, dialogs

FAKE = """#!/bin/sh
cd "$(dirname "$0")" && printf '%s\\n' "$@" > part && mv part heard
"""


@pytest.fixture
def shown(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """A window with a project: two maps, two copies."""
    home = tmp_path / "Größe"
    home.mkdir()
    save_project(home / "häm.difffit", real_session(home))
    with qtbot.waitSignal(window.controller.project.opened, timeout=WAIT_MS):
        window.projects.open(home / "häm.difffit")
    return window


def hand_on_dialog(window: MainWindow, program: str) -> HandOnDialog:
    window.handing.ask_hand_on(program)
    return next(dialog for dialog in window.findChildren(HandOnDialog) if dialog.isVisible())


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ChimeraX and a Coot that write down what they are started with."""
    if sys.platform == "win32":
        pytest.skip("stands in for programs by shell scripts")
    folder = tmp_path / "bin"
    for name in ("chimerax", "coot"):
        (folder / name).mkdir(parents=True)
        (folder / name / name).write_text(FAKE)
        (folder / name / name).chmod(0o755)
    path = os.pathsep.join([str(folder / "chimerax"), str(folder / "coot"), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    return folder


@pytest.mark.parametrize(
    ("program", "options", "ending", "words"),
    [
        ("ChimeraX", [], "open in ChimeraX.cxc", ["volume #1 style surface level 1.5", "copy b – β", "map_2.mrc"]),
        ("Coot", ["--script"], "open in Coot.py", ["set_contour_level_absolute(molecule, 1.5)", "copy b – β"]),
    ],
)
def test_program_that_is_found_is_started_with_a_script_of_what_is_shown(
    shown: MainWindow, programs: Path, qtbot: QtBot, program: str, options: list[str], ending: str, words: list[str]
):
    dialog = hand_on_dialog(shown, program)
    assert dialog.start.isChecked()
    heard = programs / program.lower() / "heard"
    qtbot.mouseClick(dialog.hand_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(heard.is_file, timeout=WAIT_MS)
    *given, script = heard.read_text().splitlines()
    assert given == options
    folder = shown.controller.project.path.parent / f"häm for {program}"
    assert Path(script) == folder / ending
    text = Path(script).read_text("utf-8")
    assert [word for word in words if word not in text] == []
    assert len(list(folder.glob("*.cif"))) == 2
    assert f"Started {program} with" in shown.log_panel.toPlainText()


def test_program_that_is_not_found_leaves_the_script_and_says_where(
    shown: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(handing_desk, "find_program", lambda name: None)
    dialog = hand_on_dialog(shown, "Coot")
    assert not dialog.start.isEnabled()
    assert not dialog.send.isVisible()
    dialog.folder.setText(str(tmp_path / "for Coot"))
    qtbot.mouseClick(dialog.hand_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "open it in Coot" in shown.log_panel.toPlainText(), timeout=WAIT_MS)
    assert (tmp_path / "for Coot" / "open in Coot.py").is_file()


def test_running_chimerax_gets_the_commands(shown: MainWindow, qtbot: QtBot):
    dialog = hand_on_dialog(shown, "ChimeraX")
    with answering() as chimerax:
        chimerax.answer = "model id #3 type Volume name other.mrc"
        qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton, pos=dialog.send.rect().center() / 4)
        dialog.port.setValue(chimerax.server_port)
        assert f"remotecontrol rest start port {chimerax.server_port}" in dialog.command.text()
        qtbot.mouseClick(dialog.hand_on, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "commands to ChimeraX" in shown.log_panel.toPlainText(), timeout=WAIT_MS)
    assert chimerax.heard[0] == "info models"
    opened = [command.rsplit(" ", 1)[-1] for command in chimerax.heard if command.startswith("open ")]
    assert opened == ["4", "5", "6", "7"]
    assert chimerax.heard[-1] == "view"


def test_no_chimerax_at_the_port_is_a_sentence(shown: MainWindow, qtbot: QtBot):
    with answering() as gone:
        port = gone.server_port
    dialog = hand_on_dialog(shown, "ChimeraX")
    qtbot.mouseClick(dialog.send, Qt.MouseButton.LeftButton, pos=dialog.send.rect().center() / 4)
    dialog.port.setValue(port)
    qtbot.mouseClick(dialog.hand_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialogs(shown)), timeout=WAIT_MS)
    assert "No ChimeraX answers" in dialogs(shown)[0].informativeText()


def test_table_of_copies_is_separated_by_tabs_when_asked(shown: MainWindow, tmp_path: Path, qtbot: QtBot):
    path = tmp_path / "copies"
    shown.handing.ask_tables()
    choose_file(shown, path, "Copies, separated by tabs (*.tsv)")
    qtbot.waitUntil(path.with_suffix(".tsv").is_file, timeout=WAIT_MS)
    lines = path.with_suffix(".tsv").read_text("utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["copy", "copy a – β", "copy b – β"]


def test_report_shows_pictures_and_opens(
    shown: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    path = tmp_path / "mein Bericht å.html"
    shown.handing.ask_report()
    choose_file(shown, path)
    qtbot.waitUntil(lambda: opened == [str(path)], timeout=WAIT_MS)
    text = path.read_text("utf-8")
    assert text.count("<img src=") == 2
    session = shown.document.session
    for words in ("<h1>häm</h1>", "copy b – β", "preset balanced, seed 0", checksum_of(session.maps[0].path).sha256):
        assert words in text


def test_programs_are_found_by_their_names(programs: Path):
    assert find_program("ChimeraX") == programs / "chimerax" / "chimerax"
    assert find_program("Coot") == programs / "coot" / "coot"
