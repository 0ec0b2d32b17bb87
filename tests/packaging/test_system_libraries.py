"""System libraries on Linux: only what is missing is installed, and only when that is permitted."""

import subprocess

import pytest
from difffit_bootstrap import system_libraries as libraries
from difffit_bootstrap.errors import BootstrapError

EGL, GL, CURSOR = (
    next(need for need in libraries.LIBRARIES if need.what == name)
    for name in ("libEGL.so.1", "libGL.so.1", "libxcb-cursor.so.0")
)


def test_nothing_is_missing_where_everything_loads() -> None:
    assert libraries.missing(libraries.needs(virtual_display=True), lambda _: True) == []


def test_what_does_not_load_is_missing() -> None:
    assert libraries.missing(libraries.needs(False), lambda need: need != CURSOR) == [CURSOR]


def test_a_library_that_no_system_has_cannot_be_loaded() -> None:
    assert not libraries.can_load("libdifffit-does-not-exist.so.7")


def test_only_a_virtual_display_needs_xvfb() -> None:
    assert libraries.XVFB in libraries.needs(virtual_display=True)
    assert libraries.XVFB not in libraries.needs(virtual_display=False)


def test_every_need_has_a_package_for_every_manager() -> None:
    for need in (*libraries.needs(virtual_display=True), libraries.VENV):
        for manager in libraries.INSTALL:
            assert need.package(manager) == need.package(manager).strip() != ""


def test_a_package_that_brings_several_libraries_is_named_once() -> None:
    assert libraries.packages([EGL, GL, CURSOR], "pacman") == ["libglvnd", "xcb-util-cursor"]
    assert libraries.packages([EGL, GL, CURSOR], "apt-get") == ["libegl1", "libgl1", "libxcb-cursor0"]


@pytest.mark.parametrize(("present", "manager"), [({"apt-get"}, "apt-get"), ({"dnf"}, "dnf"), (set(), None)])
def test_the_package_manager_is_the_one_that_is_there(present: set[str], manager: str | None) -> None:
    assert libraries.package_manager(lambda name: name if name in present else None) == manager


def test_advice_names_what_is_missing_and_the_command() -> None:
    said = libraries.advice([EGL, CURSOR], "apt-get")
    assert "libEGL.so.1, libxcb-cursor.so.0" in said
    assert said.endswith("sudo apt-get install -y --no-install-recommends libegl1 libxcb-cursor0")


def test_advice_without_a_known_manager_still_names_the_libraries() -> None:
    assert "libEGL.so.1" in libraries.advice([EGL], None)


class Machine:
    """A machine that lacks libEGL until its package is installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, may_install: bool, lists_are_old: bool = False) -> None:
        self.here: set[str] = {"Xvfb"}
        self.ran: list[list[str]] = []
        self.lists_are_old = lists_are_old
        monkeypatch.setattr(libraries, "missing", lambda wanted: [n for n in wanted if n.what not in self.here])
        monkeypatch.setattr(libraries, "package_manager", lambda: "apt-get")
        monkeypatch.setattr(libraries, "privilege", lambda: [] if may_install else None)
        monkeypatch.setattr(libraries, "run_quietly", self.run)

    def run(self, command: list[str]) -> "subprocess.CompletedProcess[bytes]":
        self.ran.append(command)
        if "update" in command:
            self.lists_are_old = False
        elif not self.lists_are_old:
            self.here.add("libEGL.so.1")
        return subprocess.CompletedProcess(command, int(self.lists_are_old))


def test_what_is_missing_is_installed_when_permitted(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, may_install=True)
    libraries.ensure([EGL, libraries.XVFB])
    assert [command[-1] for command in machine.ran] == ["libegl1"]


def test_old_package_lists_are_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, may_install=True, lists_are_old=True)
    libraries.ensure([EGL])
    assert [command[1] for command in machine.ran] == ["install", "update", "install"]


def test_without_permission_the_user_gets_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, may_install=False)
    with pytest.raises(BootstrapError, match=r"sudo apt-get install .*libegl1"):
        libraries.ensure([EGL])
    assert machine.ran == []


def test_an_installation_that_does_not_help_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, may_install=True)
    with pytest.raises(BootstrapError, match="libGL"):
        libraries.ensure([EGL, GL])
