"""Projects in the window: saved, opened, found again, read-only, autosaved, recovered after a crash."""

import gzip
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.shell.keep_question import KeepQuestion
from app.shell.missing_dialog import OTHER, SAME, MissingFilesDialog
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddMap, RemoveStructure, SetContourLevel
from difffit_core.document.copy_commands import AcceptCopy, AnnotateCopy
from difffit_core.document.project_file import open_project
from difffit_core.document.project_lock import lock_project
from difffit_core.document.session import MapItem, Session
from difffit_core.files.map_files import write_volume
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.helpers import WAIT_MS, choose_file, dialogs, drop, press_button
from tests.gui.window.project_helpers import a_copy, open_in, visible

WaitIdle = Callable[[MainWindow], None]
LONGEST_GAP = 0.1  # seconds


def test_dropped_project_is_shown_and_named_in_the_title(
    window: MainWindow, project: Path, session: Session, qtbot: QtBot
):
    open_in(window, project, qtbot)
    assert window.document.session == session
    assert window.windowTitle() == "häm oglobin[*] – DiffFit"
    assert not window.isWindowModified()
    assert not window.banner.isVisible()
    window.recent_menu.aboutToShow.emit()
    assert window.recent_menu.actions()[0].text() == "häm oglobin.difffit"
    assert not window.actions_by_key.by_key["undo"].isEnabled()


@pytest.mark.parametrize("what", ["moved folder", "compressed map", "renamed map"])
def test_project_opens_wherever_its_files_have_gone(
    window: MainWindow, home: Path, project: Path, session: Session, qtbot: QtBot, tmp_path: Path, what: str
):
    map_path = session.maps[0].path
    match what:
        case "moved folder":
            moved = tmp_path / "other place, ünïcode" / "日 本"
            moved.parent.mkdir()
            home.rename(moved)
            project = moved / project.name
        case "compressed map":
            (home / f"{map_path.name}.gz").write_bytes(gzip.compress(map_path.read_bytes(), 1))
            map_path.unlink()
        case "renamed map":
            map_path.rename(home / "something else.ccp4")
    open_in(window, project, qtbot)
    shown = window.document.session
    assert shown.copies == session.copies
    assert shown.maps[1].volume.data.tobytes() == session.maps[1].volume.data.tobytes()
    assert not visible(window, MissingFilesDialog)


def test_work_goes_through_save_and_open_by_the_keyboard(
    window: MainWindow, session: Session, home: Path, project: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    open_in(window, project, qtbot)
    window.document.do(AcceptCopy(a_copy()))
    assert window.isWindowModified()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    with qtbot.waitSignal(window.controller.project.saved, timeout=WAIT_MS):
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not window.isWindowModified()
    window.document.do(AnnotateCopy("new", "flexible"))
    window.document.undo()
    assert not window.isWindowModified()  # as in the file again
    content = open_project(project)
    assert content.session == window.document.session
    assert [json.loads(line)["type"] for line in content.commands] == ["AcceptCopy"]


def test_save_as_embeds_and_goes_on_doing_so(window: MainWindow, project: Path, tmp_path: Path, qtbot: QtBot):
    open_in(window, project, qtbot)
    target = tmp_path / "all inside 3.2 Å.difffit"
    window.projects.ask_save()
    choose_file(window, target, "DiffFit project with maps and structures inside (*.difffit)")
    qtbot.waitUntil(lambda: window.controller.project.path == target, timeout=WAIT_MS)
    shutil.rmtree(project.parent)
    opened = open_project(target)
    assert opened.embedded
    window.document.do(SetContourLevel("m", 1.7))
    with qtbot.waitSignal(window.controller.project.saved, timeout=WAIT_MS):
        window.projects.save()
    assert open_project(target).session.maps[0].contour_level == 1.7


@pytest.mark.parametrize("trouble", ["full disk", "read-only folder"])
def test_save_that_fails_is_a_sentence_and_loses_nothing(
    window: MainWindow, project: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, trouble: str
):
    open_in(window, project, qtbot)
    window.document.do(AcceptCopy(a_copy()))
    wanted, before = window.document.session, project.read_bytes()
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)

    def fail(*_: object) -> None:
        raise OSError(28 if trouble == "full disk" else 30, "x")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync" if trouble == "full disk" else "replace", fail)
        with qtbot.waitSignal(window.controller.project.not_saved, timeout=WAIT_MS):
            window.projects.save()
    [box] = dialogs(window)
    assert "cannot be written (the disk is" in box.informativeText()
    assert "Traceback" not in box.informativeText()
    assert project.read_bytes() == before
    assert window.document.session is wanted
    assert window.isWindowModified()
    box.close()
    with qtbot.waitSignal(window.controller.project.saved, timeout=WAIT_MS):
        window.projects.save()
    assert open_project(project).session == wanted


