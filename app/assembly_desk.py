"""Deciding: placements become copies, and everything that can be done with the assembly they make up."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QColorDialog, QMainWindow, QMenu

from app.accepting import accepted_as, copies_of
from app.actions import Actions, Handlers
from app.clash_desk import ClashDesk
from app.controller import Controller
from app.copy_presenter import CopyPresenter
from app.density_desk import DensityDesk
from app.exporting import ExportWish, export_assembly
from app.panels.assembly import AssemblyPanel
from app.panels.clusters import ClustersPanel
from app.panels.style_menus import REPRESENTATIONS
from app.polishing import POLISH
from app.pose_desk import PoseDesk
from app.scene.viewport import Viewport
from app.shell.export_dialog import ExportDialog
from app.theme import Theme, qcolour
from app.widgets.job_strip import JobStrip
from difffit_core.document.commands import Command
from difffit_core.document.copies import CopyItem
from difffit_core.document.copy_commands import AcceptCopies, AcceptCopy, SetCopyStyle

MENU = ("centre_copy", "handles", "polish", None, "remove_density", "restore_density", None, "delete_copy")


class AssemblyDesk(QObject):
    """Lets clusters, assembly panel, view and pool talk to each other."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    panel_asked = Signal()  # somebody wants to see the assembly panel
    changed = Signal()  # what can be done has changed

    def __init__(
        self,
        window: QMainWindow,
        controller: Controller,
        viewport: Viewport,
        clusters: ClustersPanel,
        panel: AssemblyPanel,
        strip: JobStrip,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._view = window, controller, viewport
        self._document, self._clusters, self._panel = controller.document, clusters, panel
        self._strip = strip
        self.presenter = CopyPresenter(controller.document, viewport)
        self.poses = PoseDesk(controller, viewport, panel)
        self.density = DensityDesk(controller, viewport, panel)
        self.clashes = ClashDesk(controller, viewport, panel)
        self.actions: Actions | None = None  # for the menu of a row
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        own: Handlers = {
            "accept": self.accept,
            "accept_remove": partial(self.accept, removing=True),
            "assembly": self.panel_asked.emit,
            "centre_copy": self._centre,
            "copy_up": partial(self._panel.move_current, -1),
            "copy_down": partial(self._panel.move_current, 1),
            "delete_copy": self._panel.delete_chosen,
            "density": partial(self._show_page, "density"),
            "clashes": partial(self._show_page, "clashes"),
            "export_assembly": self.ask_export,
        }
        return own | self.poses.handlers() | self.density.handlers()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._panel.set_theme(theme)
        self.density.set_theme(theme)

    def accept(self, *, removing: bool = False) -> None:
        """Keep the chosen placements, and take out what they explain if that is wanted."""
        session, chosen = self._document.session, self._clusters.overlay
        copies = copies_of(session, chosen)
        if not copies:
            known = {copy.name for key in chosen if (copy := accepted_as(session, key)) is not None}
            self.message.emit(f"This placement was accepted before, as {', '.join(sorted(known))}.", "info")
            return
        self.clashes.expect(copy.key for copy in copies)
        if removing:
            for map_key in dict.fromkeys(copy.map for copy in copies):
                self.density.accept(tuple(copy for copy in copies if copy.map == map_key))
        else:
            self._do(AcceptCopy(copies[0]) if len(copies) == 1 else AcceptCopies(tuple(map(AcceptCopy, copies))))
            self.message.emit(f"Accepted {', '.join(copy.name for copy in copies)}.", "info")

    def pick(self, key: str) -> None:
        """A copy was clicked in the view."""
        self._panel.choose([key])
        self.panel_asked.emit()

    def ask_export(self) -> None:
        """Let the user say what to write and where."""
        map_key = self._map_key
        if map_key is not None:
            count = len(self._document.session.assembly(map_key))
            dialog = ExportDialog(count, Path(self._controller.preferences.folder), self._window)
            dialog.asked.connect(partial(self._export, map_key))
            dialog.open()

    @property
    def polishing(self) -> bool:
        """Whether a copy is being polished."""
        return self.poses.polishing.busy

    def cancel_polish(self) -> None:
        """Stop polishing."""
        self.poses.polishing.cancel()

    def shut_down(self) -> None:
        """Cancel what runs."""
        self.poses.polishing.shut_down()

    def make_menu(self) -> QMenu:
        """What can be done with the chosen copies."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in MENU if self.actions is not None else ():
            if key is None:
                menu.addSeparator()
            elif self.actions is not None:
                menu.addAction(self.actions.by_key[key])
        menu.addSeparator()
        menu.addAction("Colour …", self._ask_colour)
        styles = menu.addMenu("Draw as")
        for name, title in REPRESENTATIONS.items():
            styles.addAction(title, partial(self._restyle, name))
        return menu

    def _connect(self) -> None:
        self._clusters.accept_pressed.connect(self.accept)
        self._clusters.accept_remove_pressed.connect(partial(self.accept, removing=True))
        self._panel.export_pressed.connect(self.ask_export)
        self._panel.menu_asked.connect(self._show_menu)
        self._panel.chosen_changed.connect(self.changed)
        for desk in (self.poses, self.density):
            desk.message.connect(self.message)
            desk.failed.connect(self.failed)
        self.clashes.message.connect(self.message)
        self.poses.changed.connect(self._follow_polish)
        self.poses.polishing.progressed.connect(partial(self._strip.show_progress, POLISH))
        self._controller.fitting.started.connect(lambda status: self.presenter.show_fitted(status.structure))
        self._controller.fitting.ended.connect(partial(self.presenter.show_fitted, None))

    @property
    def _copies(self) -> list[CopyItem]:
        return [copy for key in self._panel.chosen if (copy := self._document.session.find_copy(key)) is not None]

    @property
    def _map_key(self) -> str | None:
        """The map whose assembly is meant: that of the chosen copies, else of the last one."""
        copies = self._copies or list(self._document.session.copies[-1:])
        return copies[0].map if copies else None

    def _follow_polish(self) -> None:
        if not self.polishing:
            self._strip.end(POLISH)
        self.changed.emit()

    def _centre(self) -> None:
        if self._panel.current is not None:
            self._view.frame(self._panel.current)

    def _show_page(self, name: str) -> None:
        self._panel.pages.setCurrentWidget(getattr(self._panel, name))
        self.panel_asked.emit()

    def _show_menu(self, place: QPoint) -> None:
        self.make_menu().popup(place)

    def _ask_colour(self) -> None:
        copies = self._copies
        if copies:
            dialog = QColorDialog(qcolour(copies[0].colour), self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.colorSelected.connect(
                lambda chosen: self._colour(copies, (chosen.redF(), chosen.greenF(), chosen.blueF()))
            )
            dialog.open()

    def _colour(self, copies: list[CopyItem], colour: tuple[float, float, float]) -> None:
        for copy in copies:
            self._do(SetCopyStyle(copy.key, colour=colour))

    def _restyle(self, representation: str) -> None:
        for copy in self._copies:
            self._do(SetCopyStyle(copy.key, representation=representation))

    def _export(self, map_key: str, wish: ExportWish) -> None:
        self._controller.preferences.folder = str(wish.folder)
        work = partial(export_assembly, self._document.session, map_key, wish)
        self._controller.tasks.submit(work, on_result=self._note_written, on_error=self.failed.emit)

    def _note_written(self, paths: tuple[Path, ...]) -> None:
        names = ", ".join(path.name for path in paths)
        self.message.emit(f"Wrote {names} into {paths[0].parent}.", "info")

    def _do(self, command: Command) -> None:
        self._document.seal()
        self._document.do(command)
        self._document.seal()
