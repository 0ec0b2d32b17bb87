"""The demo: opens the sample, fits its first structure, and leaves placed structures and a picture of the window."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.main_window import MainWindow
from app.picture import window_picture
from difffit_core.document.session import FitItem, Session
from difffit_core.errors import DiffFitError

MOST_MS = 20_000  # longest wait for the 3D view to be drawn in full


class Demo(QObject):
    """Goes from step to step as the window tells that one has ended."""

    def __init__(self, window: MainWindow, folder: Path, *, leave: bool) -> None:
        super().__init__(window)
        self._window, self._folder, self._leave = window, folder, leave
        self._stage = ""
        self._next: Callable[[], None] | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._go_on)
        self.exit_code = 0

    def begin(self) -> None:
        """Open the sample."""
        window = self._window
        window.controller.opener.finished.connect(self._opened)
        window.controller.fitting.ended.connect(self._fitted)
        window.controller.fitting.failed.connect(self._fail)
        window.viewport.settled.connect(self._go_on)
        window.files.open_sample()

    @Slot()
    def _opened(self) -> None:
        session = self._window.document.session
        if not (session.maps and session.structures):
            self._fail(DiffFitError("The sample cannot be opened; install DiffFit again."))
        elif self._stage == "":
            self._stage = "opened"
            self._when_drawn(self._window.start_fit)

    @Slot()
    def _fitted(self) -> None:
        if self._stage == "opened":
            self._stage = "fitted"
            self._when_drawn(self._keep)

    def _when_drawn(self, act: Callable[[], None]) -> None:
        """Act once the 3D view is as good as it gets; where it cannot be drawn, after a while."""
        self._next = act
        self._patience.start(MOST_MS)
        self._window.viewport.frame(self._window.document.session.maps[-1].key)  # there will be something to draw

    @Slot()
    def _go_on(self) -> None:
        act, self._next = self._next, None
        self._patience.stop()
        if act is not None:
            QTimer.singleShot(0, self, act)  # we may be inside the paint event of the view that `act` closes

    @Slot()
    def _keep(self) -> None:
        try:
            self._write()
        except (DiffFitError, OSError) as error:
            self._fail(error)
            return
        self._window.note(f"The demo's results are in {self._folder}.")
        self._end()

    def _write(self) -> None:
        session = self._window.document.session
        if not session.fits:
            raise DiffFitError("The demo's fit was cancelled, so there is nothing to write.")
        fit = session.fits[-1]
        write_results(self._folder, session, fit, sum(fit.result.seconds.values()))
        picture = self._folder / "screenshot.png"
        if not window_picture(self._window, self._window.viewport).save(str(picture)):
            raise DiffFitError(f"{picture} cannot be written; choose another folder.")

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        sys.stderr.write(f"{error}\n")
        self.exit_code = 1
        self._end()

    def _end(self) -> None:
        self._stage = "done"
        if self._leave:
            self._window.projects.leave_without_asking()
            self._window.close()


def write_results(folder: Path, session: Session, fit: FitItem, seconds: float) -> None:
    """The table of clusters and the placed structures, as `difffit fit -o` writes them."""
    from difffit_core.files.fit_report import FitReport, write_fit_folder

    target, structure = session.find_map(fit.map), session.find_structure(fit.structure)
    assert target is not None
    assert structure is not None
    report = FitReport(
        command=("difffit", *sys.argv[1:]),
        map_path=target.path,
        volume=target.volume,
        structures=(structure.structure,),
        results=(fit.result,),
        settings=fit.settings,
        seconds={"total": seconds, "read": 0.0, **fit.result.seconds},
    )
    write_fit_folder(folder, report)
