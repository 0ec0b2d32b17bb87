"""How the project came to be: the commands of its file, and those that were carried out since."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.document import Document
from difffit_core.document.history import Step


@dataclass(frozen=True)
class Record:
    """The commands up to one moment."""

    earlier: tuple[bytes, ...]  # lines, packed: a fit's has fifty kilobytes, and they are never let go
    steps: tuple[Step, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """A line of JSON for every command, oldest first; takes time for large arrays, so ask for them in the pool."""
        return (*map(_unpacked, self.earlier), *_lines(self.steps))


class CommandRecord(QObject):
    """Keeps the lines of steps that the history lets go of; what was undone has not happened."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._earlier: list[bytes] = []
        self._known: tuple[Step, ...] = ()
        document.changed.connect(self._follow)

    @property
    def now(self) -> Record:
        """The commands up to now."""
        return Record(tuple(self._earlier), self._document.history.past)

    def begin_with(self, lines: Sequence[str]) -> None:
        """Another project is there, which came to be like this."""
        self._earlier, self._known = list(map(_packed, lines)), self._document.history.past

    def _follow(self, _old: object, _new: object) -> None:
        past = self._document.history.past
        self._earlier += map(_packed, _lines(_let_go(self._known, past)))
        self._known = past


def _let_go(known: tuple[Step, ...], past: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that a history forgot from its beginning; undo takes from the end, a gesture changes the last one."""
    if not known or not past or past[0].before is known[0].before:
        return ()
    kept = next((place for place, step in enumerate(known) if step.before is past[0].before), len(known))
    return known[:kept]


def _lines(steps: Sequence[Step]) -> list[str]:
    from difffit_core.document.project_file import command_line

    return [command_line(step.command) for step in steps]


def _packed(line: str) -> bytes:
    return zlib.compress(line.encode(), level=1)


def _unpacked(line: bytes) -> str:
    return zlib.decompress(line).decode()
