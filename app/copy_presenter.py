"""Keeps the copies in the viewport equal to the document's, each in its own colour."""

from typing import Protocol, cast

from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QObject

from app.accepting import lie_together
from app.document import Document
from app.scene.styles import Representation
from app.theme import Colour
from difffit_core.data.structure import Structure
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import Session, StructureItem


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
        self._fitted: str | None = None  # key of the structure that a fit moves about
        self._inspecting = False
        self._pairs: list[tuple[str, str]] = []  # structures and the copies of them that stand where they stand
        self._hidden: set[str] = set()  # of these, what is not drawn
        self._shapes: dict[str, set[str]] = {}  # keys of the copies that are drawn from each shape
        document.changed.connect(self.follow)

    def detach(self) -> None:
        """Follow the document no more."""
        self._document.changed.disconnect(self.follow)

    def follow(self, old: Session, new: Session) -> None:
        """Draw what differs between two sessions."""
        if old.copies != new.copies or len(old.structures) != len(new.structures):
            self._follow_copies(old, new)
        if (old.copies, old.structures) != (new.copies, new.structures):
            self._pairs = _together(new)
        self._draw_one_of_two()

    def show_fitted(self, structure: str | None) -> None:
        """A fit moves this structure about, so it is shown wherever it is; None when the fit has ended."""
        self._fitted = structure
        self._draw_one_of_two()

    def inspect(self, inspecting: bool) -> None:
        """While residues are looked at the structure is drawn in place of its copy: it shows their colours."""
        self._inspecting = inspecting
        self._draw_one_of_two()

    def _draw_one_of_two(self) -> None:
        """Of a structure and a copy in one place only one is drawn: the two would flicker through each other."""
        session = self._document.session
        pairs = [(structure, copy) for structure, copy in self._pairs if structure != self._fitted]
        hidden = {copy if self._inspecting else structure for structure, copy in pairs}
        items: list[StructureItem | CopyItem] = [*session.structures, *session.copies]
        for item in items:
            if item.key in hidden | self._hidden:
                self._view.set_visible(item.key, item.visible and item.key not in hidden)
        self._hidden = hidden

    def _follow_copies(self, old: Session, new: Session) -> None:
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


def _together(session: Session) -> list[tuple[str, str]]:
    """Keys of structures and of the visible copies of them that stand where they stand."""
    pairs = []
    for item in session.structures:
        copies = [copy for copy in session.copies if copy.structure == item.key and copy.visible and item.visible]
        place = session.standing(item)
        pairs += [(item.key, copy.key) for copy in copies if lie_together(item.structure, copy.matrix, place)]
    return pairs


def _shape_key(copy: CopyItem) -> str:
    return f"shape of {copy.structure}, {copy.representation}"
