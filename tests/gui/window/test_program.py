"""The program as a user starts it: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from difffit_core.document.project_file import save_project
from difffit_core.files.structure_files import read_structure
from tests.document.project_making import real_session
from tests.gui.window.helpers import pixels, share_of_hue

ROOT = Path(__file__).parents[3]
DRIVEN = """
import os, signal, sys
from PySide6.QtCore import QTimer
from app import application
from app.shell.recovery_dialog import RecoveryDialog
from difffit_core.document.copy_commands import RenameCopy
from tests.gui.window.helpers import press_button

def window():
    return next((w for w in app.topLevelWidgets() if isinstance(w, application.MainWindow)), None)

def watch():
    if window() is not None and not timer.property("done"):
        step(window())

app = application.make_application()
timer = QTimer(interval=50); timer.timeout.connect(watch); timer.start()
"""
CRASH = (
    DRIVEN
    + """
def step(window):
    if window.controller.project.name:
        timer.setProperty("done", True)
        window.controller.autosaving.written.connect(lambda: os.kill(os.getpid(), signal.SIGKILL))
        window.document.do(RenameCopy("a", "kept"))
        window.controller.autosaving.write()
application.main(sys.argv[1:])
"""
)
RECOVER = (
    DRIVEN
    + """
def step(window):
    dialogs = [dialog for dialog in window.findChildren(RecoveryDialog) if dialog.isVisible()]
    if dialogs:
        press_button(dialogs[0], "Recover")
    elif window.document.session.copies:
        timer.setProperty("done", True)
        print(window.windowTitle(), window.isWindowModified(), window.document.session.find_copy("a").name, sep="|")
        window.projects.leave_without_asking()
        window.close()
sys.exit(application.main(sys.argv[1:]))
"""
)


@pytest.fixture(autouse=True)
def folders_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and autosaves of the programs that are started are not the user's."""
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=180, env=dict(os.environ)
    )


@pytest.mark.usefixtures("needs_graphics")
def test_demo_leaves_placed_structures_the_table_and_a_picture(qapp: QApplication, tmp_path: Path):
    done = run_python("-m", "app", "--demo", str(tmp_path / "out"), "--quit", "--theme", "light")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "out" / "fits.json").read_text())
    assert report["schema"] == "difffit/fits/1"
    first = report["clusters"][0]
    matrix = np.array(first["map_from_model"])
    source = read_structure(ROOT / "resources" / "samples" / "haemoglobin" / "A.pdb")
    placed = read_structure(tmp_path / "out" / first["file"])
    np.testing.assert_allclose(placed.xyz, source.xyz @ matrix[:, :3].T + matrix[:, 3], atol=0.002)
    picture = pixels(QImage(str(tmp_path / "out" / "screenshot.png")))
    assert picture.shape[0] > 500
    assert share_of_hue(picture[100:600, 350:900], 2, lead=40) > 0.01


def test_window_is_there_before_anything_heavy_is_loaded(qapp: QApplication, tmp_path: Path):
    code = """
import sys, time
begun = time.perf_counter()
from app.application import make_application
from app.controller import Controller
from app.main_window import MainWindow
from app.preferences import Preferences
from app.theme import ThemeSwitch
from PySide6.QtCore import QSettings
application = make_application()
themes = ThemeSwitch("light"); themes.apply()
window = MainWindow(Controller(Preferences(QSettings(sys.argv[1], QSettings.Format.IniFormat))), themes)
window.show(); application.processEvents()
print([name for name in ("torch", "numba", "sklearn", "pyqtgraph", "gemmi", "mrcfile") if name in sys.modules])
print(time.perf_counter() - begun)
window.close()
"""
    done = run_python("-c", code, str(tmp_path / "settings.ini"))
    heavy, seconds = done.stdout.splitlines()
    assert heavy == "[]"
    assert float(seconds) < 10


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the user's folders are elsewhere there")
def test_project_on_the_command_line_is_recovered_at_the_next_start_after_a_crash(qapp: QApplication, tmp_path: Path):
    project = tmp_path / "häm oglobin.difffit"
    save_project(project, real_session(tmp_path))
    assert run_python("-c", CRASH, str(project)).returncode == -signal.SIGKILL
    done = run_python("-c", RECOVER)
    assert (done.returncode, done.stdout.strip()) == (0, "häm oglobin[*] – DiffFit|True|kept"), done.stderr
    assert list((tmp_path / "XDG_STATE_HOME" / "difffit" / "autosave").iterdir()) == []


def test_wrong_option_is_refused_with_usage(qapp: QApplication):
    done = run_python("-m", "app", "--no-such-option")
    assert done.returncode == 2
    assert "usage" in done.stderr


LEAVE_IN_THE_MIDDLE = """
import sys, time
from PySide6.QtCore import QTimer
from app import application
from difffit_core.events import StageAdvanced
from pathlib import Path
def endless(text):
    for step in range(1_000_000):
        time.sleep(0.01)
        yield StageAdvanced(step)
    return Path(text)
class Window(application.MainWindow):
    def __init__(self, controller, themes):
        super().__init__(controller, themes)
        self.projects.may_close = lambda: True  # nobody is there to be asked
        QTimer.singleShot(0, self, self.begin)
    def begin(self):
        self.controller.fetching.engine = endless
        self.controller.fetching.start(["1abc"])
        self.fit_panel.presets.choose("exhaustive")
        self.controller.opener.finished.connect(self.opened)
        self.files.open_sample()
    def opened(self):
        self.controller.fitting.happened.connect(self.trouble)
        self.start_fit()
    def trouble(self, status, event):
        self.controller.fitting.happened.disconnect(self.trouble)
        for dock in (self.left_dock, self.right_dock, self.bottom_dock):
            dock.setFloating(True)
        canvas = self.viewport._stage._canvas
        if canvas is not None:
            canvas.signals.lost.emit()
        QTimer.singleShot(400, self, self.leave)
    def leave(self):
        print(self.controller.fitting.busy, self.controller.fetching.busy, flush=True)
        self.close()
application.MainWindow = Window
sys.exit(application.main(["--theme", "light"]))
"""


def test_program_ends_cleanly_in_the_middle_of_everything(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A fit and a fetch run, the docks float, the graphics context is lost, and then the window is closed."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    done = run_python("-c", LEAVE_IN_THE_MIDDLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["True", "True"]
