"""What would go and what would stay when density is removed, shown before it is; worked out in the pool."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.document import Document
from app.removing import RemovalWish, Worked, remove
from app.scene.styles import MapStyle
from app.tasks import Tasks
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.removal import Removal
from difffit_core.data.volume import Volume
from difffit_core.document.density_commands import RemoveDensity
from difffit_core.document.session import Session
from difffit_core.errors import DiffFitError

GOES, STAYS = "preview goes", "preview stays"  # keys in the view
GOES_COLOUR: Colour = (0.86, 0.18, 0.30)
GOES_OPACITY, STAYS_OPACITY = 0.5, 0.3
SETTLED_MS = 120  # after the last change of a number


class PreviewView(Protocol):
    """What the preview needs of a viewport."""

    def show_map(self, key: str, volume: Volume, *, level: float, colour: Colour, opacity: float = ...) -> None: ...
    def replace_map(self, key: str, volume: Volume) -> None: ...
    def set_map_style(
        self, key: str, *, level: float | None = ..., colour: Colour | None = ..., style: MapStyle | None = ...
    ) -> None: ...
    def set_visible(self, key: str, visible: bool) -> None: ...
    def remove(self, key: str) -> None: ...


@dataclass(frozen=True)
class Preview:
    """Two maps and the level at which both are drawn (map units)."""

    goes: Volume
    stays: Volume
    level: float
    share: float  # of the density above the level that goes now, 0 to 1
    hidden: tuple[str, ...]  # keys of the maps that they stand for


@dataclass(frozen=True)
class Question:
    """What is asked of the pool."""

    session: Session = field(compare=False, repr=False)
    copies: tuple[str, ...]
    wish: RemovalWish
    places: tuple[object, ...]  # of the copies
    level: float | None


def preview_of(question: Question) -> Preview:
    """What removing would do; DiffFitError when it cannot be done."""
    worked: Worked = remove(question.session, question.copies, question.wish)
    command = worked.command
    assert isinstance(command, RemoveDensity)
    assert worked.remaining is not None
    session = question.session
    target = session.find_map(command.map)
    assert target is not None
    level = target.contour_level if question.wish.level is None else question.wish.level
    goes = gone(target.base, [item.removal for item in command.removals], level)
    above = int(np.count_nonzero(target.base.data > level))
    share = int(np.count_nonzero(goes.data > level)) / above if above else 0.0
    family = tuple(item.key for item in session.maps if session.opened_map(item.key) == target.key)
    return Preview(goes, worked.remaining, level, share, family)


def gone(volume: Volume, removals: Sequence[Removal], level: float) -> Volume:
    """The part of a map that removals cover, in the box around it; elsewhere as far below the level as it is above."""
    low = np.min([removal.low_zyx for removal in removals], axis=0)
    high = np.max([np.add(removal.low_zyx, removal.shape_zyx) for removal in removals], axis=0)
    covered = np.zeros((high - low).tolist(), dtype=bool)
    for removal in removals:
        z, y, x = (int(n) for n in np.subtract(removal.low_zyx, low))
        nz, ny, nx = removal.shape_zyx
        covered[z : z + nz, y : y + ny, x : x + nx] |= removal.mask
    box = volume.crop(_xyz(low), _xyz(high))
    below = np.minimum(box.data, 2 * np.float32(level) - box.data)
    return box.with_data(np.where(covered, box.data, below).astype(np.float32))


def _xyz(zyx: np.ndarray) -> tuple[int, int, int]:
    z, y, x = (int(n) for n in zyx)
    return x, y, z


class DensityPreview(QObject):
    """Shows the answer to the latest question; while one is worked out, newer ones wait."""

    shown = Signal(object)  # Preview, or None when there is none
    refused = Signal(str)  # a sentence
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, tasks: Tasks, view: PreviewView) -> None:
        super().__init__()
        self._document, self._tasks, self._view = document, tasks, view
        self._theme = LIGHT
        self._wanted: tuple[tuple[str, ...], RemovalWish] | None = None
        self._asked: Question | None = None
        self._busy = False
        self._preview: Preview | None = None
        self._soon = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._soon.timeout.connect(self._ask)
        document.changed.connect(lambda old, new: self._follow())

    @property
    def preview(self) -> Preview | None:
        """What is shown now."""
        return self._preview

    def set_theme(self, theme: Theme) -> None:
        """Draw what stays in the theme's colour of maps."""
        self._theme = theme
        if self._preview is not None:
            self._view.set_map_style(STAYS, colour=theme.map_colour)

    def show(self, copies: Sequence[str], wish: RemovalWish) -> None:
        """Show what removing the density of these copies would do; a moment later, and again when things change."""
        self._wanted = (tuple(copies), wish)
        self._soon.start()

    def hide(self) -> None:
        """Show the maps themselves again."""
        self._wanted = self._asked = None
        self._soon.stop()
        self._clear()

    def _follow(self) -> None:
        if self._preview is not None:
            self._hide_maps(self._preview)
        if self._wanted is not None:
            self._soon.start()

    def _ask(self) -> None:
        if self._wanted is None or self._busy:
            return  # the answer that is under way asks again
        question = self._question(*self._wanted)
        if question == self._asked:
            return
        self._asked, self._busy = question, True
        self._tasks.submit(
            partial(preview_of, question), on_result=partial(self._take, question), on_error=self._refuse
        )

    def _question(self, copies: tuple[str, ...], wish: RemovalWish) -> Question:
        session = self._document.session
        found = [copy for key in copies if (copy := session.find_copy(key)) is not None]
        target = session.find_map(found[0].map) if found else None
        places = tuple(copy.map_from_model for copy in found)
        removed = tuple(item.removals for item in session.maps)
        return Question(session, copies, wish, (*places, *removed), target.contour_level if target else None)

    def _take(self, question: Question, preview: Preview) -> None:
        self._busy = False
        if self._wanted is not None and question == self._asked:
            self._draw(preview)
        self._ask()

    def _refuse(self, error: Exception) -> None:
        self._busy = False
        self._clear()
        if isinstance(error, DiffFitError):
            self.refused.emit(str(error))
        else:
            self.failed.emit(error)
        self._ask()

    def _draw(self, preview: Preview) -> None:
        colours = {GOES: (GOES_COLOUR, GOES_OPACITY), STAYS: (self._theme.map_colour, STAYS_OPACITY)}
        for key, volume in ((STAYS, preview.stays), (GOES, preview.goes)):
            colour, opacity = colours[key]
            if self._preview is None:
                self._view.show_map(key, volume, level=preview.level, colour=colour, opacity=opacity)
            else:
                self._view.replace_map(key, volume)
                self._view.set_map_style(key, level=preview.level)
        self._preview = preview
        self._hide_maps(preview)
        self.shown.emit(preview)

    def _hide_maps(self, preview: Preview) -> None:
        """The preview stands for the maps; the document keeps what the user has chosen."""
        for key in preview.hidden:
            if self._document.session.find_map(key) is not None:
                self._view.set_visible(key, False)

    def _clear(self) -> None:
        preview, self._preview = self._preview, None
        if preview is None:
            return
        for key in (GOES, STAYS):
            self._view.remove(key)
        for key in preview.hidden:
            item = self._document.session.find_map(key)
            if item is not None:
                self._view.set_visible(key, item.visible)
        self.shown.emit(None)
