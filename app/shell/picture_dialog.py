"""How large a picture or a movie is to be, and what it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.widgets.number_box import integer_box

LARGEST = 8192  # pixels
SAMPLES = {"as on screen": 8, "smooth": 16, "smoothest": 36}  # pictures averaged, each shifted by part of a pixel
MOVIES = {"Animated GIF": "gif", "PNG pictures in a folder": "png"}


@dataclass(frozen=True)
class PictureWish:
    """A picture as it was asked for."""

    width: int  # pixels
    height: int
    transparent: bool
    overlays: bool
    samples: int


@dataclass(frozen=True)
class MovieWish:
    """A full turn as it was asked for."""

    width: int  # pixels
    height: int
    frames: int
    transparent: bool
    kind: str  # `gif` or `png`


class PictureDialog(QDialog):
    """For a picture."""

    asked = Signal(object)  # PictureWish

    def __init__(self, size: QSize, parent: QWidget | None = None) -> None:
        """`size` (pixels) is that of the view on screen."""
        super().__init__(parent)
        self.sizes = SizeBoxes(size)
        self.transparent = QCheckBox("Transparent background")
        self.overlays = QCheckBox("With axes, scale bar and legend")
        self.samples = QComboBox()
        for title, count in SAMPLES.items():
            self.samples.addItem(title, count)
        self.samples.setCurrentIndex(1)
        rows: list[tuple[str, QWidget]] = [
            ("Size", self.sizes),
            ("Edges", self.samples),
            ("", self.transparent),
            ("", self.overlays),
        ]
        _lay_out(self, "Save image", rows, "Save …", self._ask)

    def _ask(self) -> None:
        wish = PictureWish(
            self.sizes.width_box.value(),
            self.sizes.height_box.value(),
            self.transparent.isChecked(),
            self.overlays.isChecked(),
            self.samples.currentData(),
        )
        self.accept()
        self.asked.emit(wish)


class MovieDialog(QDialog):
    """For a turntable movie."""

    asked = Signal(object)  # MovieWish

    def __init__(self, size: QSize, parent: QWidget | None = None) -> None:
        """`size` (pixels) is that of the view on screen."""
        super().__init__(parent)
        self.sizes = SizeBoxes(size)
        self.frames = integer_box()
        self.frames.setRange(4, 720)
        self.frames.setValue(90)
        self.frames.setSuffix(" pictures")
        self.transparent = QCheckBox("Transparent background")
        self.kind = QComboBox()
        for title, kind in MOVIES.items():
            self.kind.addItem(title, kind)
        rows: list[tuple[str, QWidget]] = [
            ("Size", self.sizes),
            ("One turn in", self.frames),
            ("As", self.kind),
            ("", self.transparent),
        ]
        _lay_out(self, "Save movie", rows, "Save …", self._ask)

    def _ask(self) -> None:
        wish = MovieWish(
            self.sizes.width_box.value(),
            self.sizes.height_box.value(),
            self.frames.value(),
            self.transparent.isChecked(),
            self.kind.currentData(),
        )
        self.accept()
        self.asked.emit(wish)


class SizeBoxes(QWidget):
    """Width and height in pixels; the shape of the view is kept."""

    def __init__(self, size: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = size.width() / max(1, size.height())
        self.width_box, self.height_box = self._box("Width", size.width()), self._box("Height", size.height())
        self.width_box.valueChanged.connect(lambda width: self._follow(self.height_box, width / self._shape))
        self.height_box.valueChanged.connect(lambda height: self._follow(self.width_box, height * self._shape))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.width_box, 1)
        row.addWidget(QLabel("×"))
        row.addWidget(self.height_box, 1)

    def _box(self, name: str, value: int) -> QSpinBox:
        box = integer_box()
        box.setRange(16, LARGEST)
        box.setValue(value)
        box.setSuffix(" px")
        box.setAccessibleName(f"{name} of the picture")
        return box

    def _follow(self, other: QSpinBox, value: float) -> None:
        other.blockSignals(True)
        other.setValue(round(value))
        other.blockSignals(False)


def _lay_out(
    dialog: QDialog, title: str, rows: list[tuple[str, QWidget]], button: str, ask: Callable[[], None]
) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    form = QFormLayout()
    form.setHorizontalSpacing(14)
    form.setVerticalSpacing(9)
    for name, widget in rows:
        form.addRow(name, widget)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    buttons.addButton(button, QDialogButtonBox.ButtonRole.AcceptRole).setProperty("role", "primary")
    buttons.accepted.connect(ask)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(18, 16, 18, 14)
    layout.setSpacing(14)
    layout.addLayout(form)
    layout.addWidget(buttons)
    dialog.setMinimumWidth(380)
