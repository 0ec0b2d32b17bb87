"""The demo: opens the sample, fits its first structure, and leaves placed structures and a picture of the window."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.main_window import MainWindow
from app.picture import window_picture
from difffit_core.document.session import FitItem, StructureItem
from difffit_core.errors import DiffFitError

SETTLE_MS = 1500  # longest wait for the last frame before the picture is taken
MOST_PLACED = 10  # placed structures that are written


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
        window.open_sample()

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
        structure = session.find_structure(fit.structure)
        assert structure is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        write_placed(self._folder / "placed", fit, structure)
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


def write_placed(folder: Path, fit: FitItem, structure: StructureItem) -> None:
    """The structure in its best clusters, as `01_NAME.cif` and so on."""
    from difffit_core.files.placed_structures import unique_placed_name, write_placed_structures

    folder.mkdir(parents=True, exist_ok=True)
    best = range(min(MOST_PLACED, len(fit.result.clusters)))
    write_placed_structures(
        structure.structure,
        [(folder / unique_placed_name(index + 1, structure.name), fit.result.map_from_model(index)) for index in best],
    )
