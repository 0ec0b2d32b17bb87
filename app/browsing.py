"""The clusters in the 3D view: a sphere for each, copies for all chosen rows, two colours for a comparison."""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import numpy as np
from jaxtyping import Float, Float64
from numpy import ndarray
from PySide6.QtCore import QObject, QTimer, Slot

from app.document import Document
from app.panels.cluster_table import ClusterRow, rows_of
from app.panels.clusters import ClustersPanel
from app.scene.legends import Scale
from app.scene.palette import CHAIN_COLOURS, SCORE_STOPS, score_colours, score_range
from difffit_core.document.session import ClusterId, Colour, Session

PlaceColouring = Literal["structure", "cluster", "score"]
MOST_COPIES = 20  # chosen rows beyond are not drawn: more of them hide each other
FADED = 0.55  # copies lie this far towards grey
GREY = np.array([0.6, 0.6, 0.62])


class ClusterView(Protocol):
    """What browsing needs of a viewport."""

    def show_copy(
        self, key: str, *, of: str, map_from_model: Float64[ndarray, "3 4"], colour: Colour | None = ...
    ) -> None: ...
    def remove(self, key: str) -> None: ...
    def set_visible(self, key: str, visible: bool) -> None: ...
    def frame(self, key: str) -> None: ...
    def show_clusters(
        self,
        ids: Sequence[int],
        position_xyz: Float64[ndarray, "cluster 3"],
        size: Float[ndarray, " cluster"],
        colour_rgb: Float[ndarray, "cluster 3"],
        *,
        legend: Scale | None = ...,
    ) -> None: ...
    def select_clusters(self, ids: Sequence[int]) -> None: ...
    def clear_clusters(self) -> None: ...


