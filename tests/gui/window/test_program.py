"""The program as a user starts it: in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from difffit_core.files.structure_files import read_structure
from tests.gui.window.helpers import pixels, share_of_hue

ROOT = Path(__file__).parents[3]


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
