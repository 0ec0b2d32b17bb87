"""Clashes of the assembly: found beside the window, said once when a copy is accepted, shown in the view on demand."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from PySide6.QtCore import QObject, QTimer, Signal

from app.clash_watch import ClashWatch, FoundClashes
from app.controller import Controller
from app.panels.assembly import AssemblyPanel
from app.scene.marks import MarkedResidue
from app.scene.viewport import Viewport
from difffit_core.data.structure import Structure
from difffit_core.document.session import Session
from difffit_core.fit.clashes import Clash, ResidueName

MOST_MARKS = 400  # pairs shown in the view at once


class ClashDesk(QObject):
    """Between the watch, the page about clashes and the view."""

    message = Signal(str, str)  # sentence, kind

    def __init__(self, controller: Controller, viewport: Viewport, panel: AssemblyPanel) -> None:
        super().__init__()
        self._document, self._view, self._panel, self._page = controller.document, viewport, panel, panel.clashes
        self.watch = ClashWatch(controller.document, controller.tasks)
        self.found: tuple[FoundClashes, ...] = ()
        self._fresh: set[str] = set()  # copies that were accepted and not yet looked at
        self._looked_at: tuple[int, int] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)  # pages hide and show one after the other
        self._soon.timeout.connect(self._mark)
        self.watch.found.connect(self._take)
        self._page.chosen.connect(self._look)
        self._page.shown_changed.connect(self._soon.start)
        controller.document.changed.connect(self._follow)

    def expect(self, copies: Iterable[str]) -> None:
        """These copies are being accepted: say when they clash."""
        self._fresh |= set(copies)

    def _follow(self, old: Session, new: Session) -> None:
        if len(old.copies) != len(new.copies):
            self._page.show_clashes(new, tuple(pair for pair in self.found if _still_there(new, pair)))

    def _take(self, found: tuple[FoundClashes, ...]) -> None:
        self.found, self._looked_at = found, None
        self._panel.show_clashes(found)
        self._warn()
        self._mark()

    def _warn(self) -> None:
        """One line about the copies that have just been accepted."""
        session = self._document.session
        fresh = {key for key in self._fresh if session.find_copy(key) is not None}
        self._fresh -= fresh
        clashing = [pair for pair in self.found if fresh & set(pair.copies)]
        if clashing:
            self.message.emit(warning(session, clashing, fresh), "warning")

    def _look(self, pair: int, place: int) -> None:
        self._looked_at = (pair, place)
        clash = self._clash
        if clash is not None:
            self._view.marks.look_at(np.mean([clash.first_xyz, clash.second_xyz], axis=0))
        self._mark()

    @property
    def _clash(self) -> Clash | None:
        """The pair of residues that was chosen; of two copies the worst."""
        if self._looked_at is None or self._looked_at[0] >= len(self.found):
            return None
        pair, place = self._looked_at
        return self.found[pair].clashes.pairs[max(place, 0)]

    def _mark(self) -> None:
        """Bars between what is too close while the page is seen, and the residues of the chosen pair."""
        clashes = [clash for pair in self.found for clash in pair.clashes.pairs[:MOST_MARKS]][:MOST_MARKS]
        if not self._page.isVisible() or not clashes:
            self._view.marks.clear()
            return
        chosen = self._clash
        number = next((n for n, clash in enumerate(clashes) if clash is chosen), None)
        ends = np.array([(clash.first_xyz, clash.second_xyz) for clash in clashes], dtype=np.float64)
        self._view.marks.show(ends, chosen=number, residues=self._residues(chosen))

    def _residues(self, clash: Clash | None) -> list[MarkedResidue]:
        if clash is None or self._looked_at is None:
            return []
        pair, session = self.found[self._looked_at[0]], self._document.session
        marked = []
        for key, residue in zip(pair.copies, (clash.first, clash.second), strict=True):
            copy = session.find_copy(key)
            item = session.find_structure(copy.structure) if copy else None
            if copy is not None and item is not None:
                marked.append(MarkedResidue(item.structure, atoms_of(item.structure, residue), copy.matrix))
        return marked


def atoms_of(structure: Structure, residue: ResidueName) -> Bool[ndarray, " atom"]:
    """Which atoms belong to a residue."""
    numbered = (structure.residue_number == residue.number) & (structure.insertion_code == residue.insertion_code)
    return np.asarray(numbered & (structure.chain == residue.chain))


def warning(session: Session, clashing: list[FoundClashes], fresh: set[str]) -> str:
    """What to say about copies that clash, in one line."""
    names: dict[str, str] = {copy.key: copy.name for copy in session.copies}
    worst = clashing[0]
    first, second = sorted(worst.copies, key=lambda key: key not in fresh)
    count = len(worst.clashes.pairs)
    residues = "1 pair of residues clashes" if count == 1 else f"{count} pairs of residues clash"
    text = f"{names.get(first, '?')} and {names.get(second, '?')}: {residues}"
    volume = worst.clashes.buried_volume
    more = f" (and {len(clashing) - 1} more pairs of copies)" if len(clashing) > 1 else ""
    return f"{text}, {volume:,.0f} Å³ lie in both{more}."


def _still_there(session: Session, pair: FoundClashes) -> bool:
    return all(session.find_copy(key) is not None for key in pair.copies)
