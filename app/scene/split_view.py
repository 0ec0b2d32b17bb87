"""The 3-D view, and while two things are compared a second one beside it that looks from the same side."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.scene.viewport import Viewport
from app.theme import Colour, qcolour
from app.widgets.labels import ElidedLabel

SWATCH = (14, 14)  # pixels


class Half(QWidget):
    """A view under its name; the name shows only while there are two."""

    def __init__(self, view: Viewport) -> None:
        super().__init__()
        self.view = view
        self.name, self._swatch = ElidedLabel(), QLabel()
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(10, 5, 10, 5)
        head.setSpacing(8)
        head.addWidget(self._swatch)
        head.addWidget(self.name, 1)
        self._head.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(view, 1)

    def show_name(self, name: str, colour: Colour) -> None:
        """Say what is seen here, and in which colour."""
        swatch = QPixmap(*SWATCH)
        swatch.fill(qcolour(colour))
        self._swatch.setPixmap(swatch)
        self.name.setText(name)
        self._head.show()

    def hide_name(self) -> None:
        """There is nothing to tell apart any more."""
        self._head.hide()


class SplitView(QWidget):
    """Two views share one camera: whichever the user turns, the other follows.

    The second view is made when it is first needed and kept: every OpenGL canvas leaves some memory behind.
    """

    def __init__(self, view: Viewport) -> None:
        super().__init__()
        self.first = Half(view)
        self.second: Half | None = None
        self._linked = False  # whether the first view follows the second, too
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.first)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        view.camera_moved.connect(self._follow_first)

    @property
    def is_split(self) -> bool:
        """Whether two views are shown."""
        return self.second is not None and not self.second.isHidden()

    @property
    def views(self) -> list[Viewport]:
        """The views that are shown, from left to right."""
        return [self.first.view, self.second.view] if self.second is not None and self.is_split else [self.first.view]

    def split(self, names: tuple[str, str], colours: tuple[Colour, Colour]) -> Viewport:
        """Show two views of the same size with these names; returns the second one, to be filled before `link`."""
        self._linked = False
        if self.second is None:
            self.second = Half(Viewport())
            self._splitter.addWidget(self.second)
            self.second.view.camera_moved.connect(self._follow_second)
        for half, name, colour in zip((self.first, self.second), names, colours, strict=True):
            half.show_name(name, colour)
        self.second.show()
        self._splitter.setSizes([self.width() // 2] * 2)
        return self.second.view

    def join(self) -> None:
        """Show the first view alone."""
        self._linked = False
        self.first.hide_name()
        if self.second is not None:
            self.second.hide()

    def link(self) -> None:
        """Let the second view look as the first one does, and from now on each follow the other."""
        self._follow_first()
        self._linked = True

    def close_scene(self) -> None:
        """Stop drawing and computing in the second view."""
        if self.second is not None:
            self.second.view.close_scene()

    @Slot()
    def _follow_first(self) -> None:
        if self.second is not None and self.is_split:
            self.second.view.set_camera_state(self.first.view.camera_state())

    @Slot()
    def _follow_second(self) -> None:
        if self.second is not None and self._linked:
            self.first.view.set_camera_state(self.second.view.camera_state())
