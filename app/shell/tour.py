"""Three steps for the first start: open the sample, fit it, look at what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets.labels import heading, link_button, muted

WIDTH, GAP = 300, 14  # pixels


@dataclass(frozen=True)
class Step:
    """What the card says, beside which widget, and what its button does."""

    title: str
    text: str
    button: str
    beside: QWidget
    act: Callable[[], None]


class TourCard(QFrame):
    """A card that goes from widget to widget; the window stays usable all the time."""

    ended = Signal()

    def __init__(self, steps: list[Step], window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour")
        self.setAccessibleName("Tour")
        self._steps, self._number = steps, 0
        self.count, self.title, self.text = muted(), heading(""), QLabel()
        self.text.setWordWrap(True)
        self.next = QPushButton()
        self.next.setProperty("role", "primary")
        self.next.clicked.connect(self._go_on)
        self.skip = link_button("Skip the tour", "The Help menu has it, too")
        self.skip.clicked.connect(self.end)
        foot = QHBoxLayout()
        foot.addWidget(self.skip)
        foot.addStretch()
        foot.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 13, 16, 13)
        layout.setSpacing(7)
        for widget in (self.count, self.title, self.text):
            layout.addWidget(widget)
        layout.addLayout(foot)
        self.setFixedWidth(WIDTH)
        window.installEventFilter(self)
        self._show_step()

    def end(self) -> None:
        """Take the card away."""
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the widget when the window changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Stand beside the step's widget, inside the window."""
        window, target = self.parentWidget(), self._steps[self._number].beside
        if window is None or not target.isVisible():
            return
        room = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        self.adjustSize()
        x, y = room.right() + GAP, room.center().y() - self.height() // 2
        if room.bottom() + GAP + self.height() < window.height() - GAP:
            x, y = room.center().x() - self.width() // 2, room.bottom() + GAP
        elif x + self.width() > window.width():
            x = room.left() - GAP - self.width()
        x = min(max(GAP, x), window.width() - self.width() - GAP)
        self.move(x, min(max(GAP, y), window.height() - self.height() - GAP))
        self.raise_()

    def _show_step(self) -> None:
        step = self._steps[self._number]
        self.count.setText(f"Step {self._number + 1} of {len(self._steps)}")
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.next.setText(step.button)
        self.show()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.place()

    def _go_on(self) -> None:
        self._steps[self._number].act()
        self._number += 1
        if self._number == len(self._steps):
            self._number -= 1
            self.end()
        else:
            self._show_step()
