"""Which action stands where: menu bar and tool bar as data, and how they are filled."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar

from app.actions import Actions


@dataclass(frozen=True)
class MenuRecord:
    """A menu: keys of actions, further menus, None for a line; `@name` stands for a menu that the window fills."""

    title: str
    entries: tuple["str | MenuRecord | None", ...]


PLACES = MenuRecord("C&olour Places", ("places_structure", "places_cluster", "places_score"))
MENUS: tuple[MenuRecord, ...] = (
    MenuRecord(
        "&File",
        (
            *("new_project", "open", "@recent", "open_project", "sample", "fetch", None),
            *("save_project", "save_project_as", "recover", None, "save_placed", "save_image", "save_movie", None),
            MenuRecord("&Hand On", ("chimerax", "coot", None, "export_tables", "report")),
            *(None, "close_all", "quit"),
        ),
    ),
    MenuRecord("&Edit", ("undo", "redo", "@history", None, "copy_table", "filter", None, "preferences")),
    MenuRecord("F&it", ("fit", "cancel", "search_around", None, "segment", "compose")),
    MenuRecord(
        "I&dentify",
        ("identify", "pause_scan", None, "open_scan", None, "open_best", "fit_candidate", "accept_candidate"),
    ),
    MenuRecord("&Clusters", ("next", "previous", None, "centre", "replay", "pin", "compare", None, "spheres", PLACES)),
    MenuRecord(
        "&Assembly",
        (
            *("accept", "accept_remove", "accept_all", None, "assembly", "centre_copy", "handles", "polish", None),
            *("copy_up", "copy_down", "delete_copy", None, "density", "remove_density", "restore_density", None),
            *("clashes", "export_assembly"),
        ),
    ),
    MenuRecord(
        "&View",
        (
            "frame_all",
            "frame_map",
            MenuRecord("&From", tuple(f"view_{side}" for side in ("front", "back", "left", "right", "top", "bottom"))),
            "orthographic",
            "spin",
            "clip",
            None,
            MenuRecord("&Theme", ("theme_system", "theme_light", "theme_dark")),
            "@panels",
            "reset_layout",
            None,
            "full_screen",
        ),
    ),
    MenuRecord("&Help", ("documentation", "palette", "shortcuts", "tour", None, "about")),
)

TOOLBAR: tuple[str | None, ...] = (
    *("open", "fetch", "save_project", "save_placed", None, "undo", "redo", None),
    *("frame_all", "spheres", "replay", "save_image", None, "accept", "handles"),
)

ICON = QSize(19, 19)  # pixels


def make_menus(window: QMainWindow, actions: Actions, docks: list[QDockWidget], history: QMenu) -> QMenu:
    """Fill the menu bar; returns the menu of recent files, which the window fills when it opens."""
    recent, panels = QMenu("Open &Recent", window), QMenu("&Panels", window)
    for dock in docks:
        panels.addAction(dock.toggleViewAction())
    special = {"@recent": recent, "@panels": panels, "@history": history}
    for record in MENUS:
        _fill(window.menuBar().addMenu(record.title), record, actions, special)
    return recent


def _fill(menu: QMenu, record: MenuRecord, actions: Actions, special: dict[str, QMenu]) -> None:
    menu.setToolTipsVisible(True)
    for entry in record.entries:
        match entry:
            case None:
                menu.addSeparator()
            case MenuRecord(title):
                _fill(menu.addMenu(title), entry, actions, special)
            case str() if entry.startswith("@"):
                menu.addMenu(special[entry])
            case str():
                menu.addAction(actions.by_key[entry])


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
