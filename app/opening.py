"""Opening files: read in the pool, added to the document in the order in which they were named."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.preferences import Preferences
from app.reading import MapFacts, ReadFile, read_file
from app.tasks import Tasks
from app.theme import STRUCTURE_COLOURS
from difffit_core.document.commands import AddMap, AddStructure
from difffit_core.document.session import MapItem
from difffit_core.errors import DiffFitError

MOST_AT_ONCE = 8  # files that are added in one change


@dataclass
class Batch:
    """Files that were opened together, and what became of each so far."""

    paths: list[Path]
    outcomes: dict[int, ReadFile | Exception]
    added: int = 0  # of the outcomes, from the front


class Opener(QObject):
    """Opens any number of files; one that cannot be read does not stop the others."""

    message = Signal(str, str)  # sentence, kind
    refused = Signal(list)  # sentences, one for each file of a batch that cannot be opened
    crashed = Signal(object)  # an exception that no reader should let out
    finished = Signal()  # a batch has been read

    def __init__(self, document: Document, tasks: Tasks, preferences: Preferences) -> None:
        super().__init__()
        self._document, self._tasks, self._preferences = document, tasks, preferences
        self._batches: list[Batch] = []
        self._structures = 0  # opened so far: each gets the next colour
        self._adding = QTimer(self, singleShot=True, interval=0)
        self._adding.timeout.connect(self._add_some)

    @property
    def busy(self) -> bool:
        """Whether files are being read."""
        return bool(self._batches)

    def open(self, paths: list[Path], facts: MapFacts | None = None) -> None:
        """Open files; `facts` say what is known about the maps among them."""
        if not paths:
            return
        batch = Batch(paths, {})
        self._batches.append(batch)
        self.message.emit(f"Reading {', '.join(path.name for path in paths)} …", "info")
        for number, path in enumerate(paths):
            self._tasks.submit(
                partial(read_file, path, facts),
                on_result=partial(self._take, batch, number),
                on_error=partial(self._take, batch, number),
            )

    def _take(self, batch: Batch, number: int, outcome: ReadFile | Exception) -> None:
        batch.outcomes[number] = outcome
        self._adding.start()

    def _add_some(self) -> None:
        """What has been read since, as one change: with a hundred files the window would follow for half a minute."""
        batch = next((one for one in self._batches if one.added in one.outcomes), None)
        if batch is None:
            return
        read: list[tuple[Path, ReadFile]] = []
        while batch.added in batch.outcomes and len(read) < MOST_AT_ONCE:
            outcome = batch.outcomes[batch.added]
            if not isinstance(outcome, Exception):
                read.append((batch.paths[batch.added], outcome))
            batch.added += 1
        self._adding.start()  # before listeners hear of it: there may be more
        self._document.do_together([self._command(outcome) for _, outcome in read])
        for path, outcome in read:
            self._preferences.remember_file(path)
            self.message.emit(f"Opened {path.name}.", "info")
            for warning in outcome.warnings:
                self.message.emit(f"{path.name}: {warning}", "warning")
        if batch.added == len(batch.paths):
            self._finish(batch)

    def _command(self, outcome: ReadFile) -> AddMap | AddStructure:
        if isinstance(outcome.item, MapItem):
            return AddMap(outcome.item)
        colour = STRUCTURE_COLOURS[self._structures % len(STRUCTURE_COLOURS)]
        self._structures += 1
        return AddStructure(replace(outcome.item, colour=colour))

    def _finish(self, batch: Batch) -> None:
        self._batches.remove(batch)
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
