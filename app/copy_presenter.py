"""Keeps the copies in the viewport equal to the document's, each in its own colour."""

from typing import Protocol, cast

from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QObject

from app.document import Document
from app.scene.styles import Representation
from app.theme import Colour
from difffit_core.data.structure import Structure
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import Session


class CopiesView(Protocol):
    """What copies need of a viewport."""

    def show_structure(
        self,
        key: str,
        structure: Structure,
        *,
        colour: Colour | None = ...,
        map_from_model: Float64[ndarray, "3 4"] | None = ...,
    ) -> None: ...
    def show_copy(
        self, key: str, *, of: str, map_from_model: Float64[ndarray, "3 4"], colour: Colour | None = ...
    ) -> None: ...
    def set_structure_style(
        self, key: str, *, representation: Representation | None = ..., colour: Colour | None = ...
    ) -> None: ...
    def place(self, key: str, map_from_model: Float64[ndarray, "3 4"]) -> None: ...
    def set_visible(self, key: str, visible: bool) -> None: ...
    def remove(self, key: str) -> None: ...


class CopyPresenter(QObject):
    """Compares the copies before and after each change.

    Copies are drawn from a shape of their own, made once for every structure and representation and never shown
    itself: how the structure is coloured and drawn while one browses must not change the assembly.
    """

    def __init__(self, document: Document, view: CopiesView) -> None:
        super().__init__()
        self._document, self._view = document, view
        self._shapes: dict[str, set[str]] = {}  # keys of the copies that are drawn from each shape
        document.changed.connect(self.follow)

    def detach(self) -> None:
        """Follow the document no more."""
        self._document.changed.disconnect(self.follow)

    def follow(self, old: Session, new: Session) -> None:
        """Draw what differs between two sessions."""
        if old.copies == new.copies and len(old.structures) == len(new.structures):
            return
        for copy in old.copies:
            later = new.find_copy(copy.key)
            if later is None or _shape_key(later) != _shape_key(copy):
                self._take_away(copy)
        for copy in new.copies:
            self._show(new, old.find_copy(copy.key), copy)

    def _show(self, session: Session, old: CopyItem | None, new: CopyItem) -> None:
        shape = _shape_key(new)
        if new.key not in self._shapes.get(shape, ()):
            self._add(session, new, shape)
        elif old is not None:
            if old.map_from_model != new.map_from_model:
                self._view.place(new.key, new.matrix)
            if old.colour != new.colour:
                self._view.set_structure_style(new.key, colour=new.colour)
        if new.key in self._shapes.get(shape, ()):
            self._view.set_visible(new.key, new.visible)

    def _add(self, session: Session, copy: CopyItem, shape: str) -> None:
        item = session.find_structure(copy.structure)
        if item is None:
            return
        if shape not in self._shapes:
            self._view.show_structure(shape, item.structure, colour=copy.colour)
            if copy.representation != "cartoon":
                self._view.set_structure_style(shape, representation=cast("Representation", copy.representation))
            self._view.set_visible(shape, False)
            self._shapes[shape] = set()
        self._view.show_copy(copy.key, of=shape, map_from_model=copy.matrix, colour=copy.colour)
        self._shapes[shape].add(copy.key)

    def _take_away(self, copy: CopyItem) -> None:
        shape = _shape_key(copy)
        self._view.remove(copy.key)
        users = self._shapes.get(shape, set())
        users.discard(copy.key)
        if shape in self._shapes and not users:
            del self._shapes[shape]
            self._view.remove(shape)


def _shape_key(copy: CopyItem) -> str:
    return f"shape of {copy.structure}, {copy.representation}"
