"""Installers: what goes into them, what they tell the system, and recipes for systems that this one is not."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
import yaml
from difffit_bootstrap import packages
from difffit_bootstrap.errors import BootstrapError
from difffit_bootstrap.tasks import TASKS

FROZEN = packages.FROZEN
WORKFLOWS = sorted((packages.ROOT / ".github" / "workflows").glob("*.yml"))
MAPS, STRUCTURES, PROJECTS = {"mrc", "map", "ccp4"}, {"cif", "pdb"}, {"difffit"}


def load(name: str) -> ModuleType:
    """A module of packaging/frozen, which is no package."""
    spec = importlib.util.spec_from_file_location(name, FROZEN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def desktop_entry() -> dict[str, str]:
    """The desktop entry as a menu reads it."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(FROZEN / "linux" / "difffit.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def mime_types() -> dict[str, set[str]]:
    """Suffixes by kind of file, from the description of the kinds."""
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    root = ElementTree.parse(FROZEN / "linux" / "difffit-mime.xml").getroot()
    return {
        kind.attrib["type"]: {glob.attrib["pattern"].removeprefix("*.") for glob in kind.iter(f"{space}glob")}
        for kind in root
    }


def test_linux_opens_our_files_with_the_program(desktop_entry: dict[str, str]) -> None:
    kinds = mime_types()
    offered = set(desktop_entry["MimeType"].strip(";").split(";"))
    assert offered == set(kinds)
    assert set().union(*kinds.values()) >= MAPS | STRUCTURES | PROJECTS
    assert desktop_entry["Exec"] == "difffit open %F"
    assert desktop_entry["Terminal"] == "false"


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_the_desktop_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", FROZEN / "linux" / "difffit.desktop"], check=True)


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs appstream")
def test_the_description_for_software_centres_is_valid() -> None:
    file = FROZEN / "linux" / "difffit.metainfo.xml"
    done = subprocess.run(["appstreamcli", "validate", "--no-net", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="needs shared-mime-info")
def test_a_map_is_recognised_without_its_suffix(tmp_path: Path) -> None:
    folder = tmp_path / "mime" / "packages"
    folder.mkdir(parents=True)
    shutil.copy(FROZEN / "linux" / "difffit-mime.xml", folder)
    subprocess.run(["update-mime-database", folder.parent], check=True, capture_output=True)
    assert b"MAP " in (folder.parent / "magic").read_bytes()
    assert "application/x-difffit:*.difffit" in (folder.parent / "globs").read_text()


def test_windows_installs_for_one_user_and_offers_the_program() -> None:
    script = (FROZEN / "windows" / "difffit.iss").read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in script
    endings = set(re.findall(r"Software\\Classes\\\.(\w+)", script))
    assert endings == MAPS | STRUCTURES | PROJECTS
    sections = re.findall(r"^\[(\w+)\]", script, re.MULTILINE)
    assert sections == ["Setup", "Tasks", "Files", "Icons", "Registry", "Run", "Code"]
    tasks = set(re.findall(r"Tasks: (\w+)", script))
    assert tasks == set(re.findall(r'^Name: "(\w+)"; Description', script, re.MULTILINE))
    quotes = [
        line for line in script.splitlines() if line.startswith(("Root:", "Source:", "Name:")) and line.count('"') % 2
    ]
    assert quotes == []


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_the_recipes_for_macos_and_appimage_are_shell() -> None:
    for script in (FROZEN / "macos" / "make_dmg.sh", FROZEN / "linux" / "AppRun"):
        subprocess.run(["sh", "-n", script], check=True)
        assert os.access(script, os.X_OK)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_tasks_that_exist(workflow: Path) -> None:
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content["permissions"] == {"contents": "read"}
    steps = [step for job in content["jobs"].values() for step in job["steps"]]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    named = re.findall(r"bootstrap\.py (\w+)", "\n".join(step.get("run", "") for step in steps))
    assert named
    assert set(named) <= set(TASKS)


def test_workflows_make_all_three_installers() -> None:
    jobs = yaml.safe_load((packages.ROOT / ".github" / "workflows" / "installers.yml").read_text("utf-8"))["jobs"]
    assert [job["runs-on"].split("-")[0] for job in jobs.values()] == ["ubuntu", "windows", "macos"]


def test_icons_have_every_size(tmp_path: Path) -> None:
    from PIL import Image

    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, FROZEN / "icons.py", tmp_path], check=True, env=environ)
    with Image.open(tmp_path / "difffit.ico") as windows:
        assert {(16, 16), (32, 32), (256, 256)} <= windows.info["sizes"]
    with Image.open(tmp_path / "difffit.icns") as mac:
        assert max(mac.info["sizes"])[0] >= 512
    with Image.open(tmp_path / "difffit-64.png") as linux:
        assert linux.size == (64, 64)
        assert linux.getpixel((0, 0))[3] == 0  # type: ignore[index]
        assert linux.getpixel((32, 6))[2] > 150  # type: ignore[index]


