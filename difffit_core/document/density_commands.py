"""Changes of remaining maps: density that copies explain goes and comes back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from difffit_core.document.commands import without_removals
from difffit_core.document.copies import RemovalItem
from difffit_core.document.session import MapItem, Session


@dataclass(frozen=True)
class RemoveDensity:
    """Take out what copies explain, from a map that is already the rest of another or from a new one."""

    label: ClassVar[str] = "remove density"
    map: str  # what the removals were worked out for
    into: str  # key of the map that is (or becomes) the rest of it
    removals: tuple[RemovalItem, ...]

    def apply(self, session: Session) -> Session:
        """The session with the density gone; copies that were removed meanwhile take nothing with them.

        A new remaining map replaces the opened one in view: two surfaces at one place hide each other.
        """
        source, rest = session.find_map(self.map), session.find_map(self.into)
        known = tuple(item for item in self.removals if session.find_copy(item.copy))
        if source is None or not known:
            return session
        if rest is not None:
            changed = _with_removals(rest, known)
            return session if changed == rest else _with(session, changed)
        hidden = _with(session, replace(source, visible=False))
        return replace(hidden, maps=(*hidden.maps, _with_removals(_rest_of(source, self.into), known)))


@dataclass(frozen=True)
class RestoreDensity:
    """Put back what copies explain."""

    label: ClassVar[str] = "restore density"
    map: str
    copies: tuple[str, ...]

    def apply(self, session: Session) -> Session:
        """The session with the density back in the remaining map."""
        item = session.find_map(self.map)
        changed = without_removals(item, self.copies) if item else None
        return session if changed is None or changed is item else _with(session, changed)


def _rest_of(source: MapItem, key: str) -> MapItem:
    """A map that begins as the whole of its source."""
    if source.derived_from is not None:
        return replace(source, key=key, visible=True)
    title = f"rest of {source.name}"
    return replace(source, key=key, derived_from=source.key, visible=True, title=title, colour=None)


def _with_removals(item: MapItem, removals: Iterable[RemovalItem]) -> MapItem:
    """The map with more taken out; what a copy took out before is replaced."""
    for removal in removals:
        if removal not in item.removals:
            item = without_removals(item, (removal.copy,))
            item = replace(item, removals=(*item.removals, removal))
    return item


def _with(session: Session, changed: MapItem) -> Session:
    return replace(session, maps=tuple(changed if item.key == changed.key else item for item in session.maps))
