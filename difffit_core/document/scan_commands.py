"""What a scan leaves in the document: its candidates where they were found, opened or accepted in one step."""

from dataclasses import dataclass
from typing import ClassVar

from difffit_core.document.commands import AddFit, AddStructure
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.session import FitItem, Session, StructureItem


@dataclass(frozen=True)
class OpenCandidates:
    """Put candidates into the session and stand each where the scan found it."""

    label: ClassVar[str] = "open candidates"
    structures: tuple[StructureItem, ...]  # those that are not open yet
    fits: tuple[FitItem, ...]

    def apply(self, session: Session) -> Session:
        """The session with structures and fits; unchanged when the map has been closed meanwhile."""
        if any(session.find_map(fit.map) is None for fit in self.fits):
            return session
        for item in self.structures:
            session = AddStructure(item).apply(session)
        for fit in self.fits:
            session = AddFit(fit).apply(session)
        return session


@dataclass(frozen=True)
class AcceptCandidate:
    """Put a candidate into the session and keep it as a copy where the scan found it."""

    label: ClassVar[str] = "accept candidate"
    opened: OpenCandidates
    copy: AcceptCopy

    def apply(self, session: Session) -> Session:
        """The session with structure, fit and copy."""
        return self.copy.apply(self.opened.apply(session))
