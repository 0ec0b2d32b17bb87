"""Segments in the view: each in a colour of its own, in place of the map that they are parts of."""

from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from app.document import Document
from app.scene.palette import CHAIN_COLOURS
from app.segmenting import SegmentedMap
from app.theme import Colour
from difffit_core.data.volume import Volume

SHADES = (1.0, 0.6, 0.8)
OPACITY, FAINT = 0.7, 0.12  # of segments, and of those beside the chosen one


class SegmentView(Protocol):
    """What segments need of a viewport."""

    def show_map(self, key: str, volume: Volume, *, level: float, colour: Colour, opacity: float) -> None: ...

    def set_map_style(self, key: str, *, opacity: float) -> None: ...

    def set_visible(self, key: str, visible: bool) -> None: ...

    def remove(self, key: str) -> None: ...

    def frame(self, key: str) -> None: ...


class SegmentPresenter(QObject):
    """Shows the segments of one map while they are looked at; the document is not touched."""

    def __init__(self, document: Document, view: SegmentView) -> None:
        super().__init__()
        self._document, self._view = document, view
        self._shown: SegmentedMap | None = None
        self._chosen: int | None = None
        self._drawn: list[str] = []
        self._soon = QTimer(self, interval=0)  # one segment after the other: all at once would hold the window
        self._soon.timeout.connect(self._draw_next)

    def show(self, segmented: SegmentedMap | None, chosen: int | None = None) -> None:
        """Show these segments, those beside the chosen one (its number from 0) faintly; None shows the map again."""
        self._chosen = chosen
        if segmented is not self._shown:
            self._clear()
            self._shown = segmented
            self._soon.start()
        for number, key in enumerate(self._drawn):
            self._view.set_map_style(key, opacity=self._opacity(number))
        self._show_map()

    def look_at(self, number: int) -> None:
        """Go to a segment."""
        if number < len(self._drawn):
            self._view.frame(self._drawn[number])

    def _draw_next(self) -> None:
        segmented, number = self._shown, len(self._drawn)
        if segmented is None or number == len(segmented.pieces):
            self._soon.stop()
            return
        piece, colour, opacity = segmented.pieces[number], colour_of(number), self._opacity(number)
        self._view.show_map(key_of(number), piece, level=segmented.level, colour=colour, opacity=opacity)
        self._drawn.append(key_of(number))

    def _opacity(self, number: int) -> float:
        return OPACITY if self._chosen in (None, number) else FAINT

    def _clear(self) -> None:
        for key in self._drawn:
            self._view.remove(key)
        self._drawn = []

    def _show_map(self) -> None:
        for item in self._document.session.maps:
            is_cut = self._shown is not None and item.key == self._shown.map
            self._view.set_visible(item.key, item.visible and not is_cut)


def key_of(number: int) -> str:
    """Of a segment in the view."""
    return f"segment {number}"


def colour_of(number: int) -> Colour:
    """Of a segment, by its number from 0; every dozen is darker or lighter than the one before."""
    dozen, place = divmod(number, len(CHAIN_COLOURS))
    red, green, blue = (CHAIN_COLOURS[place] * SHADES[dozen % len(SHADES)]).tolist()
    return red, green, blue
