"""Opening files: read in the pool, added to the document in the order in which they were named."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.preferences import Preferences
from app.reading import MapFacts, ReadFile, read_file
from app.tasks import Tasks
from app.theme import STRUCTURE_COLOURS
from difffit_core.document.commands import AddMap, AddStructure
from difffit_core.document.session import MapItem
from difffit_core.errors import DiffFitError


@dataclass
class Batch:
    """Files that were opened together, and what became of each so far."""

    paths: list[Path]
    outcomes: dict[int, ReadFile | Exception]
    added: int = 0  # of the outcomes, from the front

    @property
    def complete(self) -> bool:
        """Whether every file has been read or refused."""
        return len(self.outcomes) == len(self.paths)


class Opener(QObject):
    """Opens any number of files; one that cannot be read does not stop the others."""

    message = Signal(str, str)  # sentence, kind
    refused = Signal(list)  # sentences, one for each file of a batch that cannot be opened
    crashed = Signal(object)  # an exception that no reader should let out
    finished = Signal()  # a batch has been read

    def __init__(self, document: Document, tasks: Tasks, preferences: Preferences) -> None:
        super().__init__()
        self._document, self._tasks, self._preferences = document, tasks, preferences
        self._reading = 0
        self._structures = 0  # opened so far: each gets the next colour

    @property
    def busy(self) -> bool:
        """Whether files are being read."""
        return self._reading > 0

    def open(self, paths: list[Path], facts: MapFacts | None = None) -> None:
        """Open files; `facts` say what is known about the maps among them."""
        if not paths:
            return
        batch = Batch(paths, {})
        self._reading += 1
        self.message.emit(f"Reading {', '.join(path.name for path in paths)} …", "info")
        for number, path in enumerate(paths):
            self._tasks.submit(
                partial(read_file, path, facts),
                on_result=partial(self._take, batch, number),
                on_error=partial(self._take, batch, number),
            )

    def _take(self, batch: Batch, number: int, outcome: ReadFile | Exception) -> None:
        batch.outcomes[number] = outcome
        while batch.added in batch.outcomes:
            self._add(batch.paths[batch.added], batch.outcomes[batch.added])
            batch.added += 1
        if batch.complete:
            self._finish(batch)

    def _add(self, path: Path, outcome: ReadFile | Exception) -> None:
        if isinstance(outcome, Exception):
            return
        item = outcome.item
        if isinstance(item, MapItem):
            self._document.do(AddMap(item))
        else:
            colour = STRUCTURE_COLOURS[self._structures % len(STRUCTURE_COLOURS)]
            self._structures += 1
            self._document.do(AddStructure(replace(item, colour=colour)))
        self._preferences.remember_file(path)
        self.message.emit(f"Opened {path.name}.", "info")
        for warning in outcome.warnings:
            self.message.emit(f"{path.name}: {warning}", "warning")

    def _finish(self, batch: Batch) -> None:
        self._reading -= 1
        outcomes = [batch.outcomes[number] for number in range(len(batch.paths))]
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        sentences = [str(error) for error in errors if isinstance(error, DiffFitError)]
        for sentence in sentences:
            self.message.emit(sentence, "error")
        if sentences:
            self.refused.emit(sentences)
        for error in errors:
            if not isinstance(error, DiffFitError):
                self.crashed.emit(error)
        self.finished.emit()
