"""What to fit and how: map, structures, preset, resolution, options, and the button that starts and cancels."""

from collections.abc import Container
from dataclasses import dataclass, field, fields
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.document import Document
from app.icons import themed_icon
from app.selection import Selection
from app.theme import LIGHT, Colour, Theme, qcolour
from app.widgets.arranged import plain_form
from app.widgets.labels import heading, link_button
from app.widgets.number_box import number_box
from app.widgets.segments import Segments
from app.widgets.settings_form import SettingsForm
from difffit_core.data.poses import Poses
from difffit_core.data.region import Region
from difffit_core.document.session import MapItem, Session, StructureItem
from difffit_core.settings import PRESETS, FitSettings

PRESET_TIPS = {
    "fast": "A quick look: fewer rotations and starts",
    "balanced": "Finds almost everything; the one to begin with",
    "exhaustive": "Many more rotations and starts, for crowded maps and large structures",
    "paper": "The published method (Luo et al. 2025) from random starts, to compare with",
}
SHOWN_ABOVE = ("resolution", "level", "preset")  # every other setting is an option
ROWS_SHOWN = 4  # of the list of structures; more of them scroll


@dataclass(frozen=True)
class FitRequest:
    """What the user wants fitted."""

    map: str
    structures: tuple[str, ...]
    settings: FitSettings
    near: Poses | None = field(default=None, compare=False)  # search only around this pose
    region: Region | None = field(default=None, compare=False)  # search only here


