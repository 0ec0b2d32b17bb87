"""The last steps as a menu: choosing one goes back, or forth, to where it had just been made."""

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.document import Document

MOST = 20  # steps shown in each direction


class HistoryMenu(QMenu):
    """What can be made again on top, then where we are, then what can be taken back; filled when it opens."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__("&History", parent)
        self._document = document
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        history = self._document.history
        for ahead in range(min(len(history.future), MOST), 0, -1):
            self._add(history.future[-ahead].command.label, ahead)
        for back in range(min(len(history.past), MOST)):
            self._add(history.past[-1 - back].command.label, -back)
        if len(history.past) <= MOST:
            self._add("the beginning", -len(history.past))

    def _add(self, label: str, steps: int) -> QAction:
        action = self.addAction(f"{label[:1].upper()}{label[1:]}", partial(self._document.travel, steps))
        action.setCheckable(True)
        action.setChecked(steps == 0)
        return action
