"""Explained density: worked out in the pool, one request after the other, and taken out by a command.

What remains of the map is made there, too, before the command is carried out: the window only shows it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.selection import Selection
from app.tasks import Tasks
from difffit_core.data.removal import RemovalSettings
from difffit_core.data.volume import Volume
from difffit_core.document.assembly import explained_by_copies, remaining_map
from difffit_core.document.commands import Command
from difffit_core.document.copies import CopyItem
from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy
from difffit_core.document.session import Session, new_key
from difffit_core.errors import DiffFitError


@dataclass(frozen=True)
class RemovalWish:
    """How the user wants density taken out; None means as the map and the engine say."""

    mode: str = "zero"
    radius: float | None = None  # Å
    level: float | None = None  # map units


@dataclass(frozen=True)
class Worked:
    """A command that was worked out, and what the user is told when it has been carried out."""

    command: Command
    target: str  # key of the map that is fitted into from then on
    sentence: str
    remaining: Volume | None = field(default=None, compare=False)  # held until the view holds it


Work = Callable[[Session], Worked]


def settings_for(session: Session, map_key: str, wish: RemovalWish) -> RemovalSettings:
    """The wish with the map's own level and the resolution of the latest fit in it; SettingsError for bad numbers."""
    item = session.find_map(map_key)
    if item is None:
        raise DiffFitError("The map of these copies was closed; open it again.")
    level = item.contour_level if wish.level is None else wish.level
    return RemovalSettings(level=level, resolution=resolution_of(session, map_key), mode=wish.mode, radius=wish.radius)


def resolution_of(session: Session, map_key: str) -> float:
    """Å: what the latest fit in a map, or in the rest of it, was told; else what the map suggests."""
    opened = session.opened_map(map_key)
    fitted = [fit.result.resolution for fit in session.fits if session.opened_map(fit.map) == opened]
    item = session.find_map(map_key)
    return fitted[-1] if fitted else (item.suggested_resolution if item is not None else 5.0)


def is_out(session: Session, keys: Sequence[str], wish: RemovalWish) -> bool:
    """Whether the density of all these copies is out already, in just this way."""
    for key in keys:
        copy = session.find_copy(key)
        if copy is None or session.find_map(copy.map) is None:
            return False
        wanted = (copy.key, copy.map_from_model, settings_for(session, copy.map, wish))
        items = (item for target in session.maps for item in target.removals)
        if all((item.copy, item.map_from_model, item.settings) != wanted for item in items):
            return False
    return bool(keys)


Accept = Callable[[tuple[AcceptCopy, ...]], Command]


def accept_and_remove(
    session: Session, copies: Sequence[CopyItem], wish: RemovalWish, accept: Accept = AcceptCopies
) -> Worked:
    """Accept copies of one map together with their density; `accept` makes one command of the steps."""
    from difffit_core.document.explained import density_of

    map_key = copies[0].map
    into = remaining_map(session, map_key) or new_key("map")
    settings = settings_for(session, map_key, wish)
    steps = tuple(AcceptCopy(copy, density_of(session, map_key, [copy], settings, into=into)) for copy in copies)
    names = ", ".join(copy.name for copy in copies)
    return _worked(session, accept(steps), into, f"Accepted {names} and removed the density")


def remove(session: Session, keys: Sequence[str], wish: RemovalWish) -> Worked:
    """Take out what copies of one map explain."""
    from difffit_core.document.explained import density_of

    copies = [copy for key in keys if (copy := session.find_copy(key)) is not None]
    if not copies:
        raise DiffFitError("These copies are no longer there; choose others.")
    map_key = copies[0].map
    into = remaining_map(session, map_key) or new_key("map")
    command = density_of(session, map_key, copies, settings_for(session, map_key, wish), into=into)
    if command is None:
        raise DiffFitError("The structures of these copies were closed; open them again.")
    return _worked(session, command, into, f"Removed the density of {', '.join(copy.name for copy in copies)}")


def _worked(session: Session, command: Command, into: str, done: str) -> Worked:
    after = command.apply(session)
    item = after.find_map(into)
    if item is None:
        return Worked(command, into, f"{done}.")
    share = explained_by_copies(after, into, item.contour_level)
    return Worked(command, into, f"{done}: {100 * share:.0f} % of the map is explained now.", item.volume)


class Removing(QObject):
    """Carries out requests in their order, each upon the session that the one before has left."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    done = Signal()

    def __init__(self, document: Document, selection: Selection, tasks: Tasks) -> None:
        super().__init__()
        self._document, self._selection, self._tasks = document, selection, tasks
        self._waiting: deque[Work] = deque()
        self.busy = False

    def ask(self, work: Work) -> None:
        """Carry this out when everything that was asked before has been."""
        self._waiting.append(work)
        self._next()

    def _next(self) -> None:
        if self.busy or not self._waiting:
            return
        self.busy = True
        work = partial(self._waiting.popleft(), self._document.session)
        self._tasks.submit(work, on_result=self._take, on_error=self._fail)

    def _take(self, worked: Worked) -> None:
        self.busy = False
        before = self._document.session
        self._document.seal()
        self._document.do(worked.command)
        self._document.seal()
        if self._document.session is not before:  # else what it was about has been closed meanwhile
            self._selection.choose_map(worked.target)
            self.message.emit(worked.sentence, "info")
        self.done.emit()
        self._next()

    def _fail(self, error: Exception) -> None:
        self.busy = False
        self.failed.emit(error)
        self._next()
