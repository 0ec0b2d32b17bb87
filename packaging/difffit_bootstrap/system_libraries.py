"""The system libraries that Qt, OpenGL and Xvfb need on Linux: which are missing, and how to get them."""

import ctypes
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from difffit_bootstrap.errors import BootstrapError

INSTALL = {  # in the order in which they are looked for
    "apt-get": ["apt-get", "install", "-y", "--no-install-recommends"],
    "dnf": ["dnf", "install", "-y"],
    "zypper": ["zypper", "--non-interactive", "install", "--no-recommends"],
    "pacman": ["pacman", "-S", "--needed", "--noconfirm"],
}


@dataclass(frozen=True)
class Need:
    """A library (its file name), a program or a set of files, and the package that brings it, by package manager."""

    what: str
    apt: str
    dnf: str
    zypper: str
    pacman: str

    def package(self, manager: str) -> str:
        """The package's name for one of the managers in INSTALL."""
        return {"apt-get": self.apt, "dnf": self.dnf, "zypper": self.zypper, "pacman": self.pacman}[manager]


LIBRARIES = (
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "Mesa-libEGL1", "libglvnd"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "Mesa-libGL1", "libglvnd"),
    Need("libOpenGL.so.0", "libopengl0", "libglvnd-opengl", "libglvnd", "libglvnd"),
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "libglib-2_0-0", "glib2"),
    Need("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "libgthread-2_0-0", "glib2"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "libfontconfig1", "fontconfig"),
    Need("libfreetype.so.6", "libfreetype6", "freetype", "libfreetype6", "freetype2"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "libdbus-1-3", "dbus"),
    Need("libz.so.1", "zlib1g", "zlib", "libz1", "zlib"),
    Need("libX11.so.6", "libx11-6", "libX11", "libX11-6", "libx11"),
    Need("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libX11-xcb1", "libx11"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon0", "libxkbcommon"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    Need("libxcb.so.1", "libxcb1", "libxcb", "libxcb1", "libxcb"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "libxcb-cursor0", "xcb-util-cursor"),
    Need("libxcb-glx.so.0", "libxcb-glx0", "libxcb", "libxcb-glx0", "libxcb"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "libxcb-icccm4", "xcb-util-wm"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "libxcb-image0", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "libxcb-keysyms1", "xcb-util-keysyms"),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb-randr0", "libxcb"),
    Need("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb-render0", "libxcb"),
    Need(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "libxcb-render-util0",
        "xcb-util-renderutil",
    ),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb-shape0", "libxcb"),
    Need("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb-shm0", "libxcb"),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb-sync1", "libxcb"),
    Need("libxcb-util.so.1", "libxcb-util1", "xcb-util", "libxcb-util1", "xcb-util"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb-xfixes0", "libxcb"),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb-xkb1", "libxcb"),
)
FONTS = Need("a font", "fonts-dejavu-core", "dejavu-sans-fonts", "dejavu-fonts", "ttf-dejavu")
XVFB = Need("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
SOFTWARE_OPENGL = Need("Mesa's software OpenGL", "libgl1-mesa-dri", "mesa-dri-drivers", "Mesa-dri", "mesa")
VENV = Need(
    "Python's ensurepip", f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "python3", "python3", "python"
)

FILES = {
    FONTS.what: [
        f"{folder}/**/*.{kind}"
        for folder in ("/usr/share/fonts", "/usr/local/share/fonts", os.path.expanduser("~/.fonts"))
        for kind in ("ttf", "otf", "ttc")
    ],
    SOFTWARE_OPENGL.what: [
        f"{folder}/{name}"
        for folder in ("/usr/lib", "/usr/lib64", "/usr/lib/*", "/usr/local/lib")
        for name in ("dri/*_dri.so", "libgallium-*.so")
    ],
}


def can_load(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def is_here(need: Need) -> bool:
    """Whether this machine has it."""
    if need == VENV:
        return importlib.util.find_spec("ensurepip") is not None
    if need == XVFB:
        return shutil.which("Xvfb") is not None
    if need.what in FILES:
        return any(any(glob.iglob(pattern, recursive=True)) for pattern in FILES[need.what])
    return can_load(need.what)


def needs(virtual_display: bool) -> tuple[Need, ...]:
    """What the window needs, on a real or on a virtual display."""
    return (*LIBRARIES, FONTS, *((XVFB, SOFTWARE_OPENGL) if virtual_display else ()))


def missing(wanted: Sequence[Need], here: Callable[[Need], bool] = is_here) -> list[Need]:
    """Those of `wanted` that this machine lacks."""
    return [need for need in wanted if not here(need)]


def packages(lacking: Sequence[Need], manager: str) -> list[str]:
    """The packages that bring them, each once, in order."""
    return list(dict.fromkeys(need.package(manager) for need in lacking))


def package_manager(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """The system's package manager, if it is one that we know."""
    return next((name for name in INSTALL if which(name)), None)


def privilege() -> list[str] | None:
    """What to put before a command that needs the administrator; None when we may not."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def advice(lacking: Sequence[Need], manager: str | None) -> str:
    """The sentence that names what is missing and, where we know it, the command that brings it."""
    names = ", ".join(need.what for need in lacking)
    if manager is None:
        return f"This machine lacks {names}; install what brings them and run this command again."
    command = " ".join([*INSTALL[manager], *packages(lacking, manager)])
    return f"This machine lacks {names}; run this, then the same command again: sudo {command}"


def install(lacking: Sequence[Need], manager: str, prefix: list[str]) -> None:
    """Install the packages; apt's lists are fetched only when it fails without."""
    command = [*prefix, *INSTALL[manager], *packages(lacking, manager)]
    print("Installing system packages: " + " ".join(packages(lacking, manager)), flush=True)
    done = run_quietly(command)
    if done.returncode and manager == "apt-get":
        run_quietly([*prefix, "apt-get", "update"])
        run_quietly(command)


def run_quietly(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a package manager without output and without questions."""
    if command[:1] == ["sudo"]:
        command = [*command[:2], "env", "DEBIAN_FRONTEND=noninteractive", *command[2:]]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def ensure(wanted: Sequence[Need]) -> None:
    """Install what is missing when that is permitted, else raise one sentence that names it."""
    lacking = missing(wanted)
    if not lacking:
        return
    manager = package_manager()
    prefix = privilege()
    if manager is not None and prefix is not None:
        install(lacking, manager, prefix)
        lacking = missing(lacking)
    if lacking:
        raise BootstrapError(advice(lacking, manager))