def test_question_before_closing_saves_discards_or_goes_back(make_window: MakeWindow, project: Path, qtbot: QtBot):
    window = make_window()
    open_in(window, project, qtbot)
    window.document.do(AcceptCopy(a_copy()))
    window.close()
    [question] = visible(window, KeepQuestion)
    assert question.text() == "Save changes to häm oglobin?"
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert window.isVisible()
    window.close()
    press_button(visible(window, KeepQuestion)[0], "Save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT_MS)
    assert open_project(project).session.find_copy("new") is not None


def test_closing_without_work_asks_nothing(window: MainWindow, project: Path, qtbot: QtBot):
    open_in(window, project, qtbot)
    window.close()
    assert not window.isVisible()
    lock = lock_project(project)
    assert lock is not None  # nobody holds it any more
    lock.release()


def test_a_save_that_fails_keeps_the_window_that_was_to_close(
    window: MainWindow, project: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    open_in(window, project, qtbot)
    window.document.do(AcceptCopy(a_copy()))
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)
    project.parent.rename(project.parent.with_name("gone"))
    window.close()
    press_button(visible(window, KeepQuestion)[0], "Save")
    qtbot.waitUntil(lambda: bool(dialogs(window)) and not visible(window, KeepQuestion), timeout=WAIT_MS)
    assert "does not exist" in dialogs(window)[0].informativeText()
    assert window.isVisible()
    assert window.isWindowModified()


def test_second_window_on_a_file_is_read_only_and_says_so(
    make_window: MakeWindow, project: Path, tmp_path: Path, qtbot: QtBot
):
    first, second = make_window(), make_window()
    open_in(first, project, qtbot)
    open_in(second, project, qtbot)
    assert second.banner.isVisible()
    assert f"process {os.getpid()}" in second.banner.text.text()
    assert second.windowTitle() == "häm oglobin (read-only)[*] – DiffFit"
    before = project.read_bytes()
    second.document.do(AcceptCopy(a_copy()))
    press_button(second.banner, "Save As …")
    QTimer.singleShot(500, lambda: press_button(QApplication.activeModalWidget(), "Yes"))  # replace it?
    choose_file(second, project)  # the very file that the first window writes
    qtbot.waitUntil(lambda: any("another window" in box.informativeText() for box in dialogs(second)), timeout=WAIT_MS)
    assert project.read_bytes() == before
    for box in dialogs(second):
        box.close()
    press_button(second.banner, "Save As …")
    with qtbot.waitSignal(second.controller.project.saved, timeout=WAIT_MS):
        choose_file(second, tmp_path / "mine.difffit")
    assert not second.banner.isVisible()
    assert second.windowTitle() == "mine[*] – DiffFit"
    assert not first.banner.isVisible()


def test_missing_files_are_asked_for_and_their_checksums_compared(
    window: MainWindow, home: Path, project: Path, session: Session, tmp_path: Path, qtbot: QtBot, wait_idle: WaitIdle
):
    away = tmp_path / "far away"
    away.mkdir()
    map_path = session.maps[0].path.rename(away / "moved.mrc")
    session.structures[0].path.rename(away / "chain.pdb")
    wrong = tmp_path / "wrong.mrc"
    write_volume(wrong, Volume(np.ones((4, 4, 4), np.float32), np.ones(3), np.zeros(3)))
    drop(window, [project])
    qtbot.waitUntil(lambda: bool(visible(window, MissingFilesDialog)), timeout=WAIT_MS)
    [dialog] = visible(window, MissingFilesDialog)
    states = [label.text() for label in dialog.states.values()]
    assert states == ["Not found.", "Not found."]
    assert not dialog.open_button.isEnabled()
    locate = [b for b in dialog.findChildren(type(dialog.open_button)) if b.text() == "Locate …"]
    qtbot.mouseClick(locate[0], Qt.MouseButton.LeftButton)
    choose_file(dialog, wrong)
    wait_idle(window)
    assert next(iter(dialog.states.values())).text() == f"wrong.mrc: {OTHER}"
    qtbot.mouseClick(locate[0], Qt.MouseButton.LeftButton)
    choose_file(dialog, map_path)
    wait_idle(window)
    assert [label.text() for label in dialog.states.values()] == [f"moved.mrc: {SAME}", f"chain.pdb: {SAME}"]
    with qtbot.waitSignal(window.controller.project.opened, timeout=WAIT_MS):
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert window.document.session.maps[0].path == map_path
    assert window.document.session.copies == session.copies


def test_what_is_no_project_is_a_sentence_and_what_is_open_stays(
    window: MainWindow, project: Path, session: Session, tmp_path: Path, qtbot: QtBot
):
    open_in(window, project, qtbot)
    broken = tmp_path / "broken.difffit"
    broken.write_bytes(project.read_bytes()[:500])
    drop(window, [broken])
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert "not a complete DiffFit project" in dialogs(window)[0].informativeText()
    assert window.document.session == session
    dialogs(window)[0].close()
    drop(window, [project, tmp_path / "a.mrc"])
    qtbot.waitUntil(lambda: bool(dialogs(window)), timeout=WAIT_MS)
    assert "by itself" in dialogs(window)[0].informativeText()


@contextmanager
def longest_gap() -> Iterator[list[float]]:
    """The longest time (seconds) in which the window answered nothing, as the only item when the block has ended."""
    gaps, last = [0.0], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps[0], last[0] = max(gaps[0], now - last[0]), now

    timer = QTimer(interval=2)
    timer.timeout.connect(tick)
    timer.start()
    last[0] = time.perf_counter()
    yield gaps
    timer.stop()


def test_saving_a_large_map_never_blocks_the_window_and_can_be_cancelled(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, record_property: Callable[[str, object], None]
):
    data = np.random.default_rng(0).normal(size=(200, 200, 200)).astype(np.float32)  # 30 MiB that do not compress
    volume = Volume(data, np.ones(3), np.zeros(3))
    item = MapItem("big", tmp_path / "gone.mrc", volume, 5.0, suggested_level=5.0, suggested_resolution=4.0)
    window.document.do(AddMap(item))
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)
    qtbot.wait(1000)  # the surface has been drawn
    path, project, fractions = tmp_path / "big.difffit", window.controller.project, []
    project.progressed.connect(lambda key, text, fraction: fractions.append(fraction))
    with longest_gap() as idle:
        qtbot.wait(2000)
    longest = []
    for _ in range(3):  # the best: another program may take the processor at any time
        with longest_gap() as gaps, qtbot.waitSignal(project.saved, timeout=WAIT_MS):
            project.save(path, embed=True)
        longest.append(gaps[0])
    record_property("longest_gap_ms", round(1000 * min(longest)))
    assert min(longest) < LONGEST_GAP + (idle[0] if idle[0] > LONGEST_GAP / 2 else 0)  # a crowded machine answers late
    assert len({round(fraction, 2) for fraction in fractions}) >= 5
    before = path.read_bytes()
    project.save(path, embed=True)
    with qtbot.waitSignal(project.not_saved, timeout=WAIT_MS):
        qtbot.waitUntil(window.job_strip.cancel.isVisible, timeout=WAIT_MS)
        qtbot.mouseClick(window.job_strip.cancel, Qt.MouseButton.LeftButton)
    assert path.read_bytes() == before
    assert not [entry for entry in tmp_path.iterdir() if entry.suffix == ".part"]


def test_steps_that_the_history_lets_go_of_stay_in_the_record(
    window: MainWindow, project: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("difffit_core.document.history.MOST_STEPS", 3)
    open_in(window, project, qtbot)
    for number in range(5):
        window.document.do(AcceptCopy(a_copy(f"c{number}")))
    window.document.do(RemoveStructure("nothing"))
    window.document.undo()
    names = [json.loads(line)["item"]["name"] for line in window.controller.project.record.now.lines]
    assert names == ["c0", "c1", "c2", "c3"]
