"""Every action by typing a part of its name."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

WIDTH, HEIGHT = 520, 380  # pixels
BELOW_TOP = 70  # pixels


class CommandPalette(QDialog):
    """A box to type in over a list of what fits; Enter does it."""

    def __init__(self, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        self._actions = [action for action in actions if action.text() and action.isEnabled()]
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type what you want to do")
        self.search.setAccessibleName("Search commands")
        self.search.textChanged.connect(self._list)
        self.search.returnPressed.connect(self._do)
        self.search.installEventFilter(self)
        self.found = QListWidget()
        self.found.setAccessibleName("Commands")
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.itemClicked.connect(self._do)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.search)
        layout.addWidget(self.found)
        self.resize(WIDTH, HEIGHT)
        top = parent.mapToGlobal(QPoint(parent.width() // 2, BELOW_TOP))
        self.move(top.x() - WIDTH // 2, top.y())
        self._list("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down move in the list while the box keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                row = min(max(0, self.found.currentRow() + step), self.found.count() - 1)
                self.found.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)

    def _list(self, text: str) -> None:
        self.found.clear()
        ranked = sorted((rank, number) for number, action in enumerate(self._actions) if (rank := score(action, text)))
        for _, number in ranked:
            action = self._actions[number]
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(action.icon(), plain(action.text()) + (f"    {keys}" if keys else ""))
            item.setToolTip(action.statusTip())
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    def _do(self) -> None:
        item = self.found.currentItem()
        self.close()
        if item is not None:
            self._actions[item.data(Qt.ItemDataRole.UserRole)].trigger()


def plain(text: str) -> str:
    """An action's text as it is read: without the mark of its mnemonic and the dots."""
    return text.replace("&", "").removesuffix(" …")


def score(action: QAction, text: str) -> int:
    """How well an action fits what was typed, 1 the best; 0 when it does not."""
    wanted, name = text.lower().split(), plain(action.text()).lower()
    if not wanted:
        return 1
    everything = f"{name} {action.statusTip().lower()}"
    if not all(word in everything for word in wanted):
        return 0
    if name.startswith(wanted[0]):
        return 1
    return 2 if all(word in name for word in wanted) else 3
