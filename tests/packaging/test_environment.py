"""The private environment: when it is right, when it must be mended, when the machine cannot hold it."""

import errno
import re
import sys
import tomllib
from pathlib import Path

import pytest
from difffit_bootstrap import environment
from difffit_bootstrap.errors import NO_SPACE, BootstrapError, sentence_for
from difffit_bootstrap.pip_runner import clean_environment, explain

ROOT = Path(__file__).parents[2]


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"[project]\nname = 'difffit'\n")
    return file


def test_fingerprint_is_the_same_for_the_same_project(requirements: Path) -> None:
    assert environment.fingerprint([requirements], "3.11.7") == environment.fingerprint([requirements], "3.11.7")


def test_fingerprint_changes_with_the_python_and_with_the_requirements(requirements: Path) -> None:
    before = environment.fingerprint([requirements], "3.11.7")
    assert environment.fingerprint([requirements], "3.12.1") != before
    requirements.write_bytes(b"[project]\nname = 'other'\n")
    assert environment.fingerprint([requirements], "3.11.7") != before


def test_fingerprint_ignores_the_line_ends_of_windows(requirements: Path) -> None:
    before = environment.fingerprint([requirements])
    requirements.write_bytes(requirements.read_bytes().replace(b"\n", b"\r\n"))
    assert environment.fingerprint([requirements]) == before


def test_stamp_is_empty_until_it_is_written(tmp_path: Path) -> None:
    assert environment.read_stamp(tmp_path) == ""
    environment.write_stamp(tmp_path, "abc")
    assert environment.read_stamp(tmp_path) == "abc"
    assert [file.name for file in tmp_path.iterdir()] == ["difffit-stamp"]


def test_interpreter_lies_where_the_system_puts_it() -> None:
    assert environment.environment_python(Path("v"), "Windows").as_posix() == "v/Scripts/python.exe"
    assert environment.environment_python(Path("v"), "Linux").as_posix() == "v/bin/python"


def test_an_environment_without_interpreter_is_made_afresh(tmp_path: Path) -> None:
    assert environment.must_start_afresh(tmp_path, tmp_path / "bin" / "python")


def test_an_interrupted_installation_is_made_afresh(tmp_path: Path) -> None:
    assert not environment.must_start_afresh(tmp_path, Path(sys.executable))
    environment.write_stamp(tmp_path, environment.INSTALLING)
    assert environment.must_start_afresh(tmp_path, Path(sys.executable))


def use_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the environment under test be a temporary folder with this interpreter."""
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "environment_python", lambda *_: Path(sys.executable))


def test_a_matching_stamp_means_that_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_folder(monkeypatch, tmp_path)
    monkeypatch.setattr(environment, "install_packages", lambda _: pytest.fail("pip was run"))
    environment.write_stamp(tmp_path, environment.wanted_fingerprint())
    assert environment.ensure_environment() == Path(sys.executable)


def test_a_finished_installation_is_stamped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_folder(monkeypatch, tmp_path)
    seen = []
    monkeypatch.setattr(environment, "install_packages", lambda _: seen.append(environment.read_stamp(tmp_path)))
    environment.ensure_environment()
    assert seen == [environment.INSTALLING]
    assert environment.read_stamp(tmp_path) == environment.wanted_fingerprint()


@pytest.mark.parametrize(("failure", "stamp_left"), [("no network", "old"), (NO_SPACE, environment.INSTALLING)])
def test_only_a_failure_halfway_calls_for_a_fresh_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: str, stamp_left: str
) -> None:
    def fail(_: Path) -> None:
        raise BootstrapError(failure)

    use_folder(monkeypatch, tmp_path)
    monkeypatch.setattr(environment, "install_packages", fail)
    environment.write_stamp(tmp_path, "old")
    with pytest.raises(BootstrapError, match=re.escape(failure)):
        environment.ensure_environment()
    assert environment.read_stamp(tmp_path) == stamp_left


def test_too_small_a_disk_is_refused_before_anything_is_downloaded() -> None:
    environment.check_machine(3e9, 2.5e9, "Linux", "x86_64")
    with pytest.raises(BootstrapError, match=r"takes 2\.5 GB and only 0\.4 GB are free"):
        environment.check_machine(0.4e9, 2.5e9, "Linux", "x86_64")


def test_intel_macs_are_refused() -> None:
    environment.check_machine(3e9, 1, "Darwin", "arm64")
    with pytest.raises(BootstrapError, match="Intel"):
        environment.check_machine(3e9, 1, "Darwin", "x86_64")


def test_only_cuda_on_linux_needs_much_space() -> None:
    assert environment.space_needed("Linux", cpu_build=False) > environment.space_needed("Linux", cpu_build=True)
    assert environment.space_needed("Windows", cpu_build=False) == environment.SPACE_NEEDED


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying ... Temporary failure in name resolution\nERROR: No matching distribution", "Internet"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no torch==2.13.0 for this machine"),
        ("something odd", "the whole output of pip is in pip.log"),
    ],
)
def test_pip_failures_become_a_sentence(output: str, words: str) -> None:
    assert words in explain(output, Path("pip.log"))


def test_an_unexplained_failure_shows_the_end_of_the_output() -> None:
    said = explain("\n".join(f"line {n}" for n in range(50)), Path("pip.log"))
    assert "line 49" in said
    assert "line 10" not in said


def test_pip_is_not_led_astray_by_the_users_settings() -> None:
    assert clean_environment({"PIP_USER": "1", "PYTHONPATH": "x", "PIP_INDEX_URL": "y"}) == {"PIP_INDEX_URL": "y"}


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot write"), (errno.EACCES, "cannot write")]
)
def test_errors_of_the_system_become_a_sentence(number: int, words: str) -> None:
    assert words in sentence_for(OSError(number, "no", "file"), Path("."))


def test_every_requirement_is_pinned_exactly() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*( *;.+)?", pin) for pin in pins)
    pinned = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["gui"], *extras["dev"], "setuptools"]
    assert {re.split(r"[<>=!~ ;\[]", name)[0].lower() for name in wanted} <= pinned