class Browsing(QObject):
    """Keeps table and scene telling the same."""

    def __init__(self, document: Document, panel: ClustersPanel, view: ClusterView) -> None:
        super().__init__()
        self._document, self._panel, self._view = document, panel, view
        self._ids: list[ClusterId] = []  # a sphere's number is its place here
        self._copies: dict[ClusterId, str] = {}  # key of the copy in the view
        self._compared: dict[ClusterId, Colour] = {}
        self._alone: frozenset[str] = frozenset()  # keys of structures whose other places are not shown
        self.spheres_shown = False
        self._colour_by: PlaceColouring = "structure"
        self._soon = QTimer(self, singleShot=True, interval=0)  # one press changes choice and document one by one
        self._soon.timeout.connect(self._show_overlay)
        document.changed.connect(self._follow)
        panel.overlaid.connect(lambda _: self._soon.start())
        panel.centre_pressed.connect(self.centre)

    def show_spheres(self, shown: bool) -> None:
        """Show a sphere for every cluster, or none."""
        self.spheres_shown = shown
        self._draw_spheres(self._document.session)

    def colour_places(self, by: PlaceColouring) -> None:
        """Colour spheres and copies by their structure, by cluster, or by score."""
        self._colour_by = by
        self._draw_spheres(self._document.session)
        self._soon.start()

    def compare(self, colours: dict[ClusterId, Colour], alone: Iterable[ClusterId] = ()) -> None:
        """Show these clusters in these colours until an empty dictionary is given.

        `alone`: show nothing else of the structures that these clusters belong to.
        """
        session = self._document.session
        self._compared = colours
        for item in session.structures:
            if item.key in self._alone:
                self._view.set_visible(item.key, item.visible)
        self._alone = fitted_structures(session, alone)
        self._soon.start()

    @Slot(int)
    def pick(self, number: int) -> None:
        """A sphere was clicked: go to its row."""
        if 0 <= number < len(self._ids):
            self._panel.choose(self._ids[number])

    def centre(self, chosen: ClusterId) -> None:
        """Look at the structure that stands in this cluster."""
        fit = self._document.session.find_fit(chosen.fit)
        if fit is not None:
            self._panel.choose(chosen)
            self._view.frame(fit.structure)

    def _follow(self, old: Session, new: Session) -> None:
        if old.fits != new.fits or any(a.result is not b.result for a, b in zip(old.fits, new.fits, strict=True)):
            self._draw_spheres(new)
        if (old.fits, old.structures) != (new.fits, new.structures):
            self._soon.start()

    def _draw_spheres(self, session: Session) -> None:
        rows = rows_of(session)
        self._ids = [row.id for row in rows]
        if not rows or not self.spheres_shown:
            self._view.clear_clusters()
            return
        self._view.show_clusters(
            range(len(rows)),
            np.concatenate([row.cluster.representative.position_xyz for row in rows]),
            np.array([row.cluster.hits for row in rows], dtype=np.float64),
            place_colours(rows, self._colour_by),
            legend=Scale("correlation about mean", SCORE_STOPS, *score_range(scores_of(rows)))
            if self._colour_by == "score"
            else None,
        )
        self._mark(self._panel.overlay)

    def _mark(self, chosen: list[ClusterId]) -> None:
        if self.spheres_shown:
            known = {key: number for number, key in enumerate(self._ids)}
            self._view.select_clusters([known[key] for key in chosen if key in known])

    @Slot()
    def _show_overlay(self) -> None:
        chosen, session = self._panel.overlay, self._document.session
        stand = {item.placed_by for item in session.structures}
        further = [] if self._alone else [key for key in chosen[:MOST_COPIES] if key not in stand]
        wanted = dict.fromkeys(further) | self._compared
        for key in self._alone & {item.key for item in session.structures}:
            self._view.set_visible(key, False)
        for gone in [known for known in self._copies if known not in wanted or session.find_cluster(known) is None]:
            self._view.remove(self._copies.pop(gone))
        for cluster, colour in wanted.items():
            self._show_copy(session, cluster, colour)
        self._mark(chosen)

    def _show_copy(self, session: Session, key: ClusterId, colour: Colour | None) -> None:
        fit, cluster = session.find_fit(key.fit), session.find_cluster(key)
        item = session.find_structure(fit.structure) if fit else None
        if fit is None or item is None or cluster is None:
            return
        name = f"copy-{key.fit}-{key.index}"
        self._view.show_copy(
            name,
            of=item.key,
            map_from_model=fit.result.map_from_model(key.index),
            colour=colour or self._copy_colour(session, key) or faded(item.colour),
        )
        self._copies[key] = name

    def _copy_colour(self, session: Session, key: ClusterId) -> Colour | None:
        """The colour of a copy by cluster or score; None when it is its structure's."""
        if self._colour_by == "structure":
            return None
        rows = rows_of(session)
        number = next(number for number, row in enumerate(rows) if row.id == key)
        red, green, blue = place_colours(rows, self._colour_by)[number]
        return float(red), float(green), float(blue)


def place_colours(rows: Sequence[ClusterRow], by: PlaceColouring) -> Float64[ndarray, "cluster 3"]:
    """A colour for each row of the table."""
    if by == "cluster":
        return CHAIN_COLOURS[np.arange(len(rows)) % len(CHAIN_COLOURS)]
    if by == "score":
        return score_colours(scores_of(rows))
    return np.array([row.colour for row in rows], dtype=np.float64)


def scores_of(rows: Sequence[ClusterRow]) -> Float64[ndarray, " cluster"]:
    """The correlation about the mean of each row."""
    return np.array([float(row.cluster.scores.correlation_about_mean) for row in rows])


def fitted_structures(session: Session, clusters: Iterable[ClusterId]) -> frozenset[str]:
    """Keys of the structures that these clusters are places of."""
    fits = (session.find_fit(cluster.fit) for cluster in clusters)
    return frozenset(fit.structure for fit in fits if fit is not None)


def faded(colour: Colour) -> Colour:
    """The colour of a structure's copies: nearer to grey."""
    red, green, blue = (1 - FADED) * np.array(colour) + FADED * GREY
    return float(red), float(green), float(blue)
