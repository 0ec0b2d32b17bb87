"""Every picture of the documentation, from the running program: `python -m tests.gui.docs_pictures`."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from app.application import make_application
from app.main_window import MainWindow
from app.picture import window_picture
from app.shell.acceleration_page import LOOKING
from app.shell.preferences_dialog import PreferencesDialog
from difffit_core.files.samples import load_sample
from tests.gui.conftest import start_virtual_display
from tests.gui.measuring import open_sample, wait_for, window_of

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = (1320, 820)  # pixels
WIDTH = 1200  # pixels of a picture of the whole window
SETTLE_MS = 1500
MOST_SECONDS = 900.0  # for a scan on a busy machine


class Photographer:
    """Keeps what the window shows."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder = window, folder

    def take(self, name: str) -> None:
        """The whole window, once its view is as good as it gets."""
        settle()
        picture = window_picture(self.window, self.window.viewport)
        save(picture.scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation), self.folder / f"{name}.png")

    def take_part(self, name: str, part: QWidget) -> None:
        """One panel or dialog."""
        settle()
        save(part.grab(), self.folder / f"{name}.png")


def save(picture: QPixmap, path: Path) -> None:
    """Write a picture; ends the program when that is impossible."""
    if not picture.save(str(path)):
        raise SystemExit(f"{path} cannot be written; choose a folder that you may write to.")


def settle() -> None:
    """Let animations end and the view be drawn in full."""
    loop, deadline = QEventLoop(), QDeadlineTimer(SETTLE_MS)
    while not deadline.hasExpired():
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def until_idle(window: MainWindow) -> None:
    """Wait for files, fits and composing."""
    wait_for(lambda: not window.controller.busy)


def photograph_fit(camera: Photographer) -> None:
    """The five-minute start: nothing open, the sample, its fit, its best place accepted."""
    window = camera.window
    camera.take("welcome")
    open_sample(window)
    window.viewport.frame(window.document.session.maps[0].key)
    camera.take("opened")
    window.start_fit()
    wait_for(lambda: bool(window.document.session.fits))
    until_idle(window)
    camera.take("fitted")
    camera.take_part("details", window.details_panel)
    window.actions_by_key.by_key["accept"].trigger()
    until_idle(window)
    window.actions_by_key.by_key["assembly"].trigger()
    camera.take("accepted")


def photograph_compose(camera: Photographer) -> None:
    """Both chains of haemoglobin, composed."""
    window, sample = camera.window, load_sample()
    window.files.open_files([sample.map_path, *(structure.path for structure in sample.structures[:2])])
    wait_for(lambda: len(window.document.session.structures) == 2)
    until_idle(window)
    window.actions_by_key.by_key["compose"].trigger()
    wait_for(lambda: window.compose.can_accept)
    until_idle(window)
    camera.take("composed")


def photograph_identify(camera: Photographer) -> None:
    """The sample library, scanned."""
    window = camera.window
    window.right_tabs.setCurrentWidget(window.scan_panel)
    window.scans.open_sample()
    wait_for(lambda: bool(window.document.session.maps))
    until_idle(window)
    window.actions_by_key.by_key["identify"].trigger()
    wait_for(lambda: window.scans.scan is not None and window.scans.scan.table.complete, MOST_SECONDS)
    wait_for(lambda: not window.controller.scanning.busy)
    window.actions_by_key.by_key["open_best"].trigger()
    wait_for(lambda: len(window.document.session.structures) == 2)
    until_idle(window)
    window.tabs.setCurrentWidget(window.scan_plots)
    camera.take("identified")


def photograph_dialogs(camera: Photographer) -> None:
    """Dialogs that the text speaks of."""
    window = camera.window
    window.actions_by_key.by_key["preferences"].trigger()
    dialog = next(box for box in window.findChildren(PreferencesDialog) if box.isVisible())
    dialog.pages.setCurrentWidget(dialog.acceleration)
    wait_for(lambda: dialog.acceleration.choice.text() != LOOKING)
    camera.take_part("acceleration", dialog)
    dialog.close()


SERIES: dict[str, Callable[[Photographer], None]] = {
    "fit": photograph_fit,
    "compose": photograph_compose,
    "identify": photograph_identify,
    "dialogs": photograph_dialogs,
}


@contextmanager
def studio(folder: Path) -> Iterator[Photographer]:
    """A window of its own, as a new user has it."""
    with TemporaryDirectory() as settings:
        os.environ["XDG_DATA_HOME"] = settings  # a new user has scanned nothing
        with window_of(Path(settings)) as window:
            window.resize(*SIZE)
            settle()
            yield Photographer(window, folder)


def main(arguments: list[str]) -> int:
    """Take the series that are named, or all; returns the exit code."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and shutil.which("Xvfb"):
        os.environ |= {"DISPLAY": start_virtual_display(), "QT_QPA_PLATFORM": "xcb"}
    application = make_application()  # referred to until the end
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in arguments or SERIES:
        with studio(FOLDER) as camera:
            SERIES[name](camera)
    application.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