def test_only_what_is_used_is_shipped() -> None:
    trimming = load("trimming")
    needed = ["PySide6/Qt/plugins/platforms/libqxcb.so", "torch/lib/libtorch_cpu.so", "PySide6/Qt/lib/libQt6Gui.so.6"]
    unused = ["PySide6/Qt/plugins/platforms/libqvnc.so", "PySide6\\Qt\\translations\\qt_de.qm", "libstdc++.so.6"]
    assert [name for name in [*needed, *unused] if trimming.is_needed((name, "", "BINARY"))] == needed
    assert trimming.distributions_of(["numpy.linalg", "PIL.Image", "json"]) == ["numpy", "pillow"]


def test_files_from_a_file_manager_open_the_window(tmp_path: Path) -> None:
    command_for = load("program").command_for
    map_file = tmp_path / "map.mrc"
    map_file.touch()
    assert command_for([str(map_file)]) == ["open", str(map_file)]
    assert command_for(["fit", str(map_file)]) == ["fit", str(map_file)]
    assert command_for([]) == []


@pytest.fixture
def pretended_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something in the place of the frozen program, and icons."""
    monkeypatch.setattr(packages, "DIST", tmp_path / "dist")
    monkeypatch.setattr(packages, "BUILD", tmp_path / "build")
    monkeypatch.setattr(packages, "PROGRAM", tmp_path / "dist" / "difffit")
    packages.PROGRAM.mkdir(parents=True)
    (packages.PROGRAM / "difffit").write_text('#!/bin/sh\necho difffit "$@"\n')
    (packages.PROGRAM / "difffit").chmod(0o755)
    (packages.BUILD / "icons").mkdir(parents=True)
    for size in (64, 256):
        (packages.BUILD / "icons" / f"difffit-{size}.png").write_bytes(b"png")
    return packages.PROGRAM


@pytest.mark.skipif(sys.platform != "linux", reason="packages for Linux")
def test_an_app_dir_runs_the_program_from_anywhere(pretended_program: Path) -> None:
    root = packages.DIST / "DiffFit.AppDir"
    packages.make_app_dir(root)
    packages.make_app_dir(root)  # again: replaced
    said = subprocess.run([root / "AppRun", "open", "a b"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert said == "difffit open a b\n"
    assert {"AppRun", "difffit.desktop", "difffit.png"} <= {path.name for path in root.iterdir()}
    assert (root / "usr/share/icons/hicolor/64x64/apps/difffit.png").is_file()


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_the_debian_package_installs_program_command_and_kinds(pretended_program: Path, tmp_path: Path) -> None:
    made = packages.make_debian_package("1.2.3")
    assert made is not None
    fields = subprocess.run(["dpkg-deb", "-f", made], capture_output=True, text=True, check=True).stdout
    assert "Package: difffit\n" in fields
    assert "Version: 1.2.3\n" in fields
    assert re.search(r"Depends: libc6 \(>= 2\.\d+\), .*libgl1", fields)
    subprocess.run(["dpkg-deb", "-x", made, tmp_path / "root"], check=True)
    said = subprocess.run([tmp_path / "root/usr/bin/difffit", "fit"], capture_output=True, text=True, check=True).stdout
    assert said == "difffit fit\n"
    assert (tmp_path / "root/usr/share/mime/packages/difffit-mime.xml").is_file()


def test_a_failing_tool_is_quoted() -> None:
    with pytest.raises(BootstrapError, match=r"no such thing\n.*failed"):
        packages.run_tool([sys.executable, "-c", "import sys; sys.exit('no such thing')"], dict(os.environ))


def test_without_appimagetool_it_is_said_where_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert packages.make_appimage("1.0") is None
    assert "appimagetool" in capsys.readouterr().out