class FitPanel(QWidget):
    """The form; `request` is what the form says now."""

    changed = Signal()

    def __init__(self, document: Document, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._theme = LIGHT
        self.waits_for = ""  # what runs and has to end before a fit can start, for a person
        self._resolutions: dict[str, float] = {}  # the user's own, by map
        self._listed: list[tuple[str, Colour, bool]] | None = None  # what the list of structures shows
        self._make_widgets()
        self._lay_out()
        document.changed.connect(self._follow)
        selection.changed.connect(self._follow_selection)
        self._follow(document.session, document.session)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the theme's colour."""
        self._theme = theme
        self._show_options(self.disclosure.isChecked())

    @property
    def request(self) -> FitRequest | None:
        """What to fit, or None while something is missing; a bad setting raises SettingsError."""
        item, structures = self._map, self._checked()
        return FitRequest(item.key, tuple(structures), self.settings) if item is not None and structures else None

    @property
    def settings(self) -> FitSettings:
        """How to fit into the map, whatever the structures; a bad setting raises SettingsError."""
        item = self._map
        chosen: dict[str, Any] = self.options.values() | {
            "preset": self.presets.chosen,
            "resolution": self.resolution.value() if item is not None else None,
            "level": item.contour_level if item is not None else None,
        }
        return FitSettings(**chosen)

    @property
    def map_key(self) -> str | None:
        """The map to fit into."""
        return self._map.key if self._map is not None else None

    @property
    def summary(self) -> str:
        """Map, resolution and contour level in a line."""
        item = self._map
        return (
            f"{item.name} · {self.resolution.value():g} Å · level {item.contour_level:.3g}" if item is not None else ""
        )

    def tick_only(self, keys: Container[str]) -> None:
        """Tick these structures and no others."""
        for key, row in self._rows().items():
            row.setCheckState(Qt.CheckState.Checked if key in keys else Qt.CheckState.Unchecked)

    @property
    def ticked(self) -> int:
        """How many structures are to be fitted."""
        return len(self._checked())

    @property
    def structure_keys(self) -> tuple[str, ...]:
        """The structures that are ticked."""
        return tuple(self._checked())

    @property
    def missing(self) -> str:
        """What is still needed before a fit can start, for a person; empty when nothing is."""
        session = self._document.session
        if self.waits_for:
            return self.waits_for
        if not session.maps:
            return "Open a map to fit into."
        if not session.structures:
            return "Open a structure to fit."
        return "" if self._checked() else "Tick at least one structure."

    @property
    def _map(self) -> MapItem | None:
        return self._document.session.find_map(self.map.currentData())

    def _make_widgets(self) -> None:
        self._make_choices()
        self._make_resolution()
        self._make_options()

    def _make_choices(self) -> None:
        self.map = QComboBox()
        self.map.setToolTip("The map to place the structures in")
        self.map.setMinimumContentsLength(8)
        self.map.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.map.currentIndexChanged.connect(self._choose_map)
        self.structures = QListWidget()
        self.structures.setObjectName("choices")
        self.structures.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.structures.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.structures.setIconSize(QSize(10, 10))
        self.structures.setToolTip("The ticked structures are fitted one after the other")
        self.structures.itemChanged.connect(self._say_changed)
        self.presets = Segments({name: PRESET_TIPS.get(name, name) for name in PRESETS}, "balanced")

    def _make_resolution(self) -> None:
        self.resolution = number_box()
        self.resolution.setRange(0.5, 100.0)
        self.resolution.setSingleStep(0.5)
        self.resolution.setSuffix(" Å")
        self.resolution.setToolTip("Resolution of the map as published (FSC); the structure is blurred to it")
        self.resolution.valueChanged.connect(self._keep_resolution)
        self.suggestion = link_button("suggested", "Go back to the resolution estimated from the map")
        self.suggestion.clicked.connect(self._take_suggestion)

    def _make_options(self) -> None:
        self.options = SettingsForm(FitSettings, [f.name for f in fields(FitSettings) if f.name not in SHOWN_ABOVE])
        self.presets.changed.connect(self._show_options_of)
        self.presets.changed.connect(self._say_changed)
        self.options.changed.connect(self._say_changed)
        self._show_options_of(self.presets.chosen)
        self.disclosure = QToolButton()
        self.disclosure.setText("Options")
        self.disclosure.setCheckable(True)
        self.disclosure.setObjectName("disclosure")
        self.disclosure.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.disclosure.setIconSize(QSize(12, 12))
        self.disclosure.toggled.connect(self._show_options)
        self.reset = link_button("Reset", "Go back to the defaults")
        self.reset.clicked.connect(self.options.reset)

    def _lay_out(self) -> None:
        resolution = QHBoxLayout()
        resolution.setSpacing(10)
        resolution.addWidget(self.resolution, 1)
        resolution.addWidget(self.suggestion)
        form = plain_form()
        form.addRow("Map", self.map)
        form.addRow("Structures", self.structures)
        form.addRow(self.presets)
        form.addRow("Resolution", resolution)
        opener = QHBoxLayout()
        opener.addWidget(self.disclosure)
        opener.addStretch()
        opener.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(heading("Fit"))
        layout.addLayout(form)
        layout.addLayout(opener)
        layout.addWidget(self.options)
        self._show_options(False)

    def _show_options(self, shown: bool) -> None:
        self.disclosure.setIcon(themed_icon("chevron-down" if shown else "chevron-right", self._theme))
        self.options.setVisible(shown)
        self.reset.setVisible(shown)

    def _show_options_of(self, preset: str) -> None:
        """What only the published method knows is asked for only with it."""
        names = self.options.values()
        self.options.show_only(name for name in names if preset == "paper" or not name.startswith("paper_"))

    def _follow(self, old: Session, new: Session) -> None:
        if self._shown_maps() != [item.key for item in new.maps]:
            self._list_maps(new)
        looks = [(item.key, item.colour, item.visible) for item in new.structures]
        if looks != self._listed:
            self._listed = looks
            self._list_structures(new)
        self._follow_selection()

    def _follow_selection(self) -> None:
        row = self.map.findData(self._selection.map_key)
        if row >= 0:
            self.map.setCurrentIndex(row)
        self._show_resolution()
        self._say_changed()

    def _shown_maps(self) -> list[str]:
        return [self.map.itemData(row) for row in range(self.map.count())]

    def _list_maps(self, session: Session) -> None:
        with QSignalBlocker(self.map):
            self.map.clear()
            for item in session.maps:
                self.map.addItem(item.name, item.key)
        self.map.setEnabled(bool(session.maps))

    def _list_structures(self, session: Session) -> None:
        known = {key: item.checkState() for key, item in self._rows().items()}
        with QSignalBlocker(self.structures):
            self.structures.clear()
            for item in session.structures:
                self.structures.addItem(_structure_row(item, known.get(item.key, Qt.CheckState.Checked)))
        rows = min(ROWS_SHOWN, max(1, len(session.structures)))
        height = max(self.structures.sizeHintForRow(0), self.fontMetrics().height() + 6)
        self.structures.setFixedHeight(rows * height + 8)

    def _rows(self) -> dict[str, QListWidgetItem]:
        items = [self.structures.item(row) for row in range(self.structures.count())]
        return {item.data(Qt.ItemDataRole.UserRole): item for item in items}

    def _checked(self) -> list[str]:
        return [key for key, item in self._rows().items() if item.checkState() == Qt.CheckState.Checked]

    def _choose_map(self) -> None:
        self._selection.choose_map(self.map.currentData())
        self._show_resolution()

    def _show_resolution(self) -> None:
        item = self._map
        self.suggestion.setEnabled(item is not None)
        self.resolution.setEnabled(item is not None)
        self.resolution.setSpecialValueText("" if item else "–")
        if item is None:
            self.suggestion.setText("suggested")
            with QSignalBlocker(self.resolution):
                self.resolution.setValue(self.resolution.minimum())
            return
        self.suggestion.setText(f"suggested {item.suggested_resolution:.3g} Å")
        with QSignalBlocker(self.resolution):
            self.resolution.setValue(self._resolutions.get(item.key, item.suggested_resolution))

    def _keep_resolution(self, resolution: float) -> None:
        if item := self._map:
            self._resolutions[item.key] = resolution
        self._say_changed()

    def _take_suggestion(self) -> None:
        if item := self._map:
            self._resolutions.pop(item.key, None)
            self._show_resolution()

    def _say_changed(self) -> None:
        self.changed.emit()


def _structure_row(item: StructureItem, state: Qt.CheckState) -> QListWidgetItem:
    swatch = QPixmap(10, 10)
    swatch.fill(qcolour(item.colour) if item.visible else QColor(0, 0, 0, 0))
    row = QListWidgetItem(QIcon(swatch), item.name)
    row.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    row.setCheckState(state)
    row.setData(Qt.ItemDataRole.UserRole, item.key)
    row.setToolTip(str(item.path))
    return row
