"""A display for the window's tests: the one that is there, else a virtual one, else Qt's off-screen platform."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.memory import use_few_heaps
from app.scene.gl_setup import prepare_opengl, probe_graphics

SCREEN = "1600x1200x24"
_servers: list[subprocess.Popen[bytes]] = []  # referred to until the end, or Python warns that one still runs


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of the platform that Qt will use; a virtual display is started where none is set."""
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield os.environ.get("QT_QPA_PLATFORM", "")
        return
    with pytest.MonkeyPatch.context() as patch:
        if shutil.which("Xvfb") is None:
            patch.setenv("QT_QPA_PLATFORM", "offscreen")
            yield "offscreen"
            return
        patch.setenv("DISPLAY", start_virtual_display())
        patch.setenv("QT_QPA_PLATFORM", "xcb")
        yield "xcb"
        if QApplication.instance() is None:
            _servers.pop().terminate()


def start_virtual_display() -> str:
    """Run Xvfb on a free display and give its name.

    It ends by itself when its last client does: Qt aborts a process whose display goes first.
    """
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", SCREEN, "-nolisten", "tcp", "-terminate"]
    _servers.append(
        subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        return f":{answer.readline().strip()}"


@pytest.fixture(scope="session")
def qapp_cls(display: str) -> type[QApplication]:
    """pytest-qt's application, made as the program's is: when OpenGL has been asked for, and on a display."""
    use_few_heaps()
    prepare_opengl()
    return QApplication


@pytest.fixture
def needs_graphics(qapp: QApplication) -> None:
    """Skip where no OpenGL context can be made."""
    graphics = probe_graphics()
    if not graphics.usable:
        pytest.skip(graphics.problem)
