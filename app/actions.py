"""The actions of the window, made from their records, and what they call."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import themed_icon
from app.records import assembly, clusters, editing, files, fits, guidance, identify, view
from app.records.record import ActionRecord, Situation
from app.theme import Theme

RECORDS: tuple[ActionRecord, ...] = tuple(
    record
    for subject in (files, editing, fits, identify, clusters, assembly, view, guidance)
    for record in subject.RECORDS
)
Handlers = dict[str, Callable[[], None]]


class Actions:
    """The actions made from the records, by key."""

    def __init__(self, parent: QWidget, handlers: Handlers) -> None:
        self.by_key: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for record in RECORDS:
            action = self._make(record, parent)
            action.triggered.connect(_without_argument(handlers[record.key]))
            parent.addAction(action)
            self.by_key[record.key] = action

    def update(self, situation: Situation) -> None:
        """Enable what can be used now, and say what undo and redo are about."""
        for record in RECORDS:
            self.by_key[record.key].setEnabled(record.enabled(situation))
        self.by_key["undo"].setText(f"&Undo {situation.undo}" if situation.undo else "&Undo")
        self.by_key["redo"].setText(f"&Redo {situation.redo}" if situation.redo else "&Redo")

    def set_theme(self, theme: Theme, choice: str) -> None:
        """Draw the icons in the theme's colour and mark the chosen theme."""
        for record in RECORDS:
            if record.icon is not None:
                self.by_key[record.key].setIcon(themed_icon(record.icon, theme))
        self.by_key[f"theme_{choice}"].setChecked(True)

    def _make(self, record: ActionRecord, parent: QWidget) -> QAction:
        action = QAction(record.text, parent)
        action.setToolTip(record.tip)
        action.setStatusTip(record.tip)
        if record.shortcut is not None:
            action.setShortcuts([QKeySequence(key) for key in (record.shortcut, record.also) if key is not None])
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{record.tip} ({keys})")
        if record.group is not None:
            self._join_group(record.group, action, parent)
        action.setCheckable(record.toggle or record.group is not None)
        action.setChecked(record.on)
        return action

    def _join_group(self, name: str, action: QAction, parent: QWidget) -> None:
        group = self._groups.setdefault(name, QActionGroup(parent))
        group.addAction(action)


def _without_argument(handler: Callable[[], None]) -> Callable[[bool], None]:
    def call(checked: bool = False) -> None:
        handler()

    return call
