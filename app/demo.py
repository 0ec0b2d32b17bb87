"""The demo: opens the sample, fits its first structure, and leaves placed structures and a picture of the window."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.main_window import MainWindow
from app.picture import window_picture
from difffit_core.document.session import FitItem, Session
from difffit_core.errors import DiffFitError

SETTLE_MS = 1500  # longest wait for the last frame before the picture is taken


class Demo(QObject):
    """Goes from step to step as the window tells that one has ended."""

    def __init__(self, window: MainWindow, folder: Path, *, leave: bool) -> None:
        super().__init__(window)
        self._window, self._folder, self._leave = window, folder, leave
        self._stage = ""
        self.exit_code = 0

    def begin(self) -> None:
        """Open the sample."""
        window = self._window
        window.controller.opener.finished.connect(self._fit)
        window.controller.fitting.ended.connect(self._wait_for_picture)
        window.controller.fitting.failed.connect(self._fail)
        window.files.open_sample()

    @Slot()
    def _fit(self) -> None:
        session = self._window.document.session
        if not (session.maps and session.structures):
            self._fail(DiffFitError("The sample cannot be opened; install DiffFit again."))
        elif self._stage == "":
            self._stage = "fitting"
            self._window.start_fit()

    @Slot()
    def _wait_for_picture(self) -> None:
        if self._stage == "fitting":
            self._stage = "settling"
            QTimer.singleShot(SETTLE_MS, self._keep)

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
