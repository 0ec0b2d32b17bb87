"""How explained density is taken out: mode, level, radius, a preview, and the way back."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.density_preview import GOES_COLOUR
from app.panels.numbers import decimals_for
from app.removing import RemovalWish
from app.theme import LIGHT, Colour, Theme, qcolour
from app.widgets.labels import heading, link_button, muted
from app.widgets.number_box import number_box
from app.widgets.segments import Segments
from difffit_core.data.removal import MODES

NO_COPIES = "Accept a placement first: what its copy explains can then be taken out of the map."
MODE_TIPS = {
    "zero": "What is explained becomes solvent: nothing is left there to be found again",
    "subtract": "The density simulated from the copy is subtracted: what it does not explain stays",
}
LARGEST_RADIUS = 20.0  # Å


class DensityPage(QWidget):
    """The wish of the user; the desk shows the preview and takes the density out."""

    changed = Signal()  # the wish, or whether a preview is to be seen
    remove_pressed = Signal()
    restore_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._map_level = 0.0  # map units
        self.title, self.hint = heading(""), muted(NO_COPIES, wrap=True)
        self.mode = Segments({name: MODE_TIPS[name] for name in MODES}, MODES[0])
        self._make_numbers()
        self.preview = QCheckBox("Preview")
        self.preview.setChecked(True)
        self.preview.setToolTip("Show in the view what would go and what would stay; nothing is changed by it")
        self.goes_swatch, self.stays_swatch = QLabel(), QLabel()
        self.share = muted(wrap=True)
        self._make_buttons()
        self._lay_out()
        for signal in (self.mode.changed, self.level.valueChanged, self.radius.valueChanged, self.preview.toggled):
            signal.connect(self._say_changed)
        self.set_theme(LIGHT)
        self.show_copies(0, "", can_restore=False)

    @property
    def wish(self) -> RemovalWish:
        """What the page says now; the map's own level counts as none."""
        level = None if self._follows_map else self.level.value()
        return RemovalWish(self.mode.chosen, self.radius.value() or None, level)

    def set_theme(self, theme: Theme) -> None:
        """Explain the preview in the theme's colours."""
        self._theme = theme
        self.goes_swatch.setPixmap(_swatch(GOES_COLOUR))
        self.stays_swatch.setPixmap(_swatch(theme.map_colour))

    def show_copies(self, count: int, names: str, *, can_restore: bool) -> None:
        """Say whose density it is about."""
        self.hint.setVisible(count == 0)
        self._about.setVisible(count > 0)
        self.title.setText(f"Density of {names}")
        self.title.setToolTip(names)
        self.restore.setEnabled(can_restore)

    def show_level(self, level: float) -> None:
        """The level of the map (map units), which is used until the user asks for another."""
        follows, self._map_level = self._follows_map, level
        with QSignalBlocker(self.level):
            self.level.setDecimals(decimals_for(abs(level) / 1000 or 1.0))
            self.level.setSingleStep(abs(level) / 20 or 0.1)
            if follows:
                self.level.setValue(level)
        self.as_map.setEnabled(not self._follows_map)

    def show_share(self, text: str) -> None:
        """What the preview found, in words."""
        self.share.setText(text)

    def show_possible(self, possible: bool) -> None:
        """Whether there is density to take out, and nothing else is being taken out."""
        self.remove.setEnabled(possible)

    def showEvent(self, event: QShowEvent) -> None:
        """The preview is shown while the page is seen."""
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The preview goes with the page."""
        self.changed.emit()

    @property
    def _follows_map(self) -> bool:
        return abs(self.level.value() - round(self._map_level, self.level.decimals())) < 10 ** -(
            self.level.decimals() + 1
        )

    def _make_numbers(self) -> None:
        self.level, self.radius = number_box(), number_box()
        self.level.setRange(-1e9, 1e9)
        self.level.setDecimals(4)
        self.level.setAccessibleName("Level of explained density")
        self.level.setToolTip("Density simulated from the copy counts as explained where it is above this level")
        self.as_map = link_button("as the map", "Use the contour level of the map")
        self.as_map.clicked.connect(lambda: self.level.setValue(self._map_level))
        self.radius.setRange(0.0, LARGEST_RADIUS)
        self.radius.setDecimals(1)
        self.radius.setSingleStep(0.5)
        self.radius.setSuffix(" Å")
        self.radius.setSpecialValueText("automatic")
        self.radius.setAccessibleName("Mask radius")
        self.radius.setToolTip(
            "Automatic: where the density simulated from the copy is above the level, and within 2 Å of an atom;\n"
            "a neighbour that touches it keeps its own. A number: everything this near to an atom."
        )
        self.automatic = link_button("automatic", "Let the simulated density say how far the copy reaches")
        self.automatic.clicked.connect(lambda: self.radius.setValue(0.0))
        self.automatic.setEnabled(False)

    def _make_buttons(self) -> None:
        self.remove, self.restore = QPushButton("Remove density"), QPushButton("Restore")
        self.remove.setToolTip("Take it out; what remains of the map is fitted into from then on (Ctrl+Shift+D)")
        self.restore.setToolTip("Put the density of these copies back, bit for bit")
        self.remove.clicked.connect(self.remove_pressed)
        self.restore.clicked.connect(self.restore_pressed)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(7)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Mode", self.mode)
        form.addRow("Level", _beside(self.level, self.as_map))
        form.addRow("Mask radius", _beside(self.radius, self.automatic))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.remove)
        buttons.addWidget(self.restore)
        buttons.addStretch(1)
        self._about = QWidget()
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(9)
        about.addWidget(self.title)
        about.addLayout(form)
        about.addLayout(self._legend())
        about.addWidget(self.share)
        about.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.hint)
        layout.addWidget(self._about)
        layout.addStretch(1)

    def _legend(self) -> QHBoxLayout:
        legend = QHBoxLayout()
        legend.setSpacing(6)
        legend.addWidget(self.preview)
        legend.addSpacing(10)
        for swatch, text in ((self.goes_swatch, "goes"), (self.stays_swatch, "stays")):
            legend.addWidget(swatch)
            legend.addWidget(muted(text))
            legend.addSpacing(6)
        legend.addStretch(1)
        return legend

    def _say_changed(self, *_: object) -> None:
        self.as_map.setEnabled(not self._follows_map)
        self.automatic.setEnabled(self.radius.value() > 0)
        self.changed.emit()


def _beside(field: QWidget, link: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(field, 1)
    row.addWidget(link)
    return row


def _swatch(colour: Colour) -> QPixmap:
    pixmap = QPixmap(11, 11)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.fill(qcolour(colour))
    return pixmap
