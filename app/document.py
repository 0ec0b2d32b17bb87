"""The document that the window shows: the only place where the session changes."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from difffit_core.document.commands import Command
from difffit_core.document.history import History
from difffit_core.document.session import Session


class Document(QObject):
    """Holds the history; views listen to `changed(old, new)` and redraw what differs."""

    changed = Signal(object, object)  # Session before, Session after

    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        self._waiting: deque[tuple[Session, Session]] = deque()
        self._telling = False

    @property
    def session(self) -> Session:
        """What the project holds now."""
        return self.history.present

    def do(self, command: Command) -> None:
        """Carry out a command."""
        self._move_to(self.history.do(command))

    def do_together(self, commands: Sequence[Command]) -> None:
        """Carry out several commands, each an undo step of its own; listeners hear of one change."""
        history = self.history
        for command in commands:
            history = history.do(command)
        self._move_to(history)

    def seal(self) -> None:
        """A gesture (a drag, say) has ended: the next command is an undo step of its own."""
        self.history = self.history.seal()

    def undo(self) -> None:
        """Take back the last step."""
        self._move_to(self.history.undo())

    def redo(self) -> None:
        """Carry out again what was taken back last."""
        self._move_to(self.history.redo())

    def travel(self, steps: int) -> None:
        """Go so many steps forth, or back when negative, at once."""
        history = self.history
        for _ in range(abs(steps)):
            history = history.redo() if steps > 0 else history.undo()
        self._move_to(history)

    def begin_with(self, session: Session) -> None:
        """Show another session; there is nothing to undo then.

        Everything goes before anything comes: another project may know other things by the same keys.
        """
        for present in (Session(), session):
            self._move_to(History(present))

    def _move_to(self, history: History) -> None:
        old, self.history = self.history.present, history
        if old is not history.present:
            self._waiting.append((old, history.present))
            self._tell()

    def _tell(self) -> None:
        """Every listener hears the changes in their order, also when one of them makes another change."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._waiting:
                self.changed.emit(*self._waiting.popleft())
        finally:
            self._telling = False
