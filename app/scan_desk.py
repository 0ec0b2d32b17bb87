"""Identify as the window shows it: a library is scanned, paused, gone on with; folders of scans are opened."""

from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMainWindow

from app.actions import Handlers
from app.candidate_desk import CandidateDesk
from app.controller import Controller
from app.panels.fit import FitPanel
from app.panels.scan import ScanPanel
from app.panels.scan_plots import ScanPlotsPanel
from app.scan_folder import SAMPLE, count_of, default_root, free_folder, make_request, read_folder
from app.scan_pictures import CandidatePictures
from app.scan_table import OpenedScan, ScanRequest, ScanTable
from app.scene.viewport import Viewport
from app.shell.notices import Notices
from app.theme import Theme
from app.widgets.job_strip import JobStrip
from difffit_core.document.session import Session
from difffit_core.errors import DiffFitError, SettingsError

SCAN = "scan"  # key of a scan among the jobs
WAITS = "A scan runs: pause or cancel it."


class ScanDesk(QObject):
    """Between the form of fits, the panel, its plots, the engine and the folders."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    panel_asked = Signal()  # somebody wants to see the panel
    changed = Signal()  # what can be done has changed

    def __init__(
        self,
        window: QMainWindow,
        controller: Controller,
        viewport: Viewport,
        form: FitPanel,
        panel: ScanPanel,
        plots: ScanPlotsPanel,
        pictures: CandidatePictures,
        strip: JobStrip,
        notices: Notices,
    ) -> None:
        super().__init__(window)
        self._window, self._controller, self._document = window, controller, controller.document
        self._scanning, self._tasks, self._preferences = controller.scanning, controller.tasks, controller.preferences
        self._form, self._panel, self._plots, self._pictures = form, panel, plots, pictures
        self._strip, self._notices = strip, notices
        self.candidates = CandidateDesk(controller, viewport, form, panel, plots)
        self.scan: OpenedScan | None = None  # what is shown
        self._preparing = False
        self._connect()
        self._panel.show_last(self._preferences.last_scan)
        self._show_ready()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        own: Handlers = {"identify": self.start, "pause_scan": self.pause_or_resume, "open_scan": self.ask_open}
        return own | self.candidates.handlers()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self._panel.set_theme(theme)
        self._plots.set_theme(theme)

    @property
    def can_resume(self) -> bool:
        """Whether the scan that is shown was stopped before its end and can be gone on with."""
        scan = self.scan
        return not self._scanning.busy and scan is not None and not scan.table.complete and bool(scan.request.library)

    def start(self) -> None:
        """Scan what the form says; without a library ask for one."""
        self.panel_asked.emit()
        if self._missing or self._scanning.busy or self._preparing:
            self._panel.form.text.setFocus()
            return
        item, form = self._document.session.find_map(self._form.map_key), self._panel.form
        try:
            settings = self._form.settings
        except SettingsError as error:
            self.failed.emit(error)
            return
        assert item is not None
        library = form.library or form.files[0].parent.name
        root = self._controller.scans or default_root()
        folder = form.folder or free_folder(root, item.name, library)
        chosen = replace(settings, preset=form.efforts.chosen)
        work = partial(make_request, item, form.library, form.files, chosen, folder, form.region)
        self._preparing = True
        self._tasks.submit(work, on_result=partial(self._begin, item.key), on_error=self._refuse)

    def pause_or_resume(self) -> None:
        """Let the running scan rest or go on, or go on with the one that was stopped."""
        if self._scanning.busy:
            self._rest(not self._scanning.resting)
        elif self.can_resume:
            self.resume()

    def resume(self) -> None:
        """Go on with the scan that is shown."""
        if self.scan is not None and self.can_resume and not self._busy_elsewhere:
            self._scanning.start(self.scan.request)

    def cancel(self) -> None:
        """Stop the scan; what was found is kept."""
        if self._scanning.busy:
            self._panel.button.show_cancelling()
            self._strip.show_cancelling(SCAN)
            self._scanning.cancel()

    def ask_open(self) -> None:
        """Let the user choose the folder of a scan."""
        self.panel_asked.emit()
        dialog = QFileDialog(self._window, "Folder of a scan", self._preferences.folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def open_sample(self) -> None:
        """A part of a ribosome and some of its proteins, to try the program with."""
        sample = Path(str(files("resources"))) / "samples" / SAMPLE.folder
        self._controller.opener.open([sample / SAMPLE.map], SAMPLE.facts)
        self._panel.take([sample / "library"])

    def open(self, folder: Path) -> None:
        """Show the scan in a folder."""
        self.panel_asked.emit()
        if self._scanning.busy:
            self.message.emit("A library is being scanned; cancel it before you open another scan.", "warning")
            return
        self._tasks.submit(partial(read_folder, folder), on_result=self._show_opened, on_error=self.failed.emit)

    def show_report(self) -> None:
        """The page about the scan that is shown, in the browser."""
        page = self.scan.request.folder / "report.html" if self.scan is not None else None
        if page is not None and page.is_file():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))
        else:
            self.message.emit("This scan has no report yet; go on with it to its end.", "warning")

    def take_library(self, paths: list[Path]) -> None:
        """A folder was dropped on the window: the candidates, or a scan of them."""
        self.panel_asked.emit()
        self._panel.take(paths)

    def _connect(self) -> None:
        scanning, panel, candidates = self._scanning, self._panel, self.candidates
        scanning.progressed.connect(self._show_progress)
        scanning.started.connect(self._follow_start)
        scanning.found.connect(self._take)
        scanning.paused.connect(self._follow_pause)
        scanning.message.connect(self.message)
        scanning.failed.connect(self.failed)
        scanning.ended.connect(self._end)
        panel.button.fit_pressed.connect(self.start)
        panel.button.cancel_pressed.connect(self.cancel)
        panel.pause_pressed.connect(self.pause_or_resume)
        panel.resume_pressed.connect(self.resume)
        panel.open_pressed.connect(self.ask_open)
        panel.sample_pressed.connect(self.open_sample)
        panel.report_pressed.connect(self.show_report)
        panel.folder_dropped.connect(self.open)
        panel.form.changed.connect(self._show_ready)
        panel.form.library_chosen.connect(self._count)
        candidates.message.connect(self.message)
        candidates.failed.connect(self.failed)
        candidates.changed.connect(self.changed)
        self._form.changed.connect(self._show_ready)
        for fits in (self._controller.fitting, self._controller.composing):
            fits.started.connect(self._show_ready)
            fits.ended.connect(self._show_ready)
        self._document.changed.connect(self._follow)

    @property
    def _busy_elsewhere(self) -> bool:
        return self._controller.fitting.busy or self._controller.composing.busy

    @property
    def _missing(self) -> str:
        """What is still needed before a scan can start, for a person."""
        if self._busy_elsewhere:
            return "A fit runs; wait, or cancel it."
        if self._form.map_key is None:
            return "Open a map first."
        return self._panel.form.missing

    def _show_ready(self, *_: object) -> None:
        item = self._document.session.find_map(self._form.map_key)
        self._panel.form.show_target(self._form.summary if item is not None else "")
        if not self._scanning.busy:
            self._panel.button.show_ready(missing=self._missing, structures=1)
        self._show_state()

    def _show_state(self) -> None:
        scanning = self._scanning
        self._panel.show_state(running=scanning.busy, paused=scanning.resting, can_resume=self.can_resume)
        self.changed.emit()

    def _count(self, library: str) -> None:
        """Say how many candidates there are as soon as a library is named."""
        show = self._panel.form.show_count
        self._tasks.submit(partial(count_of, library), on_result=show, on_error=lambda error: show(str(error)))

    def _begin(self, map_key: str, request: ScanRequest) -> None:
        self._preparing = False
        self._show(OpenedScan(request, "", ScanTable()), map_key)
        self._scanning.start(request)

    def _refuse(self, error: Exception) -> None:
        self._preparing = False
        self.failed.emit(error)

    def _rest(self, resting: bool) -> None:
        if resting:
            self._scanning.pause()
        elif self._busy_elsewhere:
            self.message.emit("A fit runs; the scan can go on when it has ended.", "warning")
        else:
            self._scanning.resume()

    def _follow_start(self, request: ScanRequest) -> None:
        self._notices.begin()
        self._preferences.last_scan = request.folder
        self._panel.form.show_folder(request.folder)
        self._follow_pause(False)

    def _follow_pause(self, resting: bool) -> None:
        """While a scan rests, the machine is free for fits."""
        self._form.waits_for = WAITS if self._scanning.busy and not resting else ""
        self._form.changed.emit()

    def _show_progress(self, text: str, fraction: float) -> None:
        self._panel.button.show_progress(text, fraction)
        self._strip.show_progress(SCAN, text, fraction)

    def _take(self, table: ScanTable) -> None:
        if self.scan is not None:
            self.scan = replace(self.scan, table=table)
            self._panel.update_table(table)
            self._plots.show_table(table)
            self.candidates.take(table)

    def _end(self) -> None:
        self._strip.end(SCAN)
        self._panel.form.show_folder(None)
        self._panel.button.show_ready(missing=self._missing, structures=1)
        self._follow_pause(True)
        scan = self.scan
        if scan is not None and scan.table.candidates and not scan.table.complete:
            work = partial(read_folder, scan.request.folder)
            self._tasks.submit(work, on_result=self._show_stopped, on_error=self._forget_error)
        self._notices.end("The scan has ended.")

    def _show_stopped(self, opened: OpenedScan) -> None:
        """What was found until a scan was stopped: the folder knows the last of it."""
        if self.scan is not None and self.scan.request.folder == opened.request.folder and not self._scanning.busy:
            self._take(opened.table)
            self.scan = replace(opened, table=opened.table)
            self._show_state()

    def _forget_error(self, error: Exception) -> None:
        """A scan that failed before it began leaves no folder; why, was said."""
        if not isinstance(error, DiffFitError):
            self.failed.emit(error)

    def _show_opened(self, opened: OpenedScan) -> None:
        self._show(opened, None)
        self._preferences.last_scan = opened.request.folder
        self.message.emit(opened.sentence, "warning" if opened.missing else "info")
        self.candidates.find_map(open_it=True)

    def _show(self, scan: OpenedScan, map_key: str | None) -> None:
        self.scan = scan
        self._pictures.begin(scan.request.folder)
        self._panel.begin(scan.table, scan.missing)
        self._plots.show_table(scan.table)
        self.candidates.begin(scan, map_key)
        self._show_state()

    def _follow(self, old: Session, new: Session) -> None:
        if old.maps != new.maps:
            self._show_ready()
