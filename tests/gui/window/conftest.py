"""A window with settings of its own, closed and deleted after every test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.controller import Controller
from app.document import Document
from app.fitting import ENGINE, FitEngine
from app.icons import add_resource_path
from app.main_window import MainWindow
from app.preferences import Preferences
from app.theme import ThemeSwitch
from difffit_core.document.commands import AddMap, AddStructure
from difffit_core.document.project_file import save_project
from difffit_core.document.session import Session
from difffit_core.files.samples import Sample, load_sample
from tests.document.items import make_map, make_structure_item
from tests.document.project_making import real_session

MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def document() -> Document:
    """A map "m" and a structure "s", not fitted yet."""
    document = Document()
    document.do(AddMap(make_map("m")))
    document.do(AddStructure(make_structure_item("s")))
    return document


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def themes(qapp: QApplication) -> ThemeSwitch:
    qapp.setStyle("Fusion")
    add_resource_path()
    switch = ThemeSwitch("light")
    switch.apply()
    return switch


@pytest.fixture
def make_window(qtbot: QtBot, settings: QSettings, themes: ThemeSwitch, tmp_path: Path) -> Iterator[MakeWindow]:
    windows: list[MainWindow] = []

    def make(engine: FitEngine = ENGINE) -> MainWindow:
        window = MainWindow(
            Controller(Preferences(settings), engine, autosaves=tmp_path / "autosave", scans=tmp_path / "scans"), themes
        )
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        window.plot_panel.prepare()
        return window

    yield make
    for window in windows:
        window.projects.leave_without_asking()
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window()


@pytest.fixture
def sample() -> Sample:
    return load_sample()


@pytest.fixture
def wait_idle(qtbot: QtBot) -> Callable[[MainWindow], None]:
    """Waits until no file is read and no fit runs."""

    def wait(window: MainWindow, timeout: int = 60_000) -> None:
        qtbot.waitUntil(lambda: not window.controller.busy, timeout=timeout)

    return wait


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "Größe und Maß 日本"
    folder.mkdir()
    return folder


@pytest.fixture
def session(home: Path) -> Session:
    return real_session(home)


@pytest.fixture
def project(home: Path, session: Session) -> Path:
    path = home / "häm oglobin.difffit"
    save_project(path, session)
    return path
