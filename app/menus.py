"""Menu bar and tool bar, made from the records of the actions."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar

from app.actions import MENUS, TOOLBAR, Actions

ICON = QSize(19, 19)  # pixels


def make_menus(window: QMainWindow, actions: Actions, docks: list[QDockWidget], history: QMenu) -> QMenu:
    """Fill the menu bar; returns the menu of recent files, which the window fills when it opens."""
    recent, panels = QMenu("Open &Recent", window), QMenu("&Panels", window)
    for dock in docks:
        panels.addAction(dock.toggleViewAction())
    for record in MENUS:
        actions.fill(
            window.menuBar().addMenu(record.title), record, {"@recent": recent, "@panels": panels, "@history": history}
        )
    return recent


def make_toolbar(window: QMainWindow, actions: Actions) -> QToolBar:
    """The tool bar with what is used most."""
    toolbar = QToolBar("Toolbar")
    toolbar.setObjectName("toolbar")
    toolbar.setMovable(False)
    toolbar.setIconSize(ICON)
    toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    for key in TOOLBAR:
        if key is None:
            toolbar.addSeparator()
        else:
            toolbar.addAction(actions.by_key[key])
    window.addToolBar(toolbar)
    return toolbar
