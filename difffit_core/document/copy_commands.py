"""Changes of the assembly: copies that come, go, move and look different."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from difffit_core.document.commands import without_copies
from difffit_core.document.copies import Colour, CopyItem, Rows
from difffit_core.document.density_commands import RemoveDensity
from difffit_core.document.session import Session


@dataclass(frozen=True)
class AcceptCopy:
    """Keep a placement, and take out the density that it explains if that was worked out."""

    label: ClassVar[str] = "accept copy"
    item: CopyItem
    explained: RemoveDensity | None = None

    def apply(self, session: Session) -> Session:
        """The session with the copy last; unchanged when its map or its structure has been closed meanwhile."""
        known = session.find_map(self.item.map) and session.find_structure(self.item.structure)
        if not known or session.find_copy(self.item.key):
            return session
        copy = replace(self.item, map=session.opened_map(self.item.map))
        added = replace(session, copies=(*session.copies, copy))
        return self.explained.apply(added) if self.explained else added


@dataclass(frozen=True)
class AcceptCopies:
    """Keep several placements in one step."""

    label: ClassVar[str] = "accept copies"
    steps: tuple[AcceptCopy, ...]

    def apply(self, session: Session) -> Session:
        """The session with all copies, in their order."""
        for step in self.steps:
            session = step.apply(session)
        return session


@dataclass(frozen=True)
class RemoveCopy:
    """Take a copy out of the assembly."""

    label: ClassVar[str] = "remove copy"
    copy: str

    def apply(self, session: Session) -> Session:
        """The session without the copy; the density that it explains is back."""
        return without_copies(session, lambda copy: copy.key == self.copy)


@dataclass(frozen=True)
class RemoveCopies:
    """Take several copies out of the assembly in one step."""

    label: ClassVar[str] = "remove copies"
    copies: tuple[str, ...]

    def apply(self, session: Session) -> Session:
        """The session without the copies; the density that they explain is back."""
        return without_copies(session, lambda copy: copy.key in self.copies)


@dataclass(frozen=True)
class MoveCopy:
    """Stand a copy elsewhere; without scores they are unknown from then on."""

    label: ClassVar[str] = "move copy"
    copy: str
    map_from_model: Rows
    scores: tuple[tuple[str, float], ...] | None = None

    @property
    def gesture(self) -> tuple[object, ...]:
        """Moves of one copy in one drag are one step."""
        return (self.copy,)

    def apply(self, session: Session) -> Session:
        """The session with the copy in the other place."""
        item = session.find_copy(self.copy)
        if item is None or item.map_from_model == self.map_from_model:
            return session  # a copy that stays keeps its confidence
        return _with_copy(session, self.copy, map_from_model=self.map_from_model, scores=self.scores, confidence=None)


@dataclass(frozen=True)
class RenameCopy:
    """Give a copy another name."""

    label: ClassVar[str] = "rename copy"
    copy: str
    name: str

    def apply(self, session: Session) -> Session:
        """The session with the copy's other name."""
        return _with_copy(session, self.copy, name=self.name)


@dataclass(frozen=True)
class AnnotateCopy:
    """Write a note about a copy."""

    label: ClassVar[str] = "note"
    copy: str
    note: str

    @property
    def gesture(self) -> tuple[object, ...]:
        """What is typed at a stretch is one step."""
        return (self.copy,)

    def apply(self, session: Session) -> Session:
        """The session with the copy's other note."""
        return _with_copy(session, self.copy, note=self.note)


@dataclass(frozen=True)
class SetCopyStyle:
    """Draw a copy differently; None leaves a property as it is."""

    label: ClassVar[str] = "copy style"
    copy: str
    colour: Colour | None = None
    visible: bool | None = None
    representation: str | None = None

    @property
    def gesture(self) -> tuple[object, ...] | None:
        """A colour that is being chosen is one step; showing and hiding are steps of their own."""
        return (self.copy, *self._given()) if self.visible is None else None

    def apply(self, session: Session) -> Session:
        """The session with the copy's other style."""
        return _with_copy(session, self.copy, **self._given())

    def _given(self) -> dict[str, Any]:
        style = {"colour": self.colour, "visible": self.visible, "representation": self.representation}
        return {name: value for name, value in style.items() if value is not None}


@dataclass(frozen=True)
class ReorderCopies:
    """Put a copy at another place of the list."""

    label: ClassVar[str] = "order of copies"
    copy: str
    index: int  # in the list without the copy

    def apply(self, session: Session) -> Session:
        """The session with the other order."""
        item = session.find_copy(self.copy)
        if item is None:
            return session
        others = [copy for copy in session.copies if copy is not item]
        place = min(max(self.index, 0), len(others))
        copies = (*others[:place], item, *others[place:])
        return session if copies == session.copies else replace(session, copies=copies)


def _with_copy(session: Session, key: str, **changes: Any) -> Session:
    """The session with a copy's other properties; the same one when nothing changes."""
    copies = tuple(replace(copy, **changes) if copy.key == key else copy for copy in session.copies)
    return session if copies == session.copies else replace(session, copies=copies)
