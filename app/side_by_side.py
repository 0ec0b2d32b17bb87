"""Two placements in two views that turn together: each view shows the maps and one of the two."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.browsing import fitted_structures
from app.copy_presenter import CopyPresenter
from app.document import Document
from app.panels.cluster_table import row_of
from app.scene.split_view import SplitView
from app.scene_presenter import ScenePresenter
from app.theme import LIGHT, Colour, Theme
from difffit_core.document.session import ClusterId, Session

COPY = "compared"  # key of the placement in the second view


@dataclass(frozen=True)
class Compared:
    """A placement and the colour that it has while it is compared."""

    id: ClusterId
    colour: Colour


class SideBySide(QObject):
    """Keeps the second view equal to the document, but for the placement that it shows.

    The first view and its placement are the browser's, see `Browsing.compare`.
    """

    ended = Signal()  # one of the two is no more

    def __init__(self, document: Document, split: SplitView) -> None:
        super().__init__()
        self._document, self._split = document, split
        self._theme = LIGHT
        self._presenter: ScenePresenter | None = None
        self._copies: CopyPresenter | None = None
        self._pair: tuple[Compared, Compared] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)  # the presenter follows first
        self._soon.timeout.connect(self._show)
        document.changed.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._theme = theme
        if self._presenter is not None:
            self._presenter.set_theme(theme)

    def begin(self, first: Compared, second: Compared) -> None:
        """Split the view and show the second placement in its second half."""
        self.end()
        self._pair = (first, second)
        session = self._document.session
        names = (name_of(session, first.id), name_of(session, second.id))
        view = self._split.split(names, (first.colour, second.colour))
        view.set_overlays(axes=False, scale_bar=False, legend=False)
        self._presenter = ScenePresenter(self._document, view)
        self._presenter.follow(Session(), session)
        self._presenter.set_theme(self._theme)
        self._copies = CopyPresenter(self._document, view)
        self._copies.follow(Session(), session)
        self._show()
        self._split.link()

    def end(self) -> None:
        """Show one view again, and hold nothing in the other."""
        if self._presenter is None or self._copies is None or self._split.second is None:
            return
        self._presenter.detach()
        self._copies.detach()
        self._presenter, self._copies, self._pair = None, None, None
        self._split.second.view.clear()
        self._split.join()

    def _follow(self, old: Session, new: Session) -> None:
        if self._pair is None:
            return
        if any(new.find_cluster(compared.id) is None for compared in self._pair):
            self.end()
            self.ended.emit()
        else:
            self._soon.start()

    @Slot()
    def _show(self) -> None:
        session = self._document.session
        if self._pair is None or self._split.second is None:
            return
        view, shown = self._split.second.view, self._pair[1]
        for structure in fitted_structures(session, [compared.id for compared in self._pair]):
            view.set_visible(structure, False)
        fit = session.find_fit(shown.id.fit)
        assert fit is not None
        place = fit.result.map_from_model(shown.id.index)
        view.show_copy(COPY, of=fit.structure, map_from_model=place, colour=shown.colour)


def name_of(session: Session, wanted: ClusterId) -> str:
    """Structure and rank, as the table of clusters shows them."""
    row = row_of(session, wanted)
    return "" if row is None else f"{row.structure} · place {row.rank}"
