"""The Edit menu names what undo takes back, and its history goes several steps at once."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.history_menu import HistoryMenu
from app.main_window import MainWindow
from difffit_core.document.commands import AddMap, AddStructure, SetContourLevel
from tests.document.items import make_map, make_structure_item


def click_step(window: MainWindow, qtbot: QtBot, name: str) -> None:
    menu = window.findChild(HistoryMenu)
    menu.popup(QPoint(100, 100))
    action = next(action for action in menu.actions() if action.text() == name)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    QApplication.processEvents()


def marked(window: MainWindow) -> tuple[list[str], str]:
    """The entries from top to bottom, and the one that is marked."""
    menu = window.findChild(HistoryMenu)
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    return texts, next(action.text() for action in menu.actions() if action.isChecked())


def test_history_goes_back_and_forth_several_steps(window: MainWindow, qtbot: QtBot):
    for command in (AddMap(make_map("m")), AddStructure(make_structure_item("s")), SetContourLevel("m", 3.0)):
        window.document.do(command)
    names = ["Contour level", "Open structure", "Open map", "The beginning"]
    assert marked(window) == (names, "Contour level")
    heard: list[int] = []
    window.document.changed.connect(lambda old, new: heard.append(len(new.structures)))
    click_step(window, qtbot, "Open map")
    assert heard == [0]  # told once, not step by step
    assert window.document.session.maps[0].contour_level == 1.0
    assert marked(window) == (names, "Open map")
    assert window.actions_by_key.by_key["redo"].text() == "&Redo open structure"
    click_step(window, qtbot, "Contour level")
    assert window.document.session.maps[0].contour_level == 3.0
    click_step(window, qtbot, "The beginning")
    assert window.document.session.maps == ()
