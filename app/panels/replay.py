"""How a placement was found: a slider over the poses it visited, and a button that plays them."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from app.icons import themed_icon
from app.theme import LIGHT, Theme
from app.widgets.labels import muted
from difffit_core.data.poses import Poses

FRAME_MS = 40  # 25 poses a second
PLAY_MS = 2000  # a whole climb takes about this long


class ReplayBar(QWidget):
    """Emits the pose that is to be shown; None when the structure goes back to its place."""

    pose_asked = Signal(str, object)  # key of the structure, Poses of one pose or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Poses | None = None
        self._structure = ""
        self._theme = LIGHT
        self.play = QToolButton()
        self.play.setToolTip("Show how the structure climbed to this place")
        self.play.setAccessibleName("Play the climb")
        self.play.clicked.connect(self.toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Step of the climb")
        self.slider.setToolTip("Go through the poses that the structure visited on its way")
        self.slider.valueChanged.connect(self._show_step)
        self.text = muted()
        self.text.setMinimumWidth(58)
        self._clock = QTimer(self, interval=FRAME_MS)
        self._clock.timeout.connect(self._advance)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(muted("Climb"))
        layout.addWidget(self.play)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.text)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the theme's colour."""
        self._theme = theme
        self._show_icon()

    @property
    def playing(self) -> bool:
        """Whether the climb is being played."""
        return self._clock.isActive()

    def show_path(self, path: Poses | None, structure: str = "") -> None:
        """Take this climb; the slider stands at its end."""
        self.stop()
        self._path, self._structure = path, structure
        steps = len(path) if path is not None else 0
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, steps - 1))
            self.slider.setValue(max(0, steps - 1))
        self.setEnabled(steps > 1)
        self.text.setText(f"{steps} poses" if steps > 1 else "no path")

    def toggle(self) -> None:
        """Play from the beginning, or stop."""
        if self.playing:
            self.stop()
        elif self._path is not None and len(self._path) > 1:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self._clock.start()
            self._show_icon()

    def stop(self) -> None:
        """Stand still."""
        self._clock.stop()
        self._show_icon()

    def _advance(self) -> None:
        stride = max(1, round(self.slider.maximum() * FRAME_MS / PLAY_MS))
        self.slider.setValue(min(self.slider.maximum(), self.slider.value() + stride))
        if self.slider.value() == self.slider.maximum():
            self.stop()

    def _show_step(self, step: int) -> None:
        if self._path is None:
            return
        last = step == self.slider.maximum()
        self.text.setText(f"{step + 1} of {len(self._path)}")
        self.pose_asked.emit(self._structure, None if last else self._path[[step]])

    def _show_icon(self) -> None:
        self.play.setIcon(themed_icon("pause" if self.playing else "play", self._theme))
