"""Moving a copy: by numbers, by the handles in the view, by keys, and polishing it where it stands."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from scipy.spatial.transform import Rotation

from app.actions import Handlers
from app.controller import Controller
from app.copy_scoring import CopyScoring, ScoreTable
from app.panels.assembly import AssemblyPanel
from app.panels.numbers import fixed
from app.panels.pose_page import SETTLED_MS
from app.polishing import Polishing
from app.pose_numbers import PoseChange, carried, change_between, changed, place_of
from app.scene.handles import turn_about
from app.scene.viewport import Viewport
from difffit_core.document.copies import CopyItem, Rows, rows_of
from difffit_core.document.copy_commands import MoveCopy
from difffit_core.document.session import Session
from difffit_core.errors import SettingsError

Matrix = Float64[ndarray, "3 4"]
KEYS = {  # on screen: right, up, towards the viewer
    Qt.Key.Key_Left: (-1, 0, 0),
    Qt.Key.Key_Right: (1, 0, 0),
    Qt.Key.Key_Up: (0, 1, 0),
    Qt.Key.Key_Down: (0, -1, 0),
    Qt.Key.Key_PageUp: (0, 0, -1),
    Qt.Key.Key_PageDown: (0, 0, 1),
}


class PoseDesk(QObject):
    """Between the page of numbers, the handles and the document; moves that follow each other closely are one step."""

    changed = Signal()  # handles were shown or hidden, polishing has begun or ended
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, controller: Controller, viewport: Viewport, panel: AssemblyPanel) -> None:
        super().__init__()
        self._document, self._view = controller.document, viewport
        self._fitting, self._panel, self._page = controller.fitting, panel, panel.pose
        self.scoring = CopyScoring(controller.document, controller.tasks)
        self.polishing = Polishing(controller.document)
        self.handles_shown = False
        self._copy: str | None = None
        self._before: Matrix = np.eye(3, 4)  # where the copy stood when it was chosen
        self._pressed: Matrix | None = None  # where it stood when a handle was taken
        self._rest = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._rest.timeout.connect(self._document.seal)
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {"handles": self.toggle_handles, "polish": self._polish_as_shown}

    def toggle_handles(self) -> None:
        """Show handles around the chosen copy, or none."""
        self.handles_shown = not self.handles_shown
        self._show_handles()
        self.changed.emit()

    def nudge(self, right: int, up: int, nearer: int, *, turn: bool = False) -> None:
        """A step along, or a turn about, a direction on screen."""
        copy = self._item
        if copy is None:
            return
        x, y, z, w = self._view.camera_state().orientation_xyzw
        way = Rotation.from_quat((x, y, z, w)).inv().apply([right, up, nearer])
        if turn:
            angle = np.radians(self._page.angle.value())
            motion = turn_about(self._centre(copy), angle * self._turning_axis(right, up, nearer))
        else:
            motion = np.column_stack([np.eye(3), self._page.step.value() * way])
        self._move(carried(motion, copy.matrix))

    def polish(self, shift: float, angle: float) -> None:
        """Search within so many Å and degrees of where the chosen copy stands."""
        copy = self._item
        if copy is not None and not self._fitting.busy:
            try:
                self.polishing.start(copy, shift=shift, angle=angle)
            except SettingsError as error:
                self.failed.emit(error)

    def show_situation(self) -> None:
        """A fit has begun or ended."""
        self._page.show_polishing(self.polishing.busy, possible=not self._fitting.busy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow and page keys move the copy while the view has the keyboard and the handles are shown."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or not self.handles_shown:
            return False
        way = KEYS.get(Qt.Key(event.key()))
        usual = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if way is None or usual or self._item is None:
            return False
        self.nudge(*way, turn=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return True

    @property
    def _item(self) -> CopyItem | None:
        return self._document.session.find_copy(self._copy)

    def _connect(self) -> None:
        self._panel.chosen_changed.connect(self._choose)
        self._page.changed.connect(self._take_numbers)
        self._page.settled.connect(self._document.seal)
        self._page.put_back.connect(self._put_back)
        self._page.handles_pressed.connect(self.toggle_handles)
        self._page.nudged.connect(self.nudge)
        self._page.polish_pressed.connect(self.polish)
        self._view.handles.moved.connect(self._drag)
        self._view.handles.released.connect(self._release)
        self._view.watch_keys(self)
        self.scoring.scored.connect(self._show)
        self.polishing.changed.connect(self.changed)
        self.polishing.message.connect(self.message)
        self.polishing.failed.connect(self.failed)
        self._document.changed.connect(self._follow)

    def _choose(self) -> None:
        """Another copy is current: what is moved from now on counts from where it stands."""
        if self._panel.current != self._copy:
            self._copy = self._panel.current
            copy = self._item
            self._before = copy.matrix if copy is not None else np.eye(3, 4)
        self._show()
        self._show_handles()

    def _follow(self, old: Session, new: Session) -> None:
        if old.copies != new.copies:
            self._show()
            self._show_handles()

    def _show(self) -> None:
        copy = self._item
        item = self._document.session.find_structure(copy.structure) if copy else None
        if copy is None or item is None:
            self._page.show_nothing()
            return
        self.scoring.want(copy.key)
        change = change_between(self._before, copy.matrix, item.structure.centroid_xyz)
        self._page.show_copy(copy.name, described(self.scoring.scores_of(copy), copy), rounded(change))

    def _show_handles(self) -> None:
        copy = self._item
        self._page.show_handles(self.handles_shown)
        if copy is not None and self.handles_shown and copy.visible:
            self._view.handles.show(self._centre(copy))
        else:
            self._view.handles.hide()

    def _centre(self, copy: CopyItem) -> Float64[ndarray, "3"]:
        item = self._document.session.find_structure(copy.structure)
        return place_of(copy.matrix, item.structure.centroid_xyz) if item is not None else copy.matrix[:, 3]

    def _turning_axis(self, right: int, up: int, nearer: int) -> Float64[ndarray, "3"]:
        """Left and right turn about the vertical, up and down about the horizontal, as if the copy were rolled."""
        x, y, z, w = self._view.camera_state().orientation_xyzw
        return Rotation.from_quat((x, y, z, w)).inv().apply([-up, right, nearer])

    def _take_numbers(self, change: PoseChange) -> None:
        copy = self._item
        item = self._document.session.find_structure(copy.structure) if copy else None
        if item is not None:
            self._move(changed(self._before, change, item.structure.centroid_xyz))

    def _put_back(self) -> None:
        self._document.seal()
        self._move(self._before)
        self._document.seal()

    def _drag(self, motion: Matrix) -> None:
        copy = self._item
        if copy is None:
            return
        if self._pressed is None:
            self._document.seal()
            self._pressed = copy.matrix
        self._document.do(MoveCopy(copy.key, rows_of(carried(motion, self._pressed))))

    def _release(self) -> None:
        self._pressed = None
        self._document.seal()

    def _move(self, matrix: Matrix) -> None:
        copy = self._item
        if copy is not None:
            place: Rows = rows_of(matrix)
            self._document.do(MoveCopy(copy.key, place))
            self._rest.start()

    def _polish_as_shown(self) -> None:
        self.polish(self._page.reach.value(), self._page.tilt.value())


def described(scores: ScoreTable | None, copy: CopyItem) -> str:
    """The most telling metrics on one line."""
    if scores is None:
        return "Correlation about mean …"
    known, parts = dict(scores), []
    if "correlation_about_mean" in known:
        parts.append(f"Correlation about mean {fixed(known['correlation_about_mean'], 3)}")
    if "fraction_inside" in known:
        parts.append(f"inside {fixed(100 * known['fraction_inside'], 0)} %")
    if copy.confidence is not None:
        parts.append(f"confidence {fixed(100 * copy.confidence, 0)} %")
    return " · ".join(parts)


def rounded(change: PoseChange) -> PoseChange:
    """Without the last digits of a calculation: what has not moved has not moved at all."""
    x, y, z = (round(value, 6) + 0.0 for value in change.shift)
    a, b, c = (round(value, 6) + 0.0 for value in change.turn)
    return PoseChange((x, y, z), (a, b, c))
