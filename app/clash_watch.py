"""Clashes of the copies of a map, found in the pool a moment after the assembly has changed."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.tasks import Tasks
from difffit_core.data.placed import Placed
from difffit_core.document.assembly import placed
from difffit_core.document.session import Session
from difffit_core.fit.clashes import Clashes, find_clashes

SETTLED_MS = 300  # while a copy is dragged nothing is computed


@dataclass(frozen=True)
class FoundClashes:
    """The clashes of two copies, by their keys."""

    first: str
    second: str
    clashes: Clashes

    @property
    def copies(self) -> tuple[str, str]:
        """Keys of both."""
        return self.first, self.second


Stand = list[tuple[str, str, Placed]]  # map, copy and where it stands


def standing(session: Session) -> Stand:
    """All visible copies."""
    return [
        (copy.map, copy.key, where)
        for copy in session.copies
        if copy.visible and (where := placed(session, copy)) is not None
    ]


def clashes_of(stand: Stand) -> tuple[FoundClashes, ...]:
    """The clashes within each map."""
    found: list[FoundClashes] = []
    for map_key in dict.fromkeys(key for key, _, _ in stand):
        keys = [copy for key, copy, _ in stand if key == map_key]
        pairs = find_clashes([where for key, _, where in stand if key == map_key])
        found += [FoundClashes(keys[pair.first], keys[pair.second], pair) for pair in pairs]
    return tuple(found)


class ClashWatch(QObject):
    """Looks for clashes whenever copies come, move or go; the latest answer counts."""

    found = Signal(object)  # tuple of FoundClashes
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks) -> None:
        super().__init__()
        self._document, self._tasks = document, tasks
        self._number = 0
        self._soon = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._soon.timeout.connect(self._look)
        document.changed.connect(self._follow)

    def _follow(self, old: Session, new: Session) -> None:
        if _places(old) != _places(new):
            self._soon.start()

    def _look(self) -> None:
        self._number += 1
        work = partial(clashes_of, standing(self._document.session))
        self._tasks.submit(work, on_result=partial(self._take, self._number), on_error=self.failed.emit)

    def _take(self, number: int, found: tuple[FoundClashes, ...]) -> None:
        if number == self._number:
            self.found.emit(found)


def _places(session: Session) -> list[tuple[object, ...]]:
    return [(copy.key, copy.map_from_model, copy.visible) for copy in session.copies]
