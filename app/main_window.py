"""The window: puts the panels together and lets them talk to the document."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app import layout, texts
from app.actions import Actions, Handlers, Situation
from app.assembly_desk import AssemblyDesk
from app.cluster_desk import ClusterDesk
from app.compose_desk import COMPOSE, ComposeDesk
from app.controller import Controller
from app.file_actions import FileActions, dropped_paths
from app.fit_desk import FitDesk
from app.handing_desk import HandingDesk
from app.help_desk import HelpDesk
from app.history_menu import HistoryMenu
from app.icons import program_icon
from app.menus import make_menus, make_toolbar
from app.panels.assembly import AssemblyPanel
from app.panels.clusters import ClustersPanel
from app.panels.compose import ComposePanel
from app.panels.contour import ContourPanel
from app.panels.data import DataPanel
from app.panels.details import DetailsPanel
from app.panels.fit import FitPanel
from app.panels.log import LogPanel
from app.panels.plot import PlotPanel
from app.panels.profile import ProfilePanel
from app.panels.welcome import WelcomePage
from app.polishing import POLISH
from app.problems import Problems
from app.project import SAVE
from app.project_desk import ProjectDesk
from app.scene.split_view import SplitView
from app.scene.viewport import Viewport
from app.scene_presenter import ScenePresenter
from app.shell.preferences_dialog import PreferencesDialog
from app.shell.tour import Step
from app.theme import Theme, ThemeSwitch
from app.view_desk import ViewDesk
from app.widgets.banner import Banner
from app.widgets.fit_button import FitButton
from app.widgets.job_strip import FIT, JobStrip
from difffit_core.document.session import Session, StructureItem

MOVIE = "movie"  # key of a movie among the jobs
MESSAGE_MS = 8000  # how long a sentence stays in the status bar


class MainWindow(QMainWindow):
    """Everything the user sees."""

    def __init__(self, controller: Controller, themes: ThemeSwitch) -> None:
        super().__init__()
        self.controller, self.themes = controller, themes
        self.document, self.selection = controller.document, controller.selection
        self.setWindowTitle("DiffFit[*]")
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self._make_panels()
        self._make_docks()
        self._make_desks()
        self.actions_by_key = Actions(self, self._handlers())
        self.assembly.actions = self.actions_by_key
        self._make_menus()
        self._connect()
        self._set_theme(themes.theme)
        self._restore_layout()
        self._show_situation()

    # Building

    def _make_panels(self) -> None:
        self.viewport = Viewport()
        self.presenter = ScenePresenter(self.document, self.viewport)
        self.welcome = WelcomePage()
        self.data_panel = DataPanel(self.document, self.selection)
        self.contour_panel = ContourPanel(self.document, self.selection, self.controller.tasks)
        self.fit_panel = FitPanel(self.document, self.selection)
        self.fit_button = FitButton()
        self.clusters_panel = ClustersPanel(self.document)
        self.details_panel = DetailsPanel(self.document, self.controller.tasks)
        self.profile_panel = ProfilePanel()
        self.assembly_panel = AssemblyPanel(self.document)
        self.compose_panel = ComposePanel()
        self.plot_panel = PlotPanel()
        self.log_panel = LogPanel()
        self.job_strip = JobStrip()
        self.banner = Banner("Save As …")
        self.centre = QStackedWidget()
        self.centre.addWidget(self.welcome)
        self.split = SplitView(self.viewport)
        self.centre.addWidget(self.split)
        self.setCentralWidget(layout.below_each_other(self.banner, self.centre))
        self.statusBar().addPermanentWidget(self.job_strip)
        self.statusBar().setSizeGripEnabled(False)

    def _make_docks(self) -> None:
        layout.give_corners_to_the_sides(self)
        self.sidebar = layout.Sidebar([self.data_panel, self.contour_panel, self.fit_panel], self.fit_button)
        self.left_dock = layout.make_sidebar_dock(self, "sidebar", "Data and fit", self.sidebar)
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        column = layout.make_column(self.clusters_panel, self.details_panel)
        self.right_tabs = layout.make_tabs(
            {"Clusters": column, "Assembly": self.assembly_panel, "Compose": self.compose_panel}
        )
        self.right_dock = layout.make_dock(self, "clusters", "Clusters and assembly", self.right_tabs, right)
        self.tabs = layout.make_tabs(
            {"Progress": self.plot_panel, "Residues": self.profile_panel, "Log": self.log_panel}
        )
        self.bottom_dock = layout.make_dock(self, "messages", "Progress and log", self.tabs, bottom)

    def _make_desks(self) -> None:
        """What the window does, by subject."""
        controller = self.controller
        self.problems = Problems(self)
        self.problems.noted.connect(self.note)
        self.files = FileActions(self, controller, self._current_placed)
        self.projects = ProjectDesk(self, controller, self.banner)
        self.clusters = ClusterDesk(
            self, controller, self.split, self.clusters_panel, self.details_panel, self.profile_panel
        )
        self.assembly = AssemblyDesk(
            self, controller, self.viewport, self.clusters_panel, self.assembly_panel, self.job_strip
        )
        self.fits = FitDesk(
            self, controller, self.presenter, self.fit_panel, self.fit_button, self.plot_panel, self.job_strip
        )
        others = self.job_strip, self.assembly, self.fits.notices
        self.compose = ComposeDesk(controller, self.viewport, self.fit_panel, self.compose_panel, *others)
        self.views = ViewDesk(self, controller, self.split)
        self.handing = HandingDesk(self, controller, self.viewport)
        self.help = HelpDesk(self, controller.preferences)
        self.help.steps = self._tour_steps()

    def _tour_steps(self) -> list[Step]:
        return [
            Step(
                "A map and a structure", texts.TOUR_OPEN, "Open the sample", self.welcome.zone, self.files.open_sample
            ),
            Step("Find its places", texts.TOUR_FIT, "Fit", self.fit_button, self.start_fit),
            Step("Look at what was found", texts.TOUR_LOOK, "Done", self.clusters_panel, lambda: None),
        ]

    def _make_menus(self) -> None:
        docks = [self.left_dock, self.right_dock, self.bottom_dock]
        self.recent_menu = make_menus(self, self.actions_by_key, docks, HistoryMenu(self.document, self))
        self.recent_menu.aboutToShow.connect(self._list_recent)
        self.toolbar = make_toolbar(self, self.actions_by_key)

    def _handlers(self) -> Handlers:
        choose = self._choose_theme
        own: Handlers = {
            "open": self.files.ask_open,
            "sample": self.files.open_sample,
            "fetch": self.files.ask_fetch,
            "forget_recent": self._forget_recent,
            "save_placed": self.files.ask_save_placed,
            "preferences": self._show_preferences,
            "close_all": self.files.close_all,
            "quit": self._quit,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "fit": self.start_fit,
            "cancel": self.cancel_fit,
            "frame_all": self.viewport.frame_all,
            "frame_map": self._frame_map,
            "theme_system": partial(choose, "system"),
            "theme_light": partial(choose, "light"),
            "theme_dark": partial(choose, "dark"),
            "reset_layout": self.reset_layout,
            "full_screen": self._toggle_full_screen,
        }
        return (
            own
            | self.projects.handlers()
            | self.handing.handlers()
            | self.clusters.handlers()
            | self.assembly.handlers()
            | self.compose.handlers()
            | self.views.handlers()
            | self.help.handlers()
        )

    def _connect(self) -> None:
        self.document.changed.connect(self._follow)
        self.selection.changed.connect(self._show_situation)
        self.themes.changed.connect(self._set_theme)
        self.viewport.picked.connect(self._pick)
        self.viewport.problem.connect(partial(self.note, kind="error"))
        self.welcome.open_pressed.connect(self.files.ask_open)
        self.welcome.sample_pressed.connect(self.files.open_sample)
        self.welcome.recent_pressed.connect(self.files.open_one)
        self.contour_panel.dragging.connect(self.presenter.set_dragging)
        self.clusters_panel.save_pressed.connect(self.files.ask_save_placed)
        self.clusters_panel.overlaid.connect(self._show_situation)
        self.data_panel.view_asked.connect(self.views.do)
        self.fit_panel.disclosure.toggled.connect(self._reveal_options)
        self.files.message.connect(self.note)
        self.files.failed.connect(self.problems.show_error)
        self.files.project_asked.connect(self.projects.open)
        self.job_strip.cancel_pressed.connect(self._cancel_job)
        self._connect_desks()
        self._connect_workers()

    def _connect_desks(self) -> None:
        for desk in (self.projects, self.handing, self.assembly, self.compose, self.views):
            desk.message.connect(self.note)
            desk.failed.connect(self.problems.show_error)
        self.clusters.search_asked.connect(self.fits.search_around)
        for worker in (self.clusters.reclustering, self.clusters.scoring):
            worker.message.connect(self.note)
            worker.failed.connect(self.show_unexpected)
        self.assembly.panel_asked.connect(partial(self._show_tab, self.assembly_panel))
        self.compose.panel_asked.connect(partial(self._show_tab, self.compose_panel))
        for subject in (self.assembly, self.compose, self.fits):
            subject.changed.connect(self._show_situation)
        self.tabs.currentChanged.connect(self._follow_tab)
        self.fits.wrong.connect(self.problems.show_error)
        self.views.movie.progressed.connect(partial(self.job_strip.show_progress, MOVIE))
        self.views.movie.ended.connect(partial(self.job_strip.end, MOVIE))

    def _connect_workers(self) -> None:
        opener, fitting, fetching = self.controller.opener, self.controller.fitting, self.controller.fetching
        project = self.controller.project
        project.changed.connect(self._show_situation)
        project.progressed.connect(self.job_strip.show_progress)
        project.ended.connect(self.job_strip.end)
        opener.message.connect(self.note)
        opener.refused.connect(self.problems.show_refused_files)
        opener.crashed.connect(self.show_unexpected)
        fitting.message.connect(self.note)
        fitting.failed.connect(self.problems.show_failed_fit)
        fitting.started.connect(lambda _: self.tabs.setCurrentWidget(self.plot_panel))
        fitting.ended.connect(self._end_fits)
        fetching.message.connect(self.note)
        fetching.progressed.connect(self.job_strip.show_progress)
        fetching.ended.connect(self.job_strip.end)
        fetching.refused.connect(self.problems.show_refused_fetch)
        fetching.crashed.connect(self.show_unexpected)

    # Following

    def note(self, text: str, kind: str = "info") -> None:
        """Write a sentence to the log and show it for a while in the status bar."""
        self.log_panel.add(text, kind)
        self.statusBar().showMessage(text, MESSAGE_MS)

    def _follow(self, old: Session, new: Session) -> None:
        count = len(new.copies)
        self.right_tabs.setTabText(1, f"Assembly ({count})" if count else "Assembly")
        empty = not (new.maps or new.structures)
        self.centre.setCurrentWidget(self.welcome if empty else self.split)
        if empty:
            self.welcome.show_recent(self.controller.preferences.recent_files)
        self._show_situation()

    def _show_situation(self, _: object = None) -> None:
        session, history, fitting = self.document.session, self.document.history, self.controller.fitting.busy
        missing = self.fit_panel.missing
        if not fitting:
            names = [item.name for item in session.maps] or [item.name for item in session.structures]
            self.setWindowTitle(self.projects.title(", ".join(names[:3])))
        self.setWindowModified(self.controller.project.modified)
        self.actions_by_key.update(
            Situation(
                session=session,
                fitting=fitting,
                can_fit=not missing and not fitting,
                placed=self._current_placed() is not None,
                chosen=len(self.clusters_panel.overlay),
                undo=history.undo_label,
                redo=history.redo_label,
                copies=len(self.assembly_panel.chosen),
                polishing=self.assembly.polishing,
                composing=self.controller.composing.busy,
                proposed=self.compose.can_accept,
            )
        )
        self.actions_by_key.by_key["handles"].setChecked(self.assembly.poses.handles_shown)
        self.assembly.poses.show_situation()
        self.fits.show_ready()

    def _current_placed(self) -> StructureItem | None:
        """The structure of the table's current row, else the current one, when it has been placed."""
        session, chosen = self.document.session, self.clusters_panel.chosen
        fit = session.find_fit(chosen.fit) if chosen else None
        item = session.find_structure(fit.structure if fit else self.selection.structure_key)
        return item if item is not None and item.placed_by is not None else None

    def _set_theme(self, theme: Theme) -> None:
        for panel in (
            self.data_panel,
            self.contour_panel,
            self.fit_panel,
            self.clusters_panel,
            self.details_panel,
            self.profile_panel,
            self.plot_panel,
            self.log_panel,
            self.assembly,
            self.compose,
            self.presenter,
            self.clusters.side_by_side,
        ):
            panel.set_theme(theme)
        self.actions_by_key.set_theme(theme, self.themes.choice)

    def _pick(self, key: str) -> None:
        if self.document.session.find_map(key):
            self.selection.choose_map(key)
        elif self.document.session.find_structure(key):
            self.selection.choose_structure(key)
        elif self.document.session.find_copy(key):
            self.assembly.pick(key)

    def _show_tab(self, panel: QWidget) -> None:
        self.right_dock.show()
        self.right_tabs.setCurrentWidget(panel)

    def _follow_tab(self) -> None:
        self.assembly.presenter.inspect(self.tabs.currentWidget() is self.profile_panel)

    def _reveal_options(self, shown: bool) -> None:
        if shown:
            self.sidebar.reveal(self.fit_panel.options)

    def _list_recent(self) -> None:
        self.files.list_recent(self.recent_menu)
        self.recent_menu.addAction(self.actions_by_key.by_key["forget_recent"])

    def _forget_recent(self) -> None:
        self.controller.preferences.forget_files()
        self.welcome.show_recent([])

    # Fits

    def start_fit(self) -> None:
        """Fit the ticked structures."""
        self.fits.start()

    def cancel_fit(self) -> None:
        """Stop the running fit, composing, and the polishing of a copy."""
        self.fits.cancel()
        self.compose.cancel()
        self.assembly.cancel_polish()

    def _cancel_job(self, key: str) -> None:
        known = {
            FIT: self.fits.cancel,
            COMPOSE: self.compose.cancel,
            POLISH: self.assembly.cancel_polish,
            MOVIE: self.views.movie.cancel,
            SAVE: self.controller.project.cancel_saving,
        }
        known.get(key, partial(self.controller.fetching.cancel, key))()

    def _end_fits(self) -> None:
        if self.clusters_panel.chosen is not None:
            self.clusters_panel.table.setFocus()

    def show_unexpected(self, error: Exception) -> None:
        """An error of ours: note it and offer its details."""
        self.problems.show_unexpected(error)

    # Window

    def _choose_theme(self, choice: str) -> None:
        self.controller.preferences.theme = choice
        self.themes.choose(choice)

    def _show_preferences(self) -> None:
        from difffit_core.files.fetch import default_cache

        dialog = PreferencesDialog(self.controller.preferences, default_cache(), self)
        dialog.theme_chosen.connect(self._choose_theme)
        self.help.show_preferences(dialog)

    def _frame_map(self) -> None:
        if self.selection.map_key is not None:
            self.viewport.frame(self.selection.map_key)

    def reset_layout(self) -> None:
        """Put all panels where they were at first."""
        layout.set_first_sizes(self, self.left_dock, self.right_dock, self.bottom_dock)

    def _restore_layout(self) -> None:
        self.reset_layout()
        self.welcome.show_recent(self.controller.preferences.recent_files)
        remembered = self.controller.preferences.layout()
        if remembered is not None:
            self.restoreGeometry(remembered[0])
            self.restoreState(remembered[1], layout.VERSION)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _quit(self) -> None:
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files from any program."""
        if dropped_paths(event):
            event.acceptProposedAction()
            self.welcome.set_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files have left the window again."""
        self.welcome.set_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; later, so that the program it came from need not wait."""
        self.welcome.set_hovered(False)
        paths = dropped_paths(event)
        event.acceptProposedAction()
        QTimer.singleShot(0, self, partial(self.files.open_files, paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel what runs, wait for it, and remember the layout; ask first when changes would be lost."""
        if not self.projects.may_close():
            event.ignore()
            return
        self.controller.preferences.save_layout(self.saveGeometry(), self.saveState(layout.VERSION))
        self.fits.notices.clear()
        self.hide()
        self.assembly.shut_down()
        self.controller.shut_down()
        self.viewport.close_scene()
        self.split.close_scene()
        event.accept()
