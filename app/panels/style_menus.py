"""Menus that say how a map or a structure is drawn."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from difffit_core.document.commands import Command, RemoveMap, RemoveStructure, SetMapStyle, SetStructureStyle
from difffit_core.document.session import MapItem, StructureItem

Value = TypeVar("Value")
Do = Callable[[Command], None]
AskView = Callable[[str, str], None]  # key; `frame`, `slice x`, `slice none`, `zone all`, `zone chosen`, `zone off`

REPRESENTATIONS = {"cartoon": "Cartoon", "tube": "Tube", "sticks": "Sticks", "spheres": "Spheres"}
COLOURINGS = {
    "uniform": "One colour",
    "chain": "Chain",
    "element": "Element",
    "b_factor": "B-factor",
    "plddt": "Model confidence (pLDDT)",
}
MAP_STYLES = {"surface": "Surface", "mesh": "Mesh"}
DUST = {-1.0: "Automatic", 0.0: "Show all islands", 5.0: "Under 5 Å", 10.0: "Under 10 Å", 20.0: "Under 20 Å"}
OPACITIES = {0.15: "15 %", 0.35: "35 %", 0.6: "60 %", 1.0: "Opaque"}
SLICES = {"none": "None", "x": "Across x", "y": "Across y", "z": "Across z"}


def style_menu(parent: QWidget, item: MapItem | StructureItem, do: Do, ask_view: AskView) -> QMenu:
    """The menu of an item's row; it deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    if isinstance(item, MapItem):
        _fill_map_menu(menu, item, do, ask_view)
    else:
        _fill_structure_menu(menu, item, do)
    menu.addSeparator()
    menu.addAction("Show in View", partial(ask_view, item.key, "frame"))
    gone: Command = RemoveMap(item.key) if isinstance(item, MapItem) else RemoveStructure(item.key)
    menu.addAction("Close", partial(do, gone))
    return menu


def _fill_map_menu(menu: QMenu, item: MapItem, do: Do, ask_view: AskView) -> None:
    key = item.key
    _choices(menu, MAP_STYLES, item.style, lambda chosen: do(SetMapStyle(key, style=chosen)))
    menu.addSeparator()
    opacity, dust = menu.addMenu("Opacity"), menu.addMenu("Hide Dust")
    _choices(opacity, OPACITIES, item.opacity, lambda chosen: do(SetMapStyle(key, opacity=chosen)))
    _choices(dust, DUST, item.dust, lambda chosen: do(SetMapStyle(key, dust=chosen)))
    cut = menu.addMenu("Slice")
    for name, title in SLICES.items():
        cut.addAction(title, partial(ask_view, key, f"slice {name}"))
    near = menu.addMenu("Show")
    near.addAction("Everywhere", partial(ask_view, key, "zone off"))
    near.addAction("Only Around the Structures", partial(ask_view, key, "zone all"))
    near.addAction("Only Around the Chosen Structure", partial(ask_view, key, "zone chosen"))
    full = menu.addAction("Full Detail")
    full.setToolTip("Draw every voxel, also of a map so large that it is usually thinned out")
    full.setCheckable(True)
    full.setChecked(item.full_detail)
    full.toggled.connect(lambda wanted: do(SetMapStyle(key, full_detail=wanted)))


def _fill_structure_menu(menu: QMenu, item: StructureItem, do: Do) -> None:
    key = item.key
    _choices(
        menu, REPRESENTATIONS, item.representation, lambda chosen: do(SetStructureStyle(key, representation=chosen))
    )
    menu.addSeparator()
    colouring = menu.addMenu("Colour By")
    _choices(colouring, COLOURINGS, item.colour_by, lambda chosen: do(SetStructureStyle(key, colour_by=chosen)))


def _choices(menu: QMenu, titles: dict[Value, str], chosen: Value, choose: Callable[[Value], None]) -> None:
    group = QActionGroup(menu)
    for value, title in titles.items():
        action = QAction(title, menu)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.triggered.connect(lambda _=False, value=value: choose(value))
        group.addAction(action)
        menu.addAction(action)
