"""What the window's parts share: the document and the workers, made and shut down together."""

from pathlib import Path

from PySide6.QtCore import QObject

from app.autosaving import Autosaving
from app.composing import Composing
from app.document import Document
from app.fetching import Fetching
from app.fitting import ENGINE, FitEngine, Fitting
from app.garbage import GarbageCollector
from app.jobs import JobRunner
from app.memory import MemoryReturn
from app.opening import Opener
from app.preferences import Preferences
from app.project import Project
from app.scanning import Scanning
from app.selection import Selection
from app.tasks import Tasks


class Controller(QObject):
    """Owns document, project, selection, file pool and fits."""

    def __init__(
        self,
        preferences: Preferences,
        engine: FitEngine = ENGINE,
        *,
        autosaves: Path | None = None,
        scans: Path | None = None,
    ) -> None:
        """`autosaves` and `scans` are the folders for them, None for those among the user's own data."""
        super().__init__()
        self.preferences = preferences
        self.document = Document()
        self.selection = Selection(self.document)
        self.tasks = Tasks(self)
        self.project = Project(self.document)
        self.autosaving = Autosaving(self.document, self.project, self.tasks, autosaves)
        self.autosaves = autosaves
        self.opener = Opener(self.document, self.tasks, preferences)
        self.fitting = Fitting(self.document, self.tasks, engine)
        self.composing = Composing(self.document)
        self.segmenting = JobRunner(self)
        self.scanning = Scanning()
        self.scans = scans
        self.fetching = Fetching()
        self.fetching.fetched.connect(self._open)
        self._garbage = GarbageCollector(lambda: self.busy)
        self._garbage.begin()
        self._memory = MemoryReturn(self.document, self.tasks)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        fits = (self.fitting, self.composing, self.segmenting, self.scanning)
        return any(work.busy for work in (*fits, self.opener, self.tasks, self.fetching, self.project))

    def _open(self, path: Path) -> None:
        self.opener.open([path])

    def shut_down(self) -> None:
        """Cancel and wait for every thread."""
        self.fitting.shut_down()
        self.composing.shut_down()
        self.segmenting.shut_down()
        self.scanning.shut_down()
        self.fetching.shut_down()
        self.tasks.shut_down()
        self.autosaving.end()
        self.project.shut_down()
        self.preferences.flush()
        self._garbage.end()
