"""Structures in parts: cut in the pool, put into the document in one step, ready to be composed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.accepting import next_colour
from app.document import Document
from app.tasks import Tasks
from difffit_core.data.structure import Structure
from difffit_core.document.compose_commands import SplitStructures
from difffit_core.document.session import StructureItem, new_key
from difffit_core.errors import DiffFitError

if TYPE_CHECKING:  # gemmi is not loaded before the window is there
    from difffit_core.files.split_structure import Split


@dataclass(frozen=True)
class PartFacts:
    """What a part's file does not say."""

    copies: int  # in the model that it was cut out of
    residues: str  # of that model, as people write them


def split_up(structures: Sequence[Structure], how: str, errors: Sequence[Path]) -> "tuple[Split, ...]":
    """Each structure in its parts; call it in the pool."""
    from difffit_core.compose.parts import split_each
    from difffit_core.files.pae import read_pae

    return split_each(structures, how, [read_pae(path) for path in errors])


class Splitting(QObject):
    """Takes structures apart, one wish at a time."""

    changed = Signal()  # it has begun or ended
    done = Signal(object)  # PartFacts of every part, by its key
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks) -> None:
        super().__init__()
        self._document, self._tasks = document, tasks
        self.busy = False

    def start(self, keys: Sequence[str], how: str, errors: Sequence[Path] = ()) -> None:
        """Take structures apart, into chains or domains; `errors` are files of predicted aligned errors."""
        items = [item for key in keys if (item := self._document.session.find_structure(key)) is not None]
        if self.busy or not items:
            return
        self.busy = True
        self.message.emit(f"Splitting {', '.join(item.name for item in items)} …", "info")
        work = partial(split_up, [item.structure for item in items], how, tuple(errors))
        self._tasks.submit(work, on_result=partial(self._take, items), on_error=self._fail)
        self.changed.emit()

    def _take(self, wholes: list[StructureItem], found: "tuple[Split, ...]") -> None:
        self.busy = False
        parts: list[StructureItem] = []
        facts: dict[str, PartFacts] = {}
        for whole, split in zip(wholes, found, strict=True):
            for part in split.parts:
                colour = next_colour(self._document.session, parts)
                parts.append(StructureItem(new_key("structure"), part.structure, colour))
                facts[parts[-1].key] = PartFacts(len(part.copies), part.residues)
            count = "1 part" if len(split.parts) == 1 else f"{len(split.parts)} parts"
            self.message.emit(" ".join([f"{whole.name} is in {count}.", *split.left_out]), "info")
        self._document.seal()
        self._document.do(SplitStructures(tuple(whole.key for whole in wholes), tuple(parts)))
        self._document.seal()
        self.changed.emit()
        self.done.emit(facts)

    def _fail(self, error: Exception) -> None:
        self.busy = False
        self.changed.emit()
        if not isinstance(error, DiffFitError):
            raise error
        self.failed.emit(error)
