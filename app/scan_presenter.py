"""The chosen candidate in the view, where the scan found it; the document is not touched."""

from collections import OrderedDict
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.copy_presenter import CopiesView
from app.scan_opening import ReadCandidate, read_candidates
from app.scan_table import Candidate
from app.tasks import Tasks
from app.theme import Colour

KEY = "scan candidate"  # in the view
COLOUR: Colour = (0.95, 0.55, 0.10)  # no structure of the session has it
KEPT = 24  # structures: walking through the table to and fro reads nothing twice


class CandidateView(CopiesView, Protocol):
    """What a candidate needs of a viewport."""

    def frame(self, key: str) -> None: ...


class CandidatePresenter(QObject):
    """Draws one candidate at a time."""

    failed = Signal(str)  # a sentence

    def __init__(self, tasks: Tasks, view: CandidateView) -> None:
        super().__init__()
        self._tasks, self._view = tasks, view
        self._read: OrderedDict[str, ReadCandidate] = OrderedDict()  # by path, the one looked at last at the end
        self._wanted: Candidate | None = None
        self._shown: Candidate | None = None

    def show(self, candidate: Candidate) -> None:
        """Draw a candidate in place of the one before, as soon as it has been read."""
        if candidate == self._wanted:
            return
        self._wanted = candidate
        known = self._read.get(str(candidate.path))
        if known is not None:
            self._take(candidate, (known,))
        else:
            work = partial(read_candidates, (candidate,))
            self._tasks.submit(
                work, on_result=partial(self._take, candidate), on_error=partial(self._refuse, candidate)
            )

    def clear(self) -> None:
        """Draw none."""
        self._wanted = None
        if self._shown is not None:
            self._view.remove(KEY)
            self._shown = None

    def centre(self) -> None:
        """Look at the candidate."""
        if self._shown is not None:
            self._view.frame(KEY)

    def _take(self, candidate: Candidate, read: tuple[ReadCandidate, ...]) -> None:
        self._read[str(candidate.path)] = read[0]
        self._read.move_to_end(str(candidate.path))
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        if candidate != self._wanted or candidate.map_from_model is None:
            return
        matrix = np.array(candidate.map_from_model)
        if self._shown is not None and self._shown.path == candidate.path:
            self._view.place(KEY, matrix)
        else:
            self._view.show_structure(KEY, read[0].structure, colour=COLOUR, map_from_model=matrix)
        self._shown = candidate

    def _refuse(self, candidate: Candidate, error: Exception) -> None:
        if candidate == self._wanted:
            self.clear()
            self.failed.emit(str(error))
