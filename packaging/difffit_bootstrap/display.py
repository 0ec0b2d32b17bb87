"""A virtual display with software OpenGL, for machines without a screen."""

import os
import select
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from difffit_bootstrap.errors import BootstrapError

SCREEN = "1600x1000x24"
START_SECONDS = 30.0


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether an X11 or Wayland session is announced."""
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def needs_virtual_display(system: str, environ: Mapping[str, str]) -> bool:
    """On Linux without a screen; and on a build machine, where a display that happens to be there is not ours."""
    return system == "Linux" and (not has_display(environ) or environ.get("CI", "").lower() in ("1", "true"))


def on_display(environ: Mapping[str, str], number: str) -> dict[str, str]:
    """The environment variables of a program that shall use the virtual display."""
    kept = {name: value for name, value in environ.items() if name not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
    return {**kept, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}


@contextmanager
def virtual_display(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run Xvfb; yields the environment variables for programs on it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(
        command,
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the program first; the display goes last
    )
    os.close(writing)
    try:
        yield on_display(environ, display_number(reading))
    finally:
        server.terminate()
        server.wait()


def display_number(reading: int) -> str:
    """The number that Xvfb chose and writes when it is ready."""
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], START_SECONDS)
            more = pipe.read(16) if ready else b""
            if not more:
                raise BootstrapError("The virtual display Xvfb did not start; run `Xvfb -displayfd 1` to see why.")
            text += more
    return text.decode().strip()
