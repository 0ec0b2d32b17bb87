"""The frozen program, and what people install of it: a Debian package and an AppImage on Linux, the rest by recipe."""

import os
import platform
import shutil
import subprocess
import tomllib
from pathlib import Path

from difffit_bootstrap import site
from difffit_bootstrap.environment import ROOT
from difffit_bootstrap.errors import BootstrapError

FROZEN = ROOT / "packaging" / "frozen"
BUILD, DIST = ROOT / "build", ROOT / "dist"
PROGRAM = DIST / "difffit"
NEXT_STEP = {
    "Windows": r"Installer: iscc /DVersion={version} packaging\frozen\windows\difffit.iss",
    "Darwin": "Disk image: sh packaging/frozen/macos/make_dmg.sh {version}",
}
# the frozen program brings everything else
DEPENDS = "libegl1, libfontconfig1, libgl1, libopengl0, libstdc++6, libx11-6, libx11-xcb1, libxcb1"


def package(python: Path, *, quick: bool) -> None:
    """Leave the frozen program in dist/difffit and, on Linux, its packages beside it; `quick` leaves those out."""
    freeze(python)
    version = project_version()
    print(f"{PROGRAM}: {megabytes(PROGRAM):.0f} MB", flush=True)
    if platform.system() != "Linux":
        print(NEXT_STEP[platform.system()].format(version=version))
        return
    make_app_dir(DIST / "DiffFit.AppDir")
    if quick:
        return
    for made in (make_debian_package(version), make_appimage(version)):
        if made is not None:
            print(f"{made}: {megabytes(made):.0f} MB", flush=True)


def freeze(python: Path) -> None:
    """Run PyInstaller; raises BootstrapError when it fails."""
    icons = [str(python), str(FROZEN / "icons.py"), str(BUILD / "icons")]
    folders = ["--distpath", str(DIST), "--workpath", str(BUILD / "frozen")]
    options = ["--noconfirm", "--log-level", "WARN", *folders, str(FROZEN / "difffit.spec")]
    print("Freezing the program (some minutes) …", flush=True)
    environ = {**os.environ, **site.QUIET, "QT_QPA_PLATFORM": "offscreen"}
    for command in (icons, site.command(python, BUILD / "docs"), [str(python), "-m", "PyInstaller", *options]):
        if subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode:
            raise BootstrapError("The program cannot be frozen; the reason is above.")


def project_version() -> str:
    """The version in pyproject.toml, the only place that has it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def megabytes(path: Path) -> float:
    """Size of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and not file.is_symlink()]
    return sum(file.stat().st_size for file in files) / 1e6


def make_tree(root: Path) -> None:
    """The program under opt/, its desktop entry, kinds of files and icons under usr/share/; replaces what is there."""
    shutil.rmtree(root, ignore_errors=True)
    share = root / "usr" / "share"
    shutil.copytree(PROGRAM, root / "opt" / "difffit", symlinks=True, copy_function=os.link)
    for folder, name in (
        ("applications", "difffit.desktop"),
        ("metainfo", "difffit.metainfo.xml"),
        ("mime/packages", "difffit-mime.xml"),
    ):
        (share / folder).mkdir(parents=True)
        shutil.copy(FROZEN / "linux" / name, share / folder)
    for icon in (BUILD / "icons").glob("difffit-*.png"):
        size = icon.stem.removeprefix("difffit-")
        target = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
        target.mkdir(parents=True)
        shutil.copy(icon, target / "difffit.png")


def make_app_dir(root: Path) -> None:
    """What becomes an AppImage."""
    make_tree(root)
    shutil.copy(FROZEN / "linux" / "AppRun", root)
    shutil.copy(FROZEN / "linux" / "difffit.desktop", root)
    shutil.copy(BUILD / "icons" / "difffit-256.png", root / "difffit.png")


def make_appimage(version: str) -> Path | None:
    """The AppImage, where `appimagetool` is installed; else a line on how to get it."""
    tool = shutil.which("appimagetool")
    if tool is None:
        print("No AppImage: put appimagetool (https://appimage.github.io/appimagetool/) on the PATH for that.")
        return None
    image = DIST / f"DiffFit-{version}-{platform.machine()}.AppImage"
    environ = {**os.environ, "ARCH": platform.machine(), "VERSION": version}
    run_tool([tool, "--no-appstream", str(DIST / "DiffFit.AppDir"), str(image)], environ)
    return image


def make_debian_package(version: str) -> Path | None:
    """The package for Debian and Ubuntu, where `dpkg-deb` is installed."""
    if shutil.which("dpkg-deb") is None:
        print("No Debian package: dpkg-deb is not installed here.")
        return None
    root, architecture = BUILD / "debian", {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    make_tree(root)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "difffit").symlink_to("../../opt/difffit/difffit")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(control_file(version, architecture, megabytes(root)), encoding="utf-8")
    made = DIST / f"difffit_{version}_{architecture}.deb"
    run_tool(["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(root), str(made)], dict(os.environ))
    return made


def control_file(version: str, architecture: str, size: float) -> str:
    """What dpkg wants to know; `size` in MB."""
    libc = platform.libc_ver()[1]  # what was built here may need all of it
    return (
        f"Package: difffit\nVersion: {version}\nArchitecture: {architecture}\nInstalled-Size: {round(size * 1000)}\n"
        f"Maintainer: The DiffFit authors <difffit@users.noreply.github.com>\n"
        f"Depends: libc6 (>= {libc}), {DEPENDS}\nSection: science\n"
        "Priority: optional\nDescription: Places atomic structures into cryo-EM density maps\n"
        " Finds every place where a structure explains part of a map, says how sure it is,\n and shows it in 3D.\n"
    )


def run_tool(command: list[str], environ: dict[str, str]) -> None:
    """Run a packaging tool without its chatter; raises BootstrapError with the end of what it said."""
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BootstrapError(f"{(done.stderr or done.stdout).strip()[-500:]}\n{command[0]} failed.")
