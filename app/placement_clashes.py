"""Clashes of the chosen placement with the copies that were accepted, counted in the pool a moment after the choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.accepting import lie_together
from app.document import Document
from app.tasks import Tasks
from difffit_core.data.placed import Placed
from difffit_core.document.assembly import placed
from difffit_core.document.session import ClusterId, Session

SETTLED_MS = 250  # walking through the table computes nothing


@dataclass(frozen=True)
class ClashCount:
    """What a placement would bring into an assembly."""

    pairs: int  # of residues that are too close
    copies: int  # that it clashes with
    of: int  # copies in the map


class PlacementClashes(QObject):
    """Counts anew when another placement is looked at, and when copies come, move or go."""

    counted = Signal(object)  # ClashCount, or None while it is not known
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks) -> None:
        super().__init__()
        self._document, self._tasks = document, tasks
        self._chosen: ClusterId | None = None
        self._number = 0
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._ask)
        document.changed.connect(self._follow)

    def choose(self, chosen: ClusterId | None) -> None:
        """Another placement is looked at."""
        self._chosen = chosen
        self._number += 1  # what is being counted belongs to the one before
        self.counted.emit(None)
        self._settled.start()

    def _follow(self, old: Session, new: Session) -> None:
        if old.copies != new.copies and self._chosen is not None:
            self.choose(self._chosen)

    def _ask(self) -> None:
        found = candidate_and_copies(self._document.session, self._chosen)
        if found is not None:
            work = partial(count_clashes, *found)
            self._tasks.submit(work, on_result=partial(self._take, self._number), on_error=self.failed.emit)

    def _take(self, number: int, count: ClashCount) -> None:
        if number == self._number:
            self.counted.emit(count)


def candidate_and_copies(session: Session, chosen: ClusterId | None) -> tuple[Placed, list[Placed]] | None:
    """The placement, and the copies in its map but for the one that it has become; None when it has gone."""
    fit = session.find_fit(chosen.fit) if chosen else None
    item = session.find_structure(fit.structure) if fit else None
    if fit is None or item is None or chosen is None or session.find_cluster(chosen) is None:
        return None
    candidate = Placed(item.structure, fit.result.map_from_model(chosen.index))
    target = session.opened_map(fit.map)
    others = [
        where
        for copy in session.copies
        if copy.map == target and (where := placed(session, copy)) is not None and not _same(where, candidate)
    ]
    return candidate, others


def count_clashes(candidate: Placed, copies: Sequence[Placed]) -> ClashCount:
    """How many residues of the candidate are too close to residues of the copies."""
    from difffit_core.fit.clashes import find_clashes

    pairs = [sum(len(clashes.pairs) for clashes in find_clashes([candidate, copy])) for copy in copies]
    return ClashCount(sum(pairs), sum(count > 0 for count in pairs), len(copies))


def _same(first: Placed, second: Placed) -> bool:
    same = first.structure is second.structure
    return same and lie_together(first.structure, first.map_from_model, second.map_from_model)
