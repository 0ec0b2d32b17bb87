"""What a crash would lose is kept, and what it left is offered: autosaves and their recovery in the window."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.autosaving import INTERVAL_MS
from app.main_window import MainWindow
from app.shell.recovery_dialog import RecoveryDialog
from difffit_core.document.autosave import recoverable
from difffit_core.document.copy_commands import AcceptCopy, AnnotateCopy
from difffit_core.document.project_file import open_project
from tests.gui.window.helpers import WAIT_MS, press_button
from tests.gui.window.project_helpers import a_copy, open_in, visible

WaitIdle = Callable[[MainWindow], None]
ROOT = Path(__file__).parents[3]


def test_every_accepted_copy_is_autosaved_at_once_and_saving_takes_the_autosave_away(
    window: MainWindow, project: Path, tmp_path: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    open_in(window, project, qtbot)
    wait_idle(window)
    assert not (tmp_path / "autosave").exists()  # what was only opened is kept already
    assert INTERVAL_MS == 120_000
    assert window.controller.autosaving.timer.isActive()
    with qtbot.waitSignal(window.controller.autosaving.written, timeout=WAIT_MS):
        window.document.do(AcceptCopy(a_copy()))
    [path] = (tmp_path / "autosave").glob("*.difffit")
    kept = open_project(path)
    assert kept.session == window.document.session
    assert kept.autosave_of == project
    window.document.do(AnnotateCopy("new", "flexible"))
    with qtbot.waitSignal(window.controller.autosaving.written, timeout=WAIT_MS):
        window.controller.autosaving.timer.timeout.emit()  # two minutes later
    assert open_project(path).session == window.document.session
    with qtbot.waitSignal(window.controller.project.saved, timeout=WAIT_MS):
        window.projects.save()
    wait_idle(window)
    assert list((tmp_path / "autosave").iterdir()) == []


def test_no_room_for_autosaves_is_said_once(window: MainWindow, project: Path, tmp_path: Path, qtbot: QtBot):
    (tmp_path / "autosave").touch()
    open_in(window, project, qtbot)
    for name in ("one", "two"):
        window.document.do(AcceptCopy(a_copy(name)))
        qtbot.waitUntil(lambda: not window.controller.autosaving.busy, timeout=WAIT_MS)
    assert window.log_panel.toPlainText().count("No autosave could be written") == 1


@pytest.fixture
def crashed(tmp_path: Path, project: Path) -> Path:
    """What a process left that was killed after it had accepted a copy; returns the project that it worked on."""
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from difffit_core.document.autosave import begin_autosave;"
        "from difffit_core.document.copy_commands import RenameCopy;"
        "from difffit_core.document.project_file import open_project;"
        "project = Path(sys.argv[1]); session = open_project(project).session;"
        "session = RenameCopy('a', 'kept by the autosave').apply(session);"
        "begin_autosave(Path(sys.argv[2])).write(session, project=project); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(project), str(tmp_path / "autosave")], cwd=ROOT, check=False)
    assert done.returncode != 0
    return project


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
def test_crashed_work_is_offered_recovered_and_then_no_more(
    window: MainWindow, crashed: Path, tmp_path: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    window.projects.recovering.offer()
    qtbot.waitUntil(lambda: bool(visible(window, RecoveryDialog)), timeout=WAIT_MS)
    [dialog] = visible(window, RecoveryDialog)
    texts = " ".join(label.text() for label in dialog.findChildren(type(window.banner.text)))
    assert "häm oglobin" in texts
    assert "my map å.mrc, chain A.pdb · 1 fit, 2 copies" in texts
    assert "less than a minute ago" in texts
    with qtbot.waitSignal(window.controller.autosaving.written, timeout=WAIT_MS):
        press_button(dialog, "Recover")
    wait_idle(window)
    assert window.document.session.find_copy("a").name == "kept by the autosave"
    assert window.windowTitle() == "häm oglobin[*] – DiffFit"
    assert window.isWindowModified()
    assert len(list((tmp_path / "autosave").glob("*.difffit"))) == 1  # this window's own
    with qtbot.waitSignal(window.controller.project.saved, timeout=WAIT_MS):
        window.projects.save()
    wait_idle(window)
    assert open_project(crashed).session.find_copy("a").name == "kept by the autosave"
    assert recoverable(tmp_path / "autosave") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
def test_recovery_can_wait_and_can_be_given_up(
    window: MainWindow, crashed: Path, tmp_path: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    for button, left in (("Later", 1), ("Discard", 0)):
        window.projects.recovering.offer()
        qtbot.waitUntil(lambda: bool(visible(window, RecoveryDialog)), timeout=WAIT_MS)
        press_button(visible(window, RecoveryDialog)[0], button)
        wait_idle(window)
        assert len(recoverable(tmp_path / "autosave")) == left
    assert not visible(window, RecoveryDialog)
