"""The open maps and structures: show or hide, colour, close, and choose the current one."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.document import Document
from app.icons import themed_icon
from app.panels.style_menus import style_menu
from app.selection import Selection
from app.theme import LIGHT, Colour, Theme
from app.widgets.colour_button import ColourButton
from app.widgets.labels import ElidedLabel, heading, muted
from difffit_core.document.commands import Command, RemoveMap, RemoveStructure, SetMapStyle, SetStructureStyle
from difffit_core.document.session import MapItem, Session, StructureItem

Item = MapItem | StructureItem


class DataRow(QWidget):
    """One map or structure: eye, swatch, name, detail, close."""

    pressed = Signal(str)
    visibility_toggled = Signal(str, bool)
    colour_chosen = Signal(str, object)
    close_pressed = Signal(str)
    menu_pressed = Signal(str, object)  # key, QPoint on the screen

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._visible = True
        self.setObjectName("dataRow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.eye, self.swatch, self.name, self.detail = QToolButton(), ColourButton(), ElidedLabel(), muted()
        self.close_button, self.more = QToolButton(), QToolButton()
        buttons = ((self.eye, "Show or hide"), (self.more, "How it is drawn"), (self.close_button, "Close"))
        for button, tip in buttons:
            button.setObjectName("row")
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setFixedSize(24, 24)
        self.eye.clicked.connect(lambda: self.visibility_toggled.emit(self.key, not self._visible))
        self.swatch.chosen.connect(lambda colour: self.colour_chosen.emit(self.key, colour))
        self.close_button.clicked.connect(lambda: self.close_pressed.emit(self.key))
        self.more.clicked.connect(
            lambda: self.menu_pressed.emit(self.key, self.mapToGlobal(self.more.geometry().bottomLeft()))
        )
        self._lay_out()

    def show_item(self, name: str, path: str, detail: str, colour: Colour, *, visible: bool) -> None:
        """Show this state of the item."""
        self._visible = visible
        self.name.setText(name)
        self.name.setToolTip(path)
        self.detail.setText(detail)
        self.swatch.set_colour(colour)

    def show_icons(self, theme: Theme) -> None:
        """Draw the icons in the theme's colour."""
        self.eye.setIcon(themed_icon("eye" if self._visible else "eye-off", theme))
        self.more.setIcon(themed_icon("more", theme))
        self.close_button.setIcon(themed_icon("close", theme))

    def show_current(self, current: bool) -> None:
        """Mark the row as the one that other panels are about."""
        if self.property("current") != current:
            self.setProperty("current", current)
            self.style().unpolish(self)
            self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose this item."""
        self.pressed.emit(self.key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu as the button's."""
        self.menu_pressed.emit(self.key, event.globalPos())

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 1, 2, 1)
        layout.setSpacing(3)
        for widget in (self.eye, self.swatch):
            layout.addWidget(widget)
        layout.addSpacing(2)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.more)
        layout.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)


class DataPanel(QWidget):
    """Lists what is open; every click becomes a command."""

    view_asked = Signal(str, str)  # key, what to do in the view alone: see `style_menus`

    def __init__(self, document: Document, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._theme = LIGHT
        self.rows: dict[str, DataRow] = {}
        self._empty = muted("Nothing is open yet.")
        self._maps, self._structures = QVBoxLayout(), QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading("Data"))
        layout.addWidget(self._empty)
        for part in (self._maps, self._structures):
            part.setSpacing(1)
            layout.addLayout(part)
        document.changed.connect(self._follow)
        selection.changed.connect(self._mark_current)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons and the maps' own colour as the theme wants them."""
        self._theme = theme
        self._follow(self._document.session, self._document.session)

    def _follow(self, old: Session, new: Session) -> None:
        items: list[Item] = [*new.maps, *new.structures]
        self._drop_rows_except({item.key for item in items})
        for item in items:
            row = self.rows.get(item.key) or self._add_row(item)
            self._show(row, item)
        self._empty.setVisible(not items)
        self._mark_current()

    def _drop_rows_except(self, keys: set[str]) -> None:
        for key in self.rows.keys() - keys:
            row = self.rows.pop(key)
            row.hide()
            row.deleteLater()

    def _add_row(self, item: Item) -> DataRow:
        row = DataRow(item.key, self)
        row.pressed.connect(self._choose)
        row.visibility_toggled.connect(self._set_visible)
        row.colour_chosen.connect(self._set_colour)
        row.close_pressed.connect(self._close)
        row.menu_pressed.connect(self._show_menu)
        (self._maps if isinstance(item, MapItem) else self._structures).addWidget(row)
        self.rows[item.key] = row
        return row

    def _show(self, row: DataRow, item: Item) -> None:
        detail = map_detail(item) if isinstance(item, MapItem) else f"{len(item.structure):,} atoms"
        row.show_item(item.name, str(item.path), detail, item.colour or self._theme.map_colour, visible=item.visible)
        row.show_icons(self._theme)

    def _show_menu(self, key: str, place: QPoint) -> None:
        self._choose(key)
        menu = self.make_menu(key)
        if menu is not None:
            menu.popup(place)

    def make_menu(self, key: str) -> QMenu | None:
        """How an item can be drawn."""
        session = self._document.session
        item = session.find_map(key) or session.find_structure(key)
        return None if item is None else style_menu(self, item, self._do, self.view_asked.emit)

    def _do(self, command: Command) -> None:
        self._document.do(command)
        self._document.seal()

    def _mark_current(self) -> None:
        session = self._document.session
        current = {
            self._selection.map_key if len(session.maps) > 1 else None,
            self._selection.structure_key if len(session.structures) > 1 else None,
        }
        for key, row in self.rows.items():
            row.show_current(key in current)

    def _is_map(self, key: str) -> bool:
        return self._document.session.find_map(key) is not None

    def _choose(self, key: str) -> None:
        if self._is_map(key):
            self._selection.choose_map(key)
        else:
            self._selection.choose_structure(key)

    def _set_visible(self, key: str, visible: bool) -> None:
        style = SetMapStyle(key, visible=visible) if self._is_map(key) else SetStructureStyle(key, visible=visible)
        self._document.do(style)

    def _set_colour(self, key: str, colour: Colour) -> None:
        style = SetMapStyle(key, colour=colour) if self._is_map(key) else SetStructureStyle(key, colour=colour)
        self._document.do(style)
        self._document.seal()

    def _close(self, key: str) -> None:
        self._document.do(RemoveMap(key) if self._is_map(key) else RemoveStructure(key))


def map_detail(item: MapItem) -> str:
    """Size and voxel size of a map, as short as it can be said."""
    x, y, z = item.volume.shape_xyz
    size = f"{x}³" if x == y == z else f"{x}×{y}×{z}"
    return f"{size} · {item.volume.voxel_size_xyz.mean():.3g} Å"
