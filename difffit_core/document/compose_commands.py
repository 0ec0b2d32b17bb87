"""What composing leaves in the document: structures in their parts, and the copies of a round, each in one step."""

from dataclasses import dataclass, replace
from typing import ClassVar

from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy
from difffit_core.document.session import Session, StructureItem


@dataclass(frozen=True)
class SplitStructures:
    """Put the parts of structures into the session; the whole ones are no longer shown."""

    label: ClassVar[str] = "split structures"
    wholes: tuple[str, ...]  # keys
    parts: tuple[StructureItem, ...]

    def apply(self, session: Session) -> Session:
        """The session with the parts at the end of its list; those of structures that have gone come as well."""
        new = tuple(part for part in self.parts if session.find_structure(part.key) is None)
        kept = tuple(replace(item, visible=item.visible and item.key not in self.wholes) for item in session.structures)
        return replace(session, structures=(*kept, *new)) if new else session


@dataclass(frozen=True)
class AcceptRound:
    """Keep the copies of one round; the structures that they are copies of are no longer shown where they were."""

    number: int  # from 1
    steps: tuple[AcceptCopy, ...]

    @property
    def label(self) -> str:
        """Which round it was, and how many copies it brought."""
        count = len(self.steps)
        return f"accept round {self.number}: {'1 copy' if count == 1 else f'{count} copies'}"

    def apply(self, session: Session) -> Session:
        """The session with all copies, in their order."""
        accepted = AcceptCopies(self.steps).apply(session)
        if accepted is session:
            return session
        placed = {step.item.structure for step in self.steps}
        structures = tuple(
            replace(item, visible=item.visible and item.key not in placed) for item in accepted.structures
        )
        return replace(accepted, structures=structures)
