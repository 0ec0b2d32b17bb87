"""Density that copies explain: previewed, taken out, put back."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions import Handlers
from app.controller import Controller
from app.density_preview import DensityPreview, Preview
from app.panels.assembly import AssemblyPanel
from app.removing import Accept, Removing, Work, accept_and_remove, is_out, remove
from app.scene.viewport import Viewport
from app.theme import Theme
from difffit_core.document.copies import CopyItem
from difffit_core.document.copy_commands import AcceptCopies
from difffit_core.document.density_commands import RestoreDensity
from difffit_core.document.session import Session
from difffit_core.errors import DiffFitError

ALREADY_OUT = "This density is out already. Fit into what remains, or choose other copies."


class DensityDesk(QObject):
    """Between the page about density, the pool and the document."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, controller: Controller, viewport: Viewport, panel: AssemblyPanel) -> None:
        super().__init__()
        self._document, self._panel, self._page = controller.document, panel, panel.density
        self.removing = Removing(controller.document, controller.selection, controller.tasks)
        self.preview = DensityPreview(controller.document, controller.tasks, viewport)
        self._soon = QTimer(self, singleShot=True, interval=0)  # pages hide and show one after the other
        self._soon.timeout.connect(self._show_preview)
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {"remove_density": self.remove, "restore_density": self.restore}

    def set_theme(self, theme: Theme) -> None:
        """Draw the preview in the theme's colours."""
        self.preview.set_theme(theme)

    def accept(self, copies: tuple[CopyItem, ...], accept: Accept = AcceptCopies) -> None:
        """Accept copies of one map together with their density, as the page says."""
        wish = self._page.wish
        self._ask(lambda session: accept_and_remove(session, copies, wish, accept))

    def remove(self) -> None:
        """Take out what the chosen copies explain, or all copies when none is chosen."""
        keys, wish = self._keys, self._page.wish
        if keys:
            self._ask(lambda session: remove(session, keys, wish))

    def restore(self) -> None:
        """Put the density of these copies back."""
        self._document.seal()
        for item in self._document.session.maps:
            gone = tuple(removal.copy for removal in item.removals if removal.copy in self._keys)
            if gone:
                self._document.do(RestoreDensity(item.key, gone))
        self._document.seal()

    @property
    def _keys(self) -> tuple[str, ...]:
        """The copies it is about: the chosen ones, else all; of one map only."""
        session = self._document.session
        chosen = set(self._panel.chosen) or {copy.key for copy in session.copies}
        copies = [copy for copy in session.copies if copy.key in chosen]
        return tuple(copy.key for copy in copies if copy.map == copies[0].map)

    def _connect(self) -> None:
        self._panel.chosen_changed.connect(self._show)
        self._page.changed.connect(self._soon.start)
        self._page.remove_pressed.connect(self.remove)
        self._page.restore_pressed.connect(self.restore)
        self.removing.message.connect(self.message)
        self.removing.failed.connect(self.failed)
        self.removing.failed.connect(self._show)
        self.removing.done.connect(self._show)
        self.preview.shown.connect(self._show_share)
        self.preview.refused.connect(self._page.show_share)
        self.preview.failed.connect(self.failed)
        self._document.changed.connect(self._follow)
        self._show()

    def _ask(self, work: Work) -> None:
        self.removing.ask(work)
        self._page.show_possible(False)

    def _follow(self, old: Session, new: Session) -> None:
        if (old.copies, old.maps) != (new.copies, new.maps):
            self._show()

    def _show(self, _: object = None) -> None:
        session, keys = self._document.session, self._keys
        copies = [copy for copy in session.copies if copy.key in keys]
        removed = {removal.copy for item in session.maps for removal in item.removals}
        names = copies[0].name if len(copies) == 1 else f"{len(copies)} copies"
        self._page.show_copies(len(copies), names, can_restore=bool(removed & set(keys)))
        target = session.find_map(copies[0].map) if copies else None
        if target is not None:
            self._page.show_level(target.contour_level)
        self._soon.start()

    def _show_preview(self) -> None:
        keys, wish = self._keys, self._page.wish
        out = self._is_out(keys)
        self._page.show_possible(bool(keys) and not out and not self.removing.busy)
        if keys and not out and self._page.isVisible() and self._page.preview.isChecked():
            self.preview.show(keys, wish)
        else:
            self.preview.hide()
            self._page.show_share(ALREADY_OUT if out else "")

    def _is_out(self, keys: tuple[str, ...]) -> bool:
        try:
            return is_out(self._document.session, keys, self._page.wish)
        except DiffFitError:
            return False  # the preview says why

    def _show_share(self, preview: Preview | None) -> None:
        if preview is None:
            self._page.show_share("")
        else:
            share = f"{100 * preview.share:.0f} % of the density above the level goes."
            self._page.show_share(share)
