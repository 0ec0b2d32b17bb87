"""Somebody who knows nothing and tries everything: random mouse, keys, menus and drops, with a seed.

Only what would end the program, leave its own folder or start another program is out of reach.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from app.main_window import MainWindow
from app.scene.viewport import Viewport

FORBIDDEN = ("quit", "chimerax", "coot")  # actions that end the program or start others
T = TypeVar("T")
MOST_IN_A_DIALOG = 25  # events, before it is left with Escape
KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete,
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_F2, Qt.Key.Key_A, Qt.Key.Key_F, Qt.Key.Key_G, Qt.Key.Key_X,
    Qt.Key.Key_Plus, Qt.Key.Key_Minus,
)  # fmt: skip
TYPED = ("0", "7.5", "-3", "1e9", "A=2,B=4", "Å ß 日本", "confidence > 0.5", "")
BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip


class Monkey:
    """Plays with a window, one event at a time."""

    def __init__(self, window: MainWindow, files: Sequence[Path], seed: int) -> None:
        self._window, self._files = window, list(files)
        self._random = np.random.default_rng(seed)
        self._dialog: QWidget | None = None
        self._in_dialog = 0
        self.done: Counter[str] = Counter()
        self._games: tuple[tuple[Callable[[QWidget], None], float], ...] = (
            (self._click, 0.34),
            (self._drag, 0.12),
            (self._press, 0.16),
            (self._type, 0.05),
            (self._wheel, 0.08),
            (self._trigger, 0.16),
            (self._drop, 0.02),
            (self._resize, 0.02),
        )

    def play(self) -> str:
        """One random event; returns its name."""
        place = self._place()
        if isinstance(place, QFileDialog) or self._stays_too_long(place):
            QTest.keyClick(place, Qt.Key.Key_Escape)
            return self._note("leave")
        games, weights = zip(*self._games, strict=True)
        game = games[self._random.choice(len(games), p=np.array(weights) / sum(weights))]
        game(place)
        return self._note(game.__name__.removeprefix("_"))

    def _note(self, name: str) -> str:
        self.done[name] += 1
        return name

    def _place(self) -> QWidget:
        """Where events go: what is in front."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._open_dialog()

    def _open_dialog(self) -> QWidget:
        dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        return self._one(dialogs) if dialogs else self._window

    def _stays_too_long(self, place: QWidget) -> bool:
        if place is self._window:
            self._dialog, self._in_dialog = None, 0
            return False
        self._in_dialog = self._in_dialog + 1 if place is self._dialog else 0
        self._dialog = place
        return self._in_dialog > MOST_IN_A_DIALOG

    def _one(self, things: Sequence[T]) -> T:
        return things[int(self._random.integers(len(things)))]

    def _part(self, place: QWidget) -> QWidget:
        """Something visible in it that can be used; the 3-D view more often than its size among them would have it."""
        parts = [part for part in place.findChildren(QWidget) if part.isVisible() and part.isEnabled()]
        views = [part for part in parts if isinstance(part, Viewport)]
        if views and self._random.random() < 0.15:
            canvases = [part for part in views[0].findChildren(QWidget) if part.isVisible()]
            return self._one(canvases or views)
        return self._one(parts) if parts else place

    def _point(self, part: QWidget) -> QPoint:
        return QPoint(*(int(self._random.integers(max(side, 1))) for side in (part.width(), part.height())))

    def _click(self, place: QWidget) -> None:
        part = place if isinstance(place, QMenu) else self._part(place)
        button, modifier, point = self._one(BUTTONS), self._one(MODIFIERS), self._point(part)
        if isinstance(place, QMenu) and self._forbidden(place.actionAt(point)):
            return
        if self._random.random() < 0.12:
            QTest.mouseDClick(part, button, modifier, point)
        else:
            QTest.mouseClick(part, button, modifier, point)
        if button is Qt.MouseButton.RightButton and not isinstance(place, QMenu):  # the window system's part of it
            QApplication.sendEvent(
                part, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, part.mapToGlobal(point))
            )

    def _drag(self, place: QWidget) -> None:
        part, button = self._part(place), self._one(BUTTONS)
        QTest.mousePress(part, button, self._one(MODIFIERS), self._point(part))
        for _step in range(int(self._random.integers(1, 5))):
            if isValid(part):  # a press may close what was pressed
                QTest.mouseMove(part, self._point(part))
        if isValid(part):
            QTest.mouseRelease(part, button, Qt.KeyboardModifier.NoModifier, self._point(part))

    def _press(self, place: QWidget) -> None:
        part = place if isinstance(place, QMenu) else (QApplication.focusWidget() or place)
        key = self._one(KEYS)
        if isinstance(place, QMenu) and key in (Qt.Key.Key_Return, Qt.Key.Key_Space) and self._forbidden_now(place):
            return
        QTest.keyClick(part, key, self._one(MODIFIERS))

    def _type(self, place: QWidget) -> None:
        part = QApplication.focusWidget() or place
        if isinstance(part, QMenu):
            return
        for letter in self._one(TYPED):  # QTest's own typing ends the program at letters beyond ASCII
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(part, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))

    def _wheel(self, place: QWidget) -> None:
        part = self._part(place)
        point = QPointF(self._point(part))
        turn = QPoint(0, int(self._one((-360, -120, 120, 360))))
        event = QWheelEvent(
            point, part.mapToGlobal(point), QPoint(), turn, Qt.MouseButton.NoButton, self._one(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, event)

    def _trigger(self, place: QWidget) -> None:
        """An entry of a menu, or its shortcut: what the menu bar cannot do behind a dialog is left alone."""
        if place is not self._window:
            return
        records = [key for key, action in self._window.actions_by_key.by_key.items() if action.isEnabled()]
        key = self._one([one for one in records if one not in FORBIDDEN])
        self._window.actions_by_key.by_key[key].trigger()

    def _drop(self, place: QWidget) -> None:
        chosen = [self._one(self._files) for _ in range(int(self._random.integers(1, 3)))]
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in chosen])
        point = QPointF(self._point(self._window))
        for kind in (QDragEnterEvent, QDropEvent):
            position = point.toPoint() if kind is QDragEnterEvent else point
            event = kind(
                position, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            )
            QApplication.sendEvent(self._window, event)

    def _resize(self, place: QWidget) -> None:
        self._window.resize(int(self._random.integers(500, 1600)), int(self._random.integers(400, 1100)))

    def pause(self) -> int:
        """Milliseconds until the next event; now and then there is time for work in the background to end."""
        return int(self._random.integers(20, 200)) if self._random.random() < 0.05 else 0

    def _forbidden(self, action: QAction | None) -> bool:
        keys = self._window.actions_by_key.by_key
        return action is not None and any(action is keys[key] for key in FORBIDDEN)

    def _forbidden_now(self, menu: QMenu) -> bool:
        return self._forbidden(menu.activeAction())
