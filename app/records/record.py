"""One menu entry as data: text, shortcut, icon, and when it can be used."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from difffit_core.document.session import Session

Standard = QKeySequence.StandardKey


@dataclass(frozen=True)
class Situation:
    """What decides which actions can be used."""

    session: Session
    fitting: bool
    can_fit: bool
    placed: bool  # a placed structure is current
    chosen: int  # rows of the table of clusters
    undo: str | None  # what would be undone
    redo: str | None
    copies: int = 0  # chosen in the assembly
    polishing: bool = False  # a copy is being polished
    composing: bool = False
    proposed: bool = False  # there is a proposal that can be accepted
    scanning: bool = False  # a library is being scanned, paused or not
    resting: bool = False  # a scan is paused, or was stopped and can be gone on with
    ranked: bool = False  # there are candidates that can be opened
    candidate: bool = False  # the chosen one can be opened


def always(situation: Situation) -> bool:
    """At any time."""
    return True


def any_data(situation: Situation) -> bool:
    """Something is open."""
    return bool(situation.session.maps or situation.session.structures)


def one_chosen(situation: Situation) -> bool:
    """A row of the table of clusters is chosen."""
    return situation.chosen > 0


def any_cluster(situation: Situation) -> bool:
    """Something was found."""
    return any(fit.result.clusters for fit in situation.session.fits)


def any_copy(situation: Situation) -> bool:
    """The assembly holds a copy."""
    return bool(situation.session.copies)


def copy_chosen(situation: Situation) -> bool:
    """A copy is chosen in the assembly."""
    return situation.copies > 0


def density_removed(situation: Situation) -> bool:
    """Density has been taken out of a map."""
    return any(item.removals for item in situation.session.maps)


@dataclass(frozen=True)
class ActionRecord:
    """One thing the user can do; the window has a handler under the same key."""

    key: str
    text: str
    tip: str
    shortcut: Standard | str | None = None
    icon: str | None = None
    enabled: Callable[[Situation], bool] = always
    group: str | None = None  # actions of a group exclude each other, and show a mark
    toggle: bool = False  # shows a mark while it is on
    also: str | None = None  # a second shortcut
    on: bool = False  # marked at first
