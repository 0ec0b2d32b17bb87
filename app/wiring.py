"""Who hears whom: the window's panels, its desks and the workers, and what the window shows as things change."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.compose_desk import COMPOSE
from app.polishing import POLISH
from app.project import OPEN, SAVE
from app.records.record import Situation
from app.scan_desk import SCAN
from app.segment_desk import SEGMENT
from app.theme import Theme
from app.widgets.job_strip import FIT
from difffit_core.document.session import Session

if TYPE_CHECKING:
    from app.main_window import MainWindow

MOVIE = "movie"  # key of a movie among the jobs


class Wiring(QObject):
    """Connects what a window consists of; made once everything is there."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window, self._controller = window, window.controller
        self._strip, self._problems, self._note = window.job_strip, window.problems, window.note
        self._connect_document()
        self._connect_panels()
        self._connect_files()
        self._connect_desks()
        self._connect_clusters()
        self._connect_project()
        self._connect_opener()
        self._connect_fits()
        self._connect_fetching()

    # Connecting

    def _connect_document(self) -> None:
        window = self._window
        window.themes.changed.connect(self._set_theme)
        self._set_theme(window.themes.theme)
        window.document.changed.connect(self._follow)
        window.selection.changed.connect(self.show_situation)
        window.viewport.picked.connect(self._pick)
        window.viewport.problem.connect(partial(self._note, kind="error"))

    def _connect_panels(self) -> None:
        window = self._window
        window.contour_panel.dragging.connect(window.presenter.set_dragging)
        window.clusters_panel.save_pressed.connect(window.files.ask_save_placed)
        window.clusters_panel.overlaid.connect(self.show_situation)
        window.data_panel.view_asked.connect(window.views.do)
        window.fit_panel.disclosure.toggled.connect(self._reveal_options)
        window.tabs.currentChanged.connect(self._follow_tab)
        window.right_tabs.currentChanged.connect(self._follow_right_tab)
        self._strip.cancel_pressed.connect(self._cancel_job)

    def _connect_files(self) -> None:
        window, files = self._window, self._window.files
        window.welcome.open_pressed.connect(files.ask_open)
        window.welcome.sample_pressed.connect(files.open_sample)
        window.welcome.recent_pressed.connect(files.open_one)
        files.message.connect(self._note)
        files.failed.connect(self._problems.show_error)
        files.project_asked.connect(window.projects.open)
        files.library_asked.connect(window.scans.take_library)

    def _connect_desks(self) -> None:
        window = self._window
        for desk in (window.projects, window.handing, window.assembly, window.compose, window.scans, window.views):
            desk.message.connect(self._note)
            desk.failed.connect(self._problems.show_error)
        window.assembly.panel_asked.connect(partial(self._show_tab, window.assembly_panel))
        window.compose.panel_asked.connect(partial(self._show_tab, window.compose_panel))
        window.scans.panel_asked.connect(self._show_scan)
        window.segments.message.connect(self._note)
        window.segments.failed.connect(self._problems.show_error)
        window.segments.drawn.connect(window.compose.presenter.hide_originals)  # a proposal stands for the map as well
        window.segments.panel_asked.connect(partial(self._show_page, window.segments_panel))
        for subject in (window.assembly, window.compose, window.scans, window.fits):
            subject.changed.connect(self.show_situation)
        window.fits.wrong.connect(self._problems.show_error)
        window.views.movie.progressed.connect(partial(self._strip.show_progress, MOVIE))
        window.views.movie.ended.connect(partial(self._strip.end, MOVIE))

    def _connect_clusters(self) -> None:
        clusters = self._window.clusters
        clusters.search_asked.connect(self._window.fits.search_around)
        for worker in (clusters.reclustering, clusters.scoring):
            worker.message.connect(self._note)
            worker.failed.connect(self._problems.show_unexpected)

    def _connect_project(self) -> None:
        project = self._controller.project
        project.changed.connect(self.show_situation)
        project.progressed.connect(self._strip.show_progress)
        project.ended.connect(self._strip.end)

    def _connect_opener(self) -> None:
        opener = self._controller.opener
        opener.message.connect(self._note)
        opener.refused.connect(self._problems.show_refused_files)
        opener.crashed.connect(self._problems.show_unexpected)

    def _connect_fits(self) -> None:
        fitting = self._controller.fitting
        fitting.message.connect(self._note)
        fitting.failed.connect(self._problems.show_failed_fit)
        fitting.started.connect(self._show_plot)
        fitting.ended.connect(self._end_fits)

    def _connect_fetching(self) -> None:
        fetching = self._controller.fetching
        fetching.message.connect(self._note)
        fetching.progressed.connect(self._strip.show_progress)
        fetching.ended.connect(self._strip.end)
        fetching.refused.connect(self._problems.show_refused_fetch)
        fetching.crashed.connect(self._problems.show_unexpected)

    # Following

    def show_situation(self, _: object = None) -> None:
        """Enable what can be done now, and say in the title what the window is about."""
        window = self._window
        self._show_title()
        window.actions_by_key.update(self._situation())
        window.actions_by_key.by_key["handles"].setChecked(window.assembly.poses.handles_shown)
        window.assembly.poses.show_situation()
        window.fits.show_ready()

    def _show_title(self) -> None:
        window, session = self._window, self._window.document.session
        if not self._controller.fitting.busy:
            names = [item.name for item in session.maps] or [item.name for item in session.structures]
            window.setWindowTitle(window.projects.title(", ".join(names[:3])))
        window.setWindowModified(self._controller.project.modified)

    def _situation(self) -> Situation:
        window, history, fitting = self._window, self._window.document.history, self._controller.fitting.busy
        return Situation(
            session=window.document.session,
            fitting=fitting,
            can_fit=not window.fit_panel.missing and not fitting,
            placed=window.current_placed() is not None,
            chosen=len(window.clusters_panel.overlay),
            undo=history.undo_label,
            redo=history.redo_label,
            copies=len(window.assembly_panel.chosen),
            polishing=window.assembly.polishing,
            composing=self._controller.composing.busy,
            proposed=window.compose.can_accept,
            scanning=self._controller.scanning.busy,
            resting=self._controller.scanning.resting or window.scans.can_resume,
            ranked=window.scans.candidates.can_open_best,
            candidate=window.scans.candidates.can_open,
        )

    def _follow(self, old: Session, new: Session) -> None:
        window, count = self._window, len(new.copies)
        window.right_tabs.setTabText(1, f"Assembly ({count})" if count else "Assembly")
        empty = not (new.maps or new.structures)
        window.centre.setCurrentWidget(window.welcome if empty else window.split)
        if empty:
            window.welcome.show_recent(self._controller.preferences.recent_files)
        self.show_situation()

    def _set_theme(self, theme: Theme) -> None:
        window = self._window
        for panel in (
            window.data_panel,
            window.contour_panel,
            window.fit_panel,
            window.clusters_panel,
            window.details_panel,
            window.profile_panel,
            window.plot_panel,
            window.log_panel,
            window.assembly,
            window.compose,
            window.scans,
            window.presenter,
            window.clusters.side_by_side,
        ):
            panel.set_theme(theme)
        window.actions_by_key.set_theme(theme, window.themes.choice)

    def _pick(self, key: str) -> None:
        window, session = self._window, self._window.document.session
        if session.find_map(key):
            window.selection.choose_map(key)
        elif session.find_structure(key):
            window.selection.choose_structure(key)
        elif session.find_copy(key):
            window.assembly.pick(key)

    def _show_tab(self, panel: QWidget) -> None:
        self._window.right_dock.show()
        self._window.right_tabs.setCurrentWidget(panel)

    def _show_page(self, panel: QWidget) -> None:
        self._window.bottom_dock.show()
        self._window.tabs.setCurrentWidget(panel)

    def _follow_tab(self) -> None:
        window = self._window
        window.assembly.presenter.inspect(window.tabs.currentWidget() is window.profile_panel)

    def _follow_right_tab(self) -> None:
        window = self._window
        window.scans.candidates.look(window.right_tabs.currentWidget() is window.scan_panel)

    def _show_scan(self) -> None:
        self._show_tab(self._window.scan_panel)
        self._window.tabs.setCurrentWidget(self._window.scan_plots)

    def _reveal_options(self, shown: bool) -> None:
        if shown:
            self._window.sidebar.reveal(self._window.fit_panel.options)

    def _show_plot(self, _: object = None) -> None:
        self._window.tabs.setCurrentWidget(self._window.plot_panel)

    def _end_fits(self) -> None:
        if self._window.clusters_panel.chosen is not None:
            self._window.clusters_panel.table.setFocus()

    def _cancel_job(self, key: str) -> None:
        window, controller = self._window, self._controller
        known = {
            FIT: window.fits.cancel,
            COMPOSE: window.compose.cancel,
            SCAN: window.scans.cancel,
            SEGMENT: window.segments.cancel,
            POLISH: window.assembly.cancel_polish,
            MOVIE: window.views.movie.cancel,
            SAVE: controller.project.cancel_saving,
            OPEN: controller.project.cancel_opening,
        }
        known.get(key, partial(controller.fetching.cancel, key))()
