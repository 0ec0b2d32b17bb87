"""Fits as the window shows them: started, followed, cancelled, ended, and how long they will take."""

from dataclasses import replace
from functools import partial
from time import monotonic

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from app.controller import Controller
from app.estimating import Estimates
from app.fitting import FitStatus
from app.panels.fit import FitPanel
from app.panels.plot import PlotPanel
from app.scene_presenter import ScenePresenter
from app.shell.notices import Notices
from app.shell.taskbar import TaskbarProgress
from app.widgets.fit_button import FitButton
from app.widgets.job_strip import FIT, JobStrip
from difffit_core.data.poses import Poses
from difffit_core.document.session import ClusterId, FitItem
from difffit_core.errors import SettingsError
from difffit_core.events import Event, PosesImproved
from difffit_core.settings import FitSettings

COUNT_EVERY = 0.5  # seconds between two counts of distinct places


class FitDesk(QObject):
    """Between form, engine, plot, view and job strip."""

    changed = Signal()  # a fit has started or ended, or the form asks for something else
    wrong = Signal(object)  # Exception: the form asks for what cannot be

    def __init__(
        self,
        window: QMainWindow,
        controller: Controller,
        presenter: ScenePresenter,
        form: FitPanel,
        button: FitButton,
        plot: PlotPanel,
        strip: JobStrip,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._presenter = window, controller, presenter
        self._form, self._button, self._plot, self._strip = form, button, plot, strip
        self._fitting, self._document = controller.fitting, controller.document
        self.estimates = Estimates(controller.document, controller.tasks, controller.preferences)
        self.notices = Notices(window, controller.preferences)
        self.taskbar: TaskbarProgress | None = None  # known once the window is visible
        self._counted, self._counting, self._title = 0.0, False, ""
        self._connect()

    def start(self) -> None:
        """Fit the ticked structures."""
        try:
            request = self._form.request
        except SettingsError as error:
            self.wrong.emit(error)
            return
        if request is not None:
            self._fitting.start(request)

    def search_around(self, chosen: ClusterId) -> None:
        """Fit only around one placement."""
        session = self._document.session
        fit, cluster = session.find_fit(chosen.fit), session.find_cluster(chosen)
        try:
            request = self._form.request
        except SettingsError as error:
            self.wrong.emit(error)
            return
        if fit is not None and cluster is not None and request is not None:
            near = replace(request, map=fit.map, structures=(fit.structure,), near=cluster.representative)
            self._fitting.start(near)

    def cancel(self) -> None:
        """Stop the running fit."""
        if self._fitting.busy:
            self._button.show_cancelling()
            self._strip.show_cancelling(FIT)
            self._fitting.cancel()

    def show_ready(self) -> None:
        """Say on the button what would be fitted."""
        if not self._fitting.busy:
            self._button.show_ready(
                missing=self._form.missing, structures=self._form.ticked, estimate=self.estimates.text
            )

    def _connect(self) -> None:
        self._fitting.started.connect(self._begin)
        self._fitting.progressed.connect(self._show_progress)
        self._fitting.happened.connect(self._show_event)
        self._fitting.finished.connect(self._learn)
        self._fitting.ended.connect(self._end)
        self._form.changed.connect(self._ask_estimate)
        self.estimates.changed.connect(self.show_ready)
        self._button.fit_pressed.connect(self.start)
        self._button.cancel_pressed.connect(self.cancel)

    def _ask_estimate(self) -> None:
        try:
            self.estimates.ask(self._form.request)
        except SettingsError:
            self.estimates.ask(None)  # said when Fit is pressed
        self.changed.emit()

    def _begin(self, status: FitStatus) -> None:
        self.notices.begin()
        self.taskbar = self.taskbar or TaskbarProgress.of(self._window)
        self._presenter.trails_shown = self._controller.preferences.flag("trails", False)
        self._presenter.begin_fit(status)
        self._plot.begin()
        self._show_progress(status)
        self.changed.emit()

    def _show_progress(self, status: FitStatus) -> None:
        self._button.show_progress(status.text, status.fraction)
        self._strip.show_progress(FIT, status.text, status.fraction)
        self._plot.show_progress(status.text)
        if self.taskbar is not None:
            self.taskbar.show(status.fraction)
        self._window.setWindowTitle(f"{100 * status.fraction:.0f} % · fitting[*] – DiffFit")

    def _show_event(self, status: FitStatus, event: Event) -> None:
        self._presenter.show_event(status, event)
        self._plot.take(event)
        if isinstance(event, PosesImproved) and not self._counting and monotonic() - self._counted > COUNT_EVERY:
            self._counting = True
            self._controller.tasks.submit(
                partial(count_places, event.poses), on_result=self._show_places, on_error=self._no_count
            )

    def _show_places(self, count: int) -> None:
        self._counting, self._counted = False, monotonic()
        if self._fitting.busy:
            self._plot.show_places(count)

    def _no_count(self, error: Exception) -> None:
        self._counting = False
        raise error

    def _learn(self, fit: FitItem) -> None:
        session = self._document.session
        item, target = session.find_structure(fit.structure), session.find_map(fit.map)
        if item is not None and target is not None:
            self.estimates.learn(item.structure, target.volume, fit.settings, fit.result)
            count = len(fit.result.clusters)
            self._title = f"{item.name} was fitted: {count} clusters."

    def _end(self) -> None:
        self._presenter.end_fit()
        self._strip.end(FIT)
        self._plot.end()
        if self.taskbar is not None:
            self.taskbar.clear()
        self.notices.end(self._title or "The fit has ended.")
        self.changed.emit()


def count_places(poses: Poses) -> int:
    """How many distinct places the poses stand in, by the usual tolerances; scipy's sparse parts are imported late."""
    from difffit_core.document.comparison import count_places as count

    usual = FitSettings()
    return count(poses, usual.cluster_shift, usual.cluster_angle)
