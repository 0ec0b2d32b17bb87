"""Opening a project takes time: it can be followed and cancelled, and the last one asked for is the one that comes."""

import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import app.project
from app.main_window import MainWindow
from app.project_reading import OpenWish, ReadProject, read_project
from difffit_core.document.project_lock import ProjectLock, lock_project
from difffit_core.document.session import Session
from difffit_core.events import Job
from tests.gui.window.helpers import WAIT_MS

ENDLESS = "häm oglobin.difffit"


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file takes 50 ms longer; one project takes until somebody cancels."""

    def slow(wish: OpenWish, held: ProjectLock | None) -> Job[ReadProject]:
        reading, endless = read_project(wish, held), wish.path.name == ENDLESS
        try:
            while True:
                try:
                    event = next(reading)
                except StopIteration as end:
                    return end.value
                yield event
                while endless:
                    time.sleep(0.01)
                    yield event
                time.sleep(0.05)
        finally:
            reading.close()

    monkeypatch.setattr(app.project, "read_project", slow)


@pytest.mark.usefixtures("slow_disk")
def test_opening_is_shown_and_cancelling_leaves_everything_as_it_is(window: MainWindow, project: Path, qtbot: QtBot):
    before = window.document.session
    window.controller.project.open(OpenWish(project))
    qtbot.waitUntil(window.job_strip.cancel.isVisible, timeout=WAIT_MS)
    assert window.job_strip.text.text() == f"Opening {ENDLESS} …"
    assert window.controller.busy
    window.job_strip.cancel.click()
    qtbot.waitUntil(lambda: not window.controller.busy, timeout=WAIT_MS)
    assert window.document.session is before
    assert window.controller.project.path is None
    assert not window.job_strip.cancel.isVisible()
    lock = lock_project(project)
    assert lock is not None  # nobody holds it
    lock.release()


@pytest.mark.usefixtures("slow_disk")
def test_of_two_projects_the_one_asked_for_last_is_opened(
    window: MainWindow, project: Path, session: Session, qtbot: QtBot
):
    other = project.with_name("other.difffit")
    other.write_bytes(project.read_bytes())
    with qtbot.waitSignal(window.controller.project.opened, timeout=WAIT_MS):
        window.controller.project.open(OpenWish(project))
        window.controller.project.open(OpenWish(other))
    assert window.controller.project.path == other
    assert window.document.session == session
