"""Keeps the viewport equal to the document, and shows a running fit in it."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray
from PySide6.QtCore import QObject

from app.document import Document
from app.fitting import FitStatus
from app.scene.styles import ColourScheme, MapStyle, Representation
from app.theme import LIGHT, Colour, Theme
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.document.session import MapItem, Session, StructureItem
from difffit_core.events import Event, PosesImproved

MOST_TRAILS = 100


class SceneView(Protocol):
    """What the presenter needs of a viewport; tests use a recording one."""

    def set_theme(self, theme: Theme) -> None: ...
    def show_map(self, key: str, volume: Volume, *, level: float, colour: Colour, opacity: float = ...) -> None: ...
    def replace_map(self, key: str, volume: Volume) -> None: ...
    def set_map_style(
        self,
        key: str,
        *,
        level: float | None = ...,
        colour: Colour | None = ...,
        opacity: float | None = ...,
        style: MapStyle | None = ...,
        dust: float | None = ...,
        full_detail: bool | None = ...,
        dragging: bool = ...,
    ) -> None: ...
    def show_structure(
        self,
        key: str,
        structure: Structure,
        *,
        colour: Colour | None = ...,
        map_from_model: Float64[ndarray, "3 4"] | None = ...,
    ) -> None: ...
    def set_structure_style(
        self,
        key: str,
        *,
        representation: Representation | None = ...,
        colour_by: ColourScheme | None = ...,
        colour: Colour | None = ...,
    ) -> None: ...
    def set_busy(self, busy: bool) -> None: ...
    def place(self, key: str, map_from_model: Float64[ndarray, "3 4"]) -> None: ...
    def set_visible(self, key: str, visible: bool) -> None: ...
    def remove(self, key: str) -> None: ...
    def show_poses(self, position_xyz: Float64[ndarray, "pose 3"], scores: Float[ndarray, " pose"]) -> None: ...
    def clear_poses(self) -> None: ...
    def show_trails(self, trails: Sequence[Float64[ndarray, "step 3"]]) -> None: ...
    def frame_all(self) -> None: ...
    def frame(self, key: str) -> None: ...


class ScenePresenter(QObject):
    """Compares the session before and after each change and tells the viewport what differs."""

    def __init__(self, document: Document, view: SceneView) -> None:
        super().__init__()
        self._document, self._view = document, view
        self._theme = LIGHT
        self._dragging = False
        self.trails_shown = False  # draw the ways of the best poses while a fit runs
        self._ways: list[Float64[ndarray, "pose 3"]] = []  # positions of all poses, report by report
        document.changed.connect(self.follow)

    def detach(self) -> None:
        """Follow the document no more."""
        self._document.changed.disconnect(self.follow)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours; maps without a colour of their own take the theme's."""
        self._theme = theme
        self._view.set_theme(theme)
        for item in self._document.session.maps:
            if item.colour is None:
                self._view.set_map_style(item.key, colour=theme.map_colour)

    def set_dragging(self, dragging: bool) -> None:
        """While the level is dragged the surface may be coarser; afterwards it is drawn in full."""
        if self._dragging and not dragging:
            self._dragging = False
            for item in self._document.session.maps:
                self._view.set_map_style(item.key, level=item.contour_level)
        self._dragging = dragging

    def follow(self, old: Session, new: Session) -> None:
        """Draw what differs between two sessions."""
        for key in _keys(old) - _keys(new):
            self._view.remove(key)
        for map_item in new.maps:
            self._show_map(old.find_map(map_item.key), map_item)
        for item in new.structures:
            self._show_structure(new, old.find_structure(item.key), item)
        if not (old.maps or old.structures) or _opened(new) - _opened(old):
            self._view.frame_all()

    def begin_fit(self, status: FitStatus) -> None:
        """Look at the map that is searched."""
        self._view.set_busy(True)
        self._view.clear_poses()
        self._view.frame(status.map)

    def show_event(self, status: FitStatus, event: Event) -> None:
        """Poses as points, the best one as the structure itself."""
        item = self._document.session.find_structure(status.structure)
        if item is None or not isinstance(event, PosesImproved) or not len(event.scores):
            return
        self._view.show_poses(event.poses.position_xyz, event.scores)
        if self.trails_shown:
            self._show_trails(event)
        best = int(np.argmax(event.scores))
        self._view.place(item.key, event.poses[[best]].map_from_model(item.structure.centroid_xyz)[0])

    def end_fit(self) -> None:
        """Take the points away and put every structure where the document says."""
        self._view.set_busy(False)
        self._view.clear_poses()
        self._view.show_trails([])
        self._ways = []
        for item in self._document.session.structures:
            self._view.place(item.key, self._document.session.standing(item))

    def _show_trails(self, event: PosesImproved) -> None:
        """The ways of the best poses; poses that were sorted out anew begin new ways."""
        if self._ways and len(self._ways[-1]) != len(event.poses):
            self._ways = []
        self._ways.append(event.poses.position_xyz)
        best = np.argsort(-np.asarray(event.scores))[:MOST_TRAILS]
        ways = np.stack(self._ways)[:, best]
        self._view.show_trails([ways[:, number] for number in range(len(best))] if len(ways) > 1 else [])

    def _show_map(self, old: MapItem | None, new: MapItem) -> None:
        colour = new.colour or self._theme.map_colour
        if old is None:
            self._view.show_map(new.key, new.volume, level=new.contour_level, colour=colour, opacity=new.opacity)
            old = MapItem(
                new.key,
                new.path,
                new.volume,
                new.contour_level,
                new.suggested_level,
                new.suggested_resolution,
                new.colour,
                new.opacity,
            )
        elif old.removals != new.removals:
            self._view.replace_map(new.key, new.volume)
        if old != new:
            changed = colour if new.colour != old.colour else None
            level, opacity = differing(old, new, "contour_level"), differing(old, new, "opacity")
            self._view.set_map_style(
                new.key,
                level=level,
                colour=changed,
                opacity=opacity,
                style=differing(old, new, "style"),
                dust=differing(old, new, "dust"),
                full_detail=differing(old, new, "full_detail"),
                dragging=self._dragging,
            )
        self._view.set_visible(new.key, new.visible)

    def _show_structure(self, session: Session, old: StructureItem | None, new: StructureItem) -> None:
        if old is None:
            place = session.standing(new)
            self._view.show_structure(new.key, new.structure, colour=new.colour, map_from_model=place)
            old = StructureItem(new.key, new.structure, new.colour, placed_by=new.placed_by)
        if old != new:
            self._dress_structure(old, new)
            self._view.place(new.key, session.standing(new))
        self._view.set_visible(new.key, new.visible)

    def _dress_structure(self, old: StructureItem, new: StructureItem) -> None:
        if old.representation != new.representation:
            self._view.set_structure_style(new.key, representation=cast("Representation", new.representation))
        if new.colour_by == "uniform" and (old.colour, old.colour_by) != (new.colour, new.colour_by):
            self._view.set_structure_style(new.key, colour=new.colour)
        elif old.colour_by != new.colour_by:
            self._view.set_structure_style(new.key, colour_by=cast("ColourScheme", new.colour_by))


def _keys(session: Session) -> set[str]:
    return {item.key for item in session.maps} | {item.key for item in session.structures}


def _opened(session: Session) -> set[str]:
    """The maps that came from files: what remains of one lies where that one lies."""
    return {item.key for item in session.maps if item.derived_from is None}


def differing(old: MapItem, new: MapItem, name: str) -> Any:
    """The new value of a property that has changed, else None."""
    value = getattr(new, name)
    return None if value == getattr(old, name) else value
