"""Undo and redo: the sessions before and after are kept, so going back is assignment."""

from dataclasses import dataclass, field, replace
from typing import Self

from difffit_core.document.commands import Command, continues
from difffit_core.document.session import Session

MOST_STEPS = 200
MOST_BYTES = 1 << 29  # of maps that only an undo would bring back


@dataclass(frozen=True)
class Step:
    """A command that was carried out, and the sessions on both of its sides."""

    command: Command
    before: Session
    after: Session


@dataclass(frozen=True)
class History:
    """The present session, the steps that led to it, and those that were taken back (the next to redo is last)."""

    present: Session = field(default_factory=Session)
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    sealed: bool = True  # the next command starts a step of its own

    def do(self, command: Command) -> Self:
        """Carry out a command; one that changes nothing leaves no trace."""
        after = command.apply(self.present)
        if after is self.present:
            return self
        if self.past and not self.sealed and continues(self.past[-1].command, command):
            step = Step(command, self.past[-1].before, after)
            return replace(self, present=after, past=(*self.past[:-1], step))
        step = Step(command, self.present, after)
        past = affordable((*self.past, step), after)
        return replace(self, present=after, past=past, future=(), sealed=False)

    def seal(self) -> Self:
        """End a gesture: the next command will not be merged with the last one."""
        return replace(self, sealed=True)

    def undo(self) -> Self:
        """Take back the last step, if there is one."""
        if not self.past:
            return self
        *past, step = self.past
        return replace(self, present=step.before, past=tuple(past), future=(*self.future, step), sealed=True)

    def redo(self) -> Self:
        """Carry out again what was taken back last, if anything was."""
        if not self.future:
            return self
        *future, step = self.future
        return replace(self, present=step.after, past=(*self.past, step), future=tuple(future), sealed=True)

    @property
    def undo_label(self) -> str | None:
        """What an undo would take back."""
        return self.past[-1].command.label if self.past else None

    @property
    def redo_label(self) -> str | None:
        """What a redo would carry out again."""
        return self.future[-1].command.label if self.future else None


def affordable(past: tuple[Step, ...], present: Session) -> tuple[Step, ...]:
    """The latest steps; maps that were closed are held for undo, but not without end.

    Only maps as they were read count: what remains of them is made when it is asked for.
    """
    seen, held, kept = {id(item.base) for item in present.maps}, 0, 0
    for step in reversed(past[-MOST_STEPS:]):
        for item in step.before.maps:
            if id(item.base) not in seen:
                seen.add(id(item.base))
                held += item.base.data.nbytes
        if held > MOST_BYTES and kept > 0:  # the last step can always be taken back
            break
        kept += 1
    return past[len(past) - kept :]
