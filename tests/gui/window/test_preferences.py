"""The preferences' pages."""

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.preferences import Preferences
from app.shell.acceleration_page import LOOKING, AccelerationPage
from app.shell.preferences_dialog import PreferencesDialog
from app.tasks import Tasks
from tests.gui.window.helpers import WAIT_MS


def test_acceleration_is_looked_for_when_it_is_asked_for(qtbot: QtBot, settings: QSettings, tmp_path) -> None:
    tasks = Tasks()
    dialog = PreferencesDialog(Preferences(settings), tmp_path, tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not tasks.busy
    dialog.pages.setCurrentWidget(dialog.acceleration)
    page = dialog.acceleration
    qtbot.waitUntil(lambda: page.choice.text() != LOOKING, timeout=WAIT_MS)
    assert " on " in page.choice.text()
    assert page.torch.text().startswith("PyTorch ")
    tasks.shut_down()


def test_trouble_is_said(qtbot: QtBot) -> None:
    page = AccelerationPage(Tasks())
    qtbot.addWidget(page)
    page._show_trouble(OSError("The driver is too old."))
    assert page.choice.text() == "not known"
    assert page.advice.text() == "The driver is too old."


def test_an_answer_that_comes_after_the_dialog_was_closed_is_dropped(qtbot: QtBot) -> None:
    page = AccelerationPage(Tasks())
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page._show_trouble(OSError("too late"))
    assert not isValid(page)
