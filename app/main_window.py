"""The window: puts the panels together and lets them talk to the document."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from app import layout, texts
from app.actions import Actions, Handlers
from app.assembly_desk import AssemblyDesk
from app.cluster_desk import ClusterDesk
from app.compose_desk import ComposeDesk
from app.controller import Controller
from app.file_actions import FileActions, dropped_paths
from app.fit_desk import FitDesk
from app.handing_desk import HandingDesk
from app.help_desk import HelpDesk
from app.history_menu import HistoryMenu
from app.icons import program_icon
from app.look_desk import LookDesk
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
from app.panels.scan import ScanPanel
from app.panels.scan_plots import ScanPlotsPanel
from app.panels.segments import SegmentsPanel
from app.panels.welcome import WelcomePage
from app.problems import Problems
from app.project_desk import ProjectDesk
from app.scan_desk import ScanDesk
from app.scan_pictures import CandidatePictures
from app.scene.split_view import SplitView
from app.scene.viewport import Viewport
from app.scene_presenter import ScenePresenter
from app.segment_desk import SegmentDesk
from app.shell.tour import Step
from app.theme import ThemeSwitch
from app.view_desk import ViewDesk
from app.widgets.banner import Banner
from app.widgets.fit_button import FitButton
from app.widgets.job_strip import JobStrip
from app.wiring import Wiring
from difffit_core.document.session import StructureItem

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
        self.wiring = Wiring(self)
        self._restore_layout()
        self.wiring.show_situation()

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
        self.pictures = CandidatePictures(self.controller.tasks)
        self.scan_panel, self.scan_plots = ScanPanel(self.pictures), ScanPlotsPanel()
        self.plot_panel = PlotPanel()
        self.segments_panel = SegmentsPanel()
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
            {
                "Clusters": column,
                "Assembly": self.assembly_panel,
                "Compose": self.compose_panel,
                "Identify": self.scan_panel,
            }
        )
        self.right_dock = layout.make_dock(self, "clusters", "Clusters and assembly", self.right_tabs, right)
        self.tabs = layout.make_tabs(
            {
                "Progress": self.plot_panel,
                "Residues": self.profile_panel,
                "Log": self.log_panel,
                "Candidates": self.scan_plots,
                "Segments": self.segments_panel,
            }
        )
        self.bottom_dock = layout.make_dock(self, "messages", "Progress and log", self.tabs, bottom)

    def _make_desks(self) -> None:
        """What the window does, by subject."""
        controller = self.controller
        self.problems = Problems(self)
        self.problems.noted.connect(self.note)
        self.files = FileActions(self, controller, self.current_placed)
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
        scan = self.fit_panel, self.scan_panel, self.scan_plots, self.pictures, self.job_strip, self.fits.notices
        self.scans = ScanDesk(self, controller, self.viewport, *scan)
        self.segments = SegmentDesk(controller, self.viewport, self.fit_panel, self.segments_panel, self.job_strip)
        self.views = ViewDesk(self, controller, self.split)
        self.handing = HandingDesk(self, controller, self.viewport)
        self.looks = LookDesk(self, controller.preferences, controller.tasks, self.themes)
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
        own: Handlers = {
            "forget_recent": self._forget_recent,
            "quit": self._quit,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "fit": self.start_fit,
            "cancel": self.cancel_fit,
            "reset_layout": self.reset_layout,
        }
        for desk in (self.files, self.projects, self.handing, self.clusters, self.assembly, self.compose, self.scans):
            own |= desk.handlers()
        own |= self.segments.handlers()
        return own | self.views.handlers() | self.looks.handlers() | self.help.handlers()

    # Following

    def note(self, text: str, kind: str = "info") -> None:
        """Write a sentence to the log and show it for a while in the status bar."""
        self.log_panel.add(text, kind)
        self.statusBar().showMessage(text, MESSAGE_MS)

    def current_placed(self) -> StructureItem | None:
        """The structure of the table's current row, else the current one, when it has been placed."""
        session, chosen = self.document.session, self.clusters_panel.chosen
        fit = session.find_fit(chosen.fit) if chosen else None
        item = session.find_structure(fit.structure if fit else self.selection.structure_key)
        return item if item is not None and item.placed_by is not None else None

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
        """Stop the running fit, composing, the scan, and the polishing of a copy; a scan that rests is left alone."""
        self.fits.cancel()
        self.compose.cancel()
        self.segments.cancel()
        if not self.controller.scanning.resting:
            self.scans.cancel()
        self.assembly.cancel_polish()

    def show_unexpected(self, error: Exception) -> None:
        """An error of ours: note it and offer its details."""
        self.problems.show_unexpected(error)

    # Window

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
