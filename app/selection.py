"""What the user is looking at; not part of the document, so it is not undone."""

from PySide6.QtCore import QObject, Signal

from app.document import Document
from difffit_core.document.session import Session


class Selection(QObject):
    """The current map (whose level the contour panel shows) and the current structure; None when there is none."""

    changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.map_key: str | None = None
        self.structure_key: str | None = None
        document.changed.connect(self._follow)

    def choose_map(self, key: str | None) -> None:
        """Make this map the current one."""
        self._become(key, self.structure_key)

    def choose_structure(self, key: str | None) -> None:
        """Make this structure the current one."""
        self._become(self.map_key, key)

    def _follow(self, old: Session, new: Session) -> None:
        """New items become current, and when a current item goes, the last one left does."""
        map_key, structure_key = self.map_key, self.structure_key
        if len(new.maps) > len(old.maps) or new.find_map(map_key) is None:
            map_key = new.maps[-1].key if new.maps else None
        if len(new.structures) > len(old.structures) or new.find_structure(structure_key) is None:
            structure_key = new.structures[-1].key if new.structures else None
        self._become(map_key, structure_key)

    def _become(self, map_key: str | None, structure_key: str | None) -> None:
        if (map_key, structure_key) != (self.map_key, self.structure_key):
            self.map_key, self.structure_key = map_key, structure_key
            self.changed.emit()
