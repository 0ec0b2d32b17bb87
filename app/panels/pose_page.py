"""Moving a copy by numbers, by handles, by keys, and polishing it where it stands."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import themed_icon
from app.pose_numbers import PoseChange, Three
from app.theme import LIGHT, Theme
from app.widgets.labels import ElidedLabel, heading, link_button, muted, rule
from app.widgets.number_box import number_box

NO_COPY = "Choose a copy to move or to polish it."
SETTLED_MS = 600  # numbers that are changed faster than this are one step of undo
NUDGES = {  # by icon: what it does, and x y z on screen (right, up, towards the viewer)
    "arrow-left": ("Left", "Left", (-1, 0, 0)),
    "arrow-right": ("Right", "Right", (1, 0, 0)),
    "arrow-up": ("Up", "Up", (0, 1, 0)),
    "arrow-down": ("Down", "Down", (0, -1, 0)),
    "nearer": ("Towards you", "Page Down", (0, 0, 1)),
    "farther": ("Away from you", "Page Up", (0, 0, -1)),
}


class PosePage(QWidget):
    """Says what is asked for; the desk moves the copy."""

    changed = Signal(object)  # PoseChange since the copy was chosen
    settled = Signal()  # the numbers have rested
    put_back = Signal()
    handles_pressed = Signal()
    nudged = Signal(int, int, int)  # steps on screen: right, up, towards the viewer
    polish_pressed = Signal(float, float)  # Å, degrees

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.title, self.scores, self.hint = heading(""), ElidedLabel(), muted(NO_COPY, wrap=True)
        self.scores.setObjectName("muted")
        self.shift = [self._box("Shift along", axis, " Å", 10_000.0, 0.5) for axis in "xyz"]
        self.turn = [self._box("Turn about", axis, "°", 180.0, 1.0) for axis in "xyz"]
        self.back = link_button("Put back", "Where it stood when you chose it")
        self.back.clicked.connect(self.put_back)
        self._make_moving()
        self._make_polish()
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self.settled)
        self._lay_out()
        self.show_nothing()

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the theme's colour."""
        self._theme = theme
        self.handles.setIcon(themed_icon("handles", theme))
        for name, button in self.nudges.items():
            button.setIcon(themed_icon(name, theme))

    def show_nothing(self) -> None:
        """No copy is chosen."""
        self._about.hide()
        self.hint.show()

    def show_copy(self, name: str, scores: str, change: PoseChange) -> None:
        """Show how a copy stands, and how far it has moved since it was chosen."""
        self.hint.hide()
        self._about.show()
        self.title.setText(name)
        self.scores.setText(scores)
        self.scores.setToolTip(scores)
        for box, value in zip((*self.shift, *self.turn), (*change.shift, *change.turn), strict=True):
            if abs(box.value() - value) > 0.5 * 10 ** -box.decimals():
                with QSignalBlocker(box):
                    box.setValue(value)
        self.back.setEnabled(change != PoseChange())

    def show_handles(self, shown: bool) -> None:
        """Whether the handles are shown in the view."""
        self.handles.setChecked(shown)

    def show_polishing(self, busy: bool, *, possible: bool) -> None:
        """Whether a copy is being polished, and whether one can be."""
        self.polish.setEnabled(possible and not busy)
        self.polish.setText("Polishing …" if busy else "Polish here")

    def _box(self, what: str, axis: str, unit: str, most: float, step: float) -> QDoubleSpinBox:
        box = number_box()
        box.setRange(-most, most)
        box.setDecimals(2 if unit == " Å" else 1)
        box.setSingleStep(step)
        box.setSuffix(unit)
        box.setAccessibleName(f"{what} {axis}")
        box.setToolTip(f"{what} the map's {axis} axis, counted from where the copy stood when you chose it")
        box.valueChanged.connect(self._say_change)
        return box

    def _make_moving(self) -> None:
        self.handles = QToolButton()
        self.handles.setObjectName("segment")
        self.handles.setProperty("place", "only")
        self.handles.setText("Handles")
        self.handles.setCheckable(True)
        self.handles.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.handles.setToolTip("Arrows that shift and rings that turn the copy, in the view (Ctrl+G)")
        self.handles.clicked.connect(self.handles_pressed)
        self.step, self.angle = self._step_box(" Å", 1.0, 0.1, 100.0), self._step_box("°", 5.0, 0.1, 90.0)
        self.nudges: dict[str, QToolButton] = {}
        for name, (what, key, way) in NUDGES.items():
            button = QToolButton()
            button.setAutoRepeat(True)
            button.setToolTip(f"{what} by a step ({key} while the view has the keyboard; with Shift it turns)")
            button.setAccessibleName(f"Nudge {what.lower()}")
            button.clicked.connect(lambda _=False, way=way: self.nudged.emit(*way))
            self.nudges[name] = button

    def _step_box(self, unit: str, value: float, low: float, high: float) -> QDoubleSpinBox:
        box = number_box()
        box.setRange(low, high)
        box.setDecimals(1)
        box.setSuffix(unit)
        box.setValue(value)
        box.setFixedWidth(76)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setAccessibleName("Step of shifts" if unit == " Å" else "Step of turns")
        box.setToolTip("How far one press of a key goes")
        return box

    def _make_polish(self) -> None:
        self.reach, self.tilt = self._step_box(" Å", 3.0, 0.0, 50.0), self._step_box("°", 10.0, 0.0, 180.0)
        for box, what in ((self.reach, "shifts"), (self.tilt, "turns")):
            box.setAccessibleName(f"Polish: largest {what}")
            box.setToolTip("How far the polished copy may be from where it stands")
        self.polish = QPushButton("Polish here")
        self.polish.setToolTip("Search around the copy, and move it there if the map agrees better with it (F6)")
        self.polish.clicked.connect(lambda: self.polish_pressed.emit(self.reach.value(), self.tilt.value()))

    def _lay_out(self) -> None:
        self._about = QWidget()
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(9)
        about.addWidget(self.scores)
        about.addLayout(self._numbers())
        about.addLayout(_row(self.handles, 4, *self.nudges.values(), None))
        about.addLayout(_row(QLabel("One step"), 6, self.step, QLabel("or"), self.angle, None))
        about.addWidget(rule())
        about.addLayout(_row(self.polish, 6, QLabel("within"), self.reach, QLabel("and"), self.tilt, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(5)
        layout.addWidget(self.hint)
        layout.addWidget(self._about)
        layout.addStretch(1)

    def _numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.title, 0, 0)
        for column, axis in enumerate("xyz", start=1):
            label = muted(axis)
            grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignHCenter)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.back, 0, 4)
        for line, (name, boxes) in enumerate((("Shift", self.shift), ("Turn", self.turn)), start=1):
            grid.addWidget(QLabel(name), line, 0)
            for column, box in enumerate(boxes, start=1):
                grid.addWidget(box, line, column)
        return grid

    def _say_change(self) -> None:
        self.changed.emit(PoseChange(_three(self.shift), _three(self.turn)))
        self._settled.start()


def _three(boxes: list[QDoubleSpinBox]) -> Three:
    x, y, z = (box.value() for box in boxes)
    return x, y, z


def _row(*parts: QWidget | int | None) -> QHBoxLayout:
    """Widgets side by side; a number is a gap, None takes what room is left."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        if part is None:
            row.addStretch(1)
        elif isinstance(part, int):
            row.addSpacing(part)
        else:
            row.addWidget(part)
    return row
