"""What composing leaves in the document: the copies of a round, kept in one step."""

from dataclasses import dataclass, replace
from typing import ClassVar

from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy
from difffit_core.document.session import Session


@dataclass(frozen=True)
class AcceptRound:
    """Keep the copies of one round; the structures that they are copies of are no longer shown where they were."""

    label: ClassVar[str] = "accept round"
    number: int  # from 1
    steps: tuple[AcceptCopy, ...]

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
