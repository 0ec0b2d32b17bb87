"""Every menu entry as data: text, shortcut, icon, when it can be used, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.icons import themed_icon
from app.theme import Theme
from difffit_core.document.session import Session

Standard = QKeySequence.StandardKey


@dataclass(frozen=True)
class Situation:
    """What decides which actions can be used."""

    session: Session
    fitting: bool
    can_fit: bool
    placed: bool  # a placed structure is current
    chosen: int  # rows of the table of clusters
    undo: str | None  # what would be undone
    redo: str | None
    copies: int = 0  # chosen in the assembly
    polishing: bool = False  # a copy is being polished
    composing: bool = False
    proposed: bool = False  # there is a proposal that can be accepted


def _always(situation: Situation) -> bool:
    return True


def _any_data(situation: Situation) -> bool:
    return bool(situation.session.maps or situation.session.structures)


def _any_map(situation: Situation) -> bool:
    return bool(situation.session.maps)


def _one_chosen(situation: Situation) -> bool:
    return situation.chosen > 0


def _any_cluster(situation: Situation) -> bool:
    return any(fit.result.clusters for fit in situation.session.fits)


def _any_copy(situation: Situation) -> bool:
    return bool(situation.session.copies)


def _copy_chosen(situation: Situation) -> bool:
    return situation.copies > 0


def _density_removed(situation: Situation) -> bool:
    return any(item.removals for item in situation.session.maps)


@dataclass(frozen=True)
class ActionRecord:
    """One thing the user can do; the window has a handler under the same key."""

    key: str
    text: str
    tip: str
    shortcut: Standard | str | None = None
    icon: str | None = None
    enabled: Callable[[Situation], bool] = _always
    group: str | None = None  # actions of a group exclude each other, and show a mark
    toggle: bool = False  # shows a mark while it is on
    also: str | None = None  # a second shortcut
    on: bool = False  # marked at first


RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("new_project", "&New Project", "Begin anew, with nothing open", Standard.New),
    ActionRecord("open", "&Open …", "Open maps and structures, or a project", Standard.Open, "open"),
    ActionRecord("open_project", "Open Pro&ject …", "Open what was saved as a project"),
    ActionRecord("sample", "Open &Sample", "Open a real map and a structure to try the program with", None, "sample"),
    ActionRecord(
        "fetch", "Fetch by I&d …", "Get maps and structures from EMDB, PDB and AlphaFold DB", "Ctrl+Shift+O", "fetch"
    ),
    ActionRecord("forget_recent", "Clear List", "Forget the files opened last"),
    ActionRecord("save_project", "&Save Project", "Save everything to its file", Standard.Save, "save", _any_data),
    ActionRecord(
        "save_project_as",
        "Save Project &As …",
        "Save everything to another file, or with maps and structures inside",
        "Ctrl+Shift+S",
        None,
        _any_data,
    ),
    ActionRecord("recover", "&Recover Unsaved Work …", "Look for what windows left that did not end well"),
    ActionRecord(
        "save_placed",
        "Save Placed S&tructure …",
        "Write the structure where it stands now, as mmCIF or PDB",
        "Ctrl+Alt+S",
        "structure",
        lambda s: s.placed,
    ),
    ActionRecord("save_image", "Save &Image …", "Write the 3D view as a picture", "Ctrl+Shift+I", "camera", _any_data),
    ActionRecord("save_movie", "Save Mo&vie …", "Write a full turn of the 3D view", "Ctrl+Shift+M", None, _any_data),
    ActionRecord(
        "chimerax", "Open in Chimera&X …", "Show maps and copies in ChimeraX, as here", "Ctrl+Alt+X", None, _any_data
    ),
    ActionRecord("coot", "Open in &Coot …", "Show maps and copies in Coot, as here", "Ctrl+Alt+C", None, _any_data),
    ActionRecord(
        "export_tables", "Export &Table …", "Write clusters or copies as a table", "Ctrl+Alt+T", None, _any_cluster
    ),
    ActionRecord(
        "report", "Write &Report …", "Pictures, parameters, tables, a methods paragraph", "Ctrl+Alt+R", None, _any_data
    ),
    ActionRecord("preferences", "&Preferences …", "Theme, notices, fetched files", "Ctrl+,"),
    ActionRecord("close_all", "&Close All", "Close all maps and structures", "Ctrl+Shift+W", None, _any_data),
    ActionRecord("quit", "&Quit", "Leave the program", "Ctrl+Q"),
    ActionRecord("undo", "&Undo", "Take back the last change", Standard.Undo, "undo", lambda s: s.undo is not None),
    ActionRecord("redo", "&Redo", "Make the change again", "Ctrl+Shift+Z", "redo", lambda s: s.redo is not None),
    ActionRecord(
        "copy_table", "&Copy Cluster Table", "Copy all clusters with full numbers", "Ctrl+Shift+C", "copy", _any_cluster
    ),
    ActionRecord("fit", "&Fit", "Search the map for the ticked structures", "F5", "fit", lambda s: s.can_fit),
    ActionRecord(
        "cancel", "&Cancel", "Stop what runs", "Esc", "stop", lambda s: s.fitting or s.polishing or s.composing
    ),
    ActionRecord(
        "compose",
        "C&ompose",
        "Place all copies of the ticked structures, round after round",
        "F7",
        "compose",
        lambda s: s.can_fit,
    ),
    ActionRecord("next", "&Next Placement", "Go down one row in the table", "Alt+Down", None, _any_cluster),
    ActionRecord("previous", "&Previous Placement", "Go up one row in the table", "Alt+Up", None, _any_cluster),
    ActionRecord("filter", "&Filter Clusters", "Type what the table of clusters shows", "Ctrl+F", None, _any_cluster),
    ActionRecord(
        "pin", "&Pin", "Keep the chosen rows on top of the table, or let them go", "Ctrl+D", None, _one_chosen
    ),
    ActionRecord("compare", "C&ompare", "Compare the two chosen rows", "Ctrl+E", None, lambda s: s.chosen == 2),
    ActionRecord(
        "search_around",
        "&Search Around Placement",
        "Fit again, only around the chosen place",
        "Ctrl+R",
        None,
        lambda s: s.chosen > 0 and s.can_fit,
    ),
    ActionRecord("centre", "C&entre on Placement", "Look at the chosen place", "Ctrl+2", None, _one_chosen),
    ActionRecord(
        "replay", "Play the C&limb", "Show how the structure came to this place", "Ctrl+P", "play", _one_chosen
    ),
    ActionRecord(
        "spheres",
        "Clusters as &Spheres",
        "A sphere for every cluster, larger with more hits",
        "Ctrl+B",
        "spheres",
        _any_cluster,
        toggle=True,
    ),
    ActionRecord(
        "accept", "&Accept Placement", "Keep the chosen placements as copies", "Ctrl+Return", "accept", _one_chosen
    ),
    ActionRecord(
        "accept_remove",
        "Accept and &Remove Density",
        "Keep the chosen placements, and take what they explain out of the map that is fitted into",
        "Ctrl+Shift+Return",
        None,
        _one_chosen,
    ),
    ActionRecord(
        "accept_all",
        "Accept All &Confident",
        "Keep the ticked copies that composing proposes",
        "Ctrl+Alt+Return",
        None,
        lambda s: s.proposed,
    ),
    ActionRecord("assembly", "Show A&ssembly", "Show the copies that were accepted", "Ctrl+Shift+A", "assembly"),
    ActionRecord("centre_copy", "&Centre on Copy", "Look at the chosen copy", "Ctrl+3", None, _copy_chosen),
    ActionRecord(
        "handles",
        "&Handles",
        "Arrows that shift and rings that turn the chosen copy, in the view",
        "Ctrl+G",
        "handles",
        _any_copy,
        toggle=True,
    ),
    ActionRecord(
        "polish",
        "&Polish Here",
        "Search around the chosen copy, and move it there if the map agrees better with it",
        "F6",
        None,
        lambda s: s.copies > 0 and not (s.fitting or s.polishing or s.composing),
    ),
    ActionRecord(
        "copy_up", "Move Copy &Up", "Put the chosen copy higher in the list", "Ctrl+Shift+Up", None, _copy_chosen
    ),
    ActionRecord(
        "copy_down", "Move Copy D&own", "Put the chosen copy lower in the list", "Ctrl+Shift+Down", None, _copy_chosen
    ),
    ActionRecord(
        "delete_copy", "&Delete Copy", "Take the chosen copies out of the assembly", "Ctrl+Del", None, _copy_chosen
    ),
    ActionRecord(
        "density",
        "E&xplained Density …",
        "See what the copies explain, before it is taken out of the map",
        "Ctrl+Alt+D",
        None,
        _any_copy,
    ),
    ActionRecord(
        "remove_density",
        "Re&move Density",
        "Take out what the chosen copies explain; the rest of the map is fitted into from then on",
        "Ctrl+Shift+D",
        None,
        _any_copy,
    ),
    ActionRecord(
        "restore_density",
        "R&estore Density",
        "Put back what the chosen copies explain",
        "Ctrl+Shift+U",
        None,
        _density_removed,
    ),
    ActionRecord("clashes", "C&lashes", "See where copies come too close", "Ctrl+Shift+K", None, _any_copy),
    ActionRecord(
        "export_assembly",
        "&Export Assembly …",
        "Write the copies as one structure or a file each",
        "Ctrl+Shift+E",
        None,
        _any_copy,
    ),
    *(
        ActionRecord(f"places_{by}", text, tip, None, None, group="places", on=by == "structure")
        for by, text, tip in (
            ("structure", "By &Structure", "Spheres and copies in the colour of their structure"),
            ("cluster", "By &Cluster", "Spheres and copies of every cluster in a colour of its own"),
            ("score", "By S&core", "Spheres and copies from the lowest to the highest correlation"),
        )
    ),
    ActionRecord("clip", "&Clip …", "Cut away what is near or far", "Ctrl+Alt+P", None, _any_data),
    ActionRecord("orthographic", "&Orthographic", "Without perspective", "Ctrl+Alt+O", toggle=True),
    ActionRecord("spin", "Sp&in", "Turn the scene slowly", "Ctrl+Shift+R", None, _any_data, toggle=True),
    *(
        ActionRecord(
            f"view_{side}",
            f"&{side.capitalize()}",
            f"Look at everything from the {side}",
            f"Ctrl+Alt+{key}",
            None,
            _any_data,
        )
        for side, key in (("front", "1"), ("back", "2"), ("left", "3"), ("right", "4"), ("top", "5"), ("bottom", "6"))
    ),
    ActionRecord("frame_all", "Show &All", "Move the camera so that everything is seen", "Ctrl+0", "frame", _any_data),
    ActionRecord(
        "frame_map",
        "Show &Map",
        "Move the camera so that the current map is seen",
        "Ctrl+1",
        None,
        lambda s: bool(s.session.maps),
    ),
    ActionRecord("theme_system", "&System", "Light or dark as the desktop is", group="theme"),
    ActionRecord("theme_light", "&Light", "Dark text on light ground", group="theme"),
    ActionRecord("theme_dark", "&Dark", "Light text on dark ground", group="theme"),
    ActionRecord("reset_layout", "&Reset Layout", "Put all panels where they were at first"),
    ActionRecord("full_screen", "F&ull Screen", "Fill the screen, or stop doing so", "F11"),
    ActionRecord("palette", "&Command Palette …", "Do anything by typing its name", "Ctrl+K", also="Ctrl+Shift+P"),
    ActionRecord("shortcuts", "&Mouse and Keys", "How to turn, move and zoom, and all keys", "F1", also="?"),
    ActionRecord("tour", "Take the &Tour", "Three steps from a map to a placed structure"),
    ActionRecord("about", "&About DiffFit", "Version and sources"),
)


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
    MenuRecord("F&it", ("fit", "cancel", "search_around", None, "compose")),
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
    MenuRecord("&Help", ("palette", "shortcuts", "tour", None, "about")),
)

TOOLBAR: tuple[str | None, ...] = (
    *("open", "fetch", "save_project", "save_placed", None, "undo", "redo", None),
    *("frame_all", "spheres", "replay", "save_image", None, "accept", "handles"),
)

Handlers = dict[str, Callable[[], None]]


class Actions:
    """The actions made from the records, by key."""

    def __init__(self, parent: QWidget, handlers: Handlers) -> None:
        self.by_key: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for record in RECORDS:
            action = QAction(record.text, parent)
            action.setToolTip(record.tip)
            action.setStatusTip(record.tip)
            if record.shortcut is not None:
                keys = [QKeySequence(key) for key in (record.shortcut, record.also) if key is not None]
                action.setShortcuts(keys)
                action.setToolTip(
                    f"{record.tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
                )
            if record.group is not None:
                self._join_group(record.group, action, parent)
            action.setCheckable(record.toggle or record.group is not None)
            action.setChecked(record.on)
            action.triggered.connect(_without_argument(handlers[record.key]))
            parent.addAction(action)
            self.by_key[record.key] = action

    def update(self, situation: Situation) -> None:
        """Enable what can be used now, and say what undo and redo are about."""
        for record in RECORDS:
            self.by_key[record.key].setEnabled(record.enabled(situation))
        self.by_key["undo"].setText(f"&Undo {situation.undo}" if situation.undo else "&Undo")
        self.by_key["redo"].setText(f"&Redo {situation.redo}" if situation.redo else "&Redo")

    def set_theme(self, theme: Theme, choice: str) -> None:
        """Draw the icons in the theme's colour and mark the chosen theme."""
        for record in RECORDS:
            if record.icon is not None:
                self.by_key[record.key].setIcon(themed_icon(record.icon, theme))
        self.by_key[f"theme_{choice}"].setChecked(True)

    def fill(self, menu: QMenu, record: MenuRecord, special: dict[str, QMenu]) -> None:
        """Put a menu's entries in."""
        menu.setToolTipsVisible(True)
        for entry in record.entries:
            match entry:
                case None:
                    menu.addSeparator()
                case MenuRecord(title):
                    self.fill(menu.addMenu(title), entry, special)
                case str() if entry.startswith("@"):
                    menu.addMenu(special[entry])
                case str():
                    menu.addAction(self.by_key[entry])

    def _join_group(self, name: str, action: QAction, parent: QWidget) -> None:
        group = self._groups.setdefault(name, QActionGroup(parent))
        group.addAction(action)


def _without_argument(handler: Callable[[], None]) -> Callable[[bool], None]:
    def call(checked: bool = False) -> None:
        handler()

    return call
