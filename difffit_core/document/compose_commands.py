"""What composing leaves in the document: the copies of a round, kept in one step."""

from dataclasses import dataclass, replace

from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy
from difffit_core.document.session import Session


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
