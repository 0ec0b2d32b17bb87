"""A proposal in the view: its copies, what they explain and what nothing explains, and a place that is looked at."""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.copy_presenter import CopiesView
from app.density_preview import SETTLED_MS, PreviewView
from app.document import Document
from app.proposal import Proposal
from app.tasks import Tasks
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.volume import Volume
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import MapItem, Session, StructureItem

EXPLAINED, UNEXPLAINED = "proposal explained", "proposal unexplained"  # keys in the view
UNEXPLAINED_COLOUR: Colour = (0.93, 0.14, 0.12)  # no copy has it
OTHER_COLOUR: Colour = (0.86, 0.18, 0.60)  # of a place that was not chosen
EXPLAINED_OPACITY, UNEXPLAINED_OPACITY = 0.22, 0.6
OTHER = "proposal other"


class ProposalView(CopiesView, PreviewView, Protocol):
    """What a proposal needs of a viewport."""

    def frame(self, key: str) -> None: ...


@dataclass(frozen=True)
class Parts:
    """A map in two: what copies explain, and what nothing explains."""

    explained: Volume
    unexplained: Volume
    level: float  # map units, at which both are drawn


def parts_of(whole: Volume, remaining: Volume, level: float) -> Parts:
    """Both parts at the size of the map; elsewhere the first is as far below the level as the map is above."""
    below = np.minimum(whole.data, 2 * np.float32(level) - whole.data)
    gone = remaining.data != whole.data
    return Parts(whole.with_data(np.where(gone, whole.data, below).astype(np.float32)), remaining, level)


class ProposalPresenter(QObject):
    """Shows one proposal in place of the maps and structures that it is about; the document is not touched."""

    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks, view: ProposalView) -> None:
        super().__init__()
        self._document, self._tasks, self._view = document, tasks, view
        self._theme = LIGHT
        self._proposal: Proposal | None = None
        self._drawn: set[str] = set()  # keys of copies and maps
        self._parts: Parts | None = None
        self._density_shown = True
        self._soon = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._soon.timeout.connect(self._divide)
        document.changed.connect(lambda old, new: self._follow())

    def set_theme(self, theme: Theme) -> None:
        """Draw what is explained in the theme's colour of maps."""
        self._theme = theme
        if self._maps_drawn:
            self._view.set_map_style(EXPLAINED, colour=theme.map_colour)

    def show(self, proposal: Proposal) -> None:
        """Show a proposal in place of the one before."""
        known = self._proposal is not None and self._proposal.remaining is proposal.remaining
        stay = {EXPLAINED, UNEXPLAINED} | {_key(copy.item.key) for copy in proposal.copies}
        self._remove(*(self._drawn - stay))  # the maps stay until others take their place
        self._proposal, self._parts = proposal, self._parts if known else None
        for copy in proposal.copies:
            self._place(copy.item)
        self.hide_originals()
        if self._parts is None:
            self._divide()

    def show_ticked(self, ticked: set[str]) -> None:
        """Draw the copies that would be accepted, and no others."""
        for key, item in self._proposal.places.items() if self._proposal else ():
            if _key(key) not in self._drawn and key in ticked:
                self._draw(item, _key(key), item.colour)
            if _key(key) in self._drawn:
                self._view.set_visible(_key(key), key in ticked)

    def look_at(self, item: CopyItem | None, *, chosen: bool) -> None:
        """Go to a place; one that was not chosen is drawn as long as it is looked at."""
        if OTHER in self._drawn:
            self._view.remove(OTHER)
            self._drawn.discard(OTHER)
        if item is None or self._proposal is None:
            return
        if chosen:
            self._view.frame(_key(item.key))
        else:
            self._draw(item, OTHER, OTHER_COLOUR)
            self._view.frame(OTHER)

    def show_density(self, shown: bool) -> None:
        """Show what is explained and what is not, or the map as it is."""
        self._density_shown = shown
        self._draw_parts()

    def clear(self) -> None:
        """Show the document itself again."""
        proposal, session = self._proposal, self._document.session
        self._remove(*self._drawn)
        self._proposal = self._parts = None
        items: list[MapItem | StructureItem] = [*session.maps, *session.structures]
        for item in items if proposal is not None else ():
            self._view.set_visible(item.key, item.visible)

    @property
    def _maps_drawn(self) -> bool:
        return EXPLAINED in self._drawn

    def _follow(self) -> None:
        """The surfaces follow the map's contour level, a moment after its last change."""
        self.hide_originals()
        target = self._document.session.find_map(self._proposal.map) if self._proposal is not None else None
        if target is not None and self._parts is not None and target.contour_level != self._parts.level:
            self._soon.start()

    def _divide(self) -> None:
        proposal = self._proposal
        target = self._document.session.find_map(proposal.map) if proposal is not None else None
        if proposal is not None and target is not None and proposal.remaining is not None:
            work = partial(parts_of, target.volume, proposal.remaining, target.contour_level)
            self._tasks.submit(work, on_result=partial(self._take_parts, proposal), on_error=self.failed.emit)

    def _take_parts(self, proposal: Proposal, parts: Parts) -> None:
        if self._proposal is not None and proposal.remaining is self._proposal.remaining:
            self._parts = parts
            self._draw_parts()

    def _draw_parts(self) -> None:
        if self._proposal is None or self._parts is None or not self._density_shown:
            self._remove(EXPLAINED, UNEXPLAINED)
        else:
            colour = self._theme.map_colour
            self._draw_map(EXPLAINED, self._parts.explained, self._parts.level, colour, EXPLAINED_OPACITY)
            red, level = UNEXPLAINED_COLOUR, self._parts.level
            self._draw_map(UNEXPLAINED, self._parts.unexplained, level, red, UNEXPLAINED_OPACITY)
        self.hide_originals()

    def _draw_map(self, key: str, volume: Volume, level: float, colour: Colour, opacity: float) -> None:
        if key in self._drawn:
            self._view.replace_map(key, volume)
            self._view.set_map_style(key, level=level)
        else:
            self._view.show_map(key, volume, level=level, colour=colour, opacity=opacity)
            self._drawn.add(key)

    def _place(self, item: CopyItem) -> None:
        if _key(item.key) in self._drawn:
            self._view.place(_key(item.key), item.matrix)
        else:
            self._draw(item, _key(item.key), item.colour)

    def _draw(self, item: CopyItem, key: str, colour: Colour) -> None:
        self._view.show_copy(key, of=item.structure, map_from_model=item.matrix, colour=colour)
        self._drawn.add(key)

    def hide_originals(self) -> None:
        """The proposal stands for its structures and, while density is shown, for the maps it is about."""
        proposal, session = self._proposal, self._document.session
        if proposal is None:
            return
        for item in session.structures:
            if item.key in proposal.structures:
                self._view.set_visible(item.key, False)
        for target in session.maps:
            if _same_family(session, target.key, proposal.map):
                self._view.set_visible(target.key, target.visible and not self._maps_drawn)

    def _remove(self, *keys: str) -> None:
        for key in keys:
            if key in self._drawn:
                self._view.remove(key)
        self._drawn -= set(keys)


def _key(copy: str) -> str:
    return f"proposed {copy}"


def _same_family(session: Session, one: str, other: str) -> bool:
    return session.opened_map(one) == session.opened_map(other)
