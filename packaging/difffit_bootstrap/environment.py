"""The private environment: made once, repaired after an interrupted installation, left alone when it is right."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

from difffit_bootstrap import torch_build
from difffit_bootstrap.errors import NO_SPACE, BootstrapError
from difffit_bootstrap.pip_runner import explain, is_offline, run_pip

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LOCKED = ROOT / "packaging" / "locked.txt"
EXTRAS = "gui,dev,docs,package"
INSTALLING = "installing"  # what the stamp says from the first package to the last
SPACE_NEEDED = 2.5e9  # bytes: environment with the CPU build of torch, and pip's temporary files
SPACE_NEEDED_CUDA = 9e9  # bytes


def environment_python(folder: Path, system: str) -> Path:
    """The interpreter of the private environment."""
    return folder / ("Scripts/python.exe" if system == "Windows" else "bin/python")


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """A hash that changes whenever the environment has to be brought up to date."""
    digest = hashlib.sha256("\n".join(facts).encode())
    for file in files:
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))  # a checkout on Windows is the same project
    return digest.hexdigest()


def wanted_fingerprint() -> str:
    """The fingerprint of what should be installed here."""
    sources = sorted((ROOT / "packaging").glob("difffit_bootstrap/*.py"))
    facts = (platform.python_version(), platform.machine(), str(ROOT), EXTRAS)
    return fingerprint([ROOT / "pyproject.toml", CONSTRAINTS, LOCKED, *sources], *facts)


def read_stamp(folder: Path) -> str:
    """What the stamp in an environment says; empty when there is none."""
    try:
        return (folder / "difffit-stamp").read_text(encoding="utf-8")
    except OSError:
        return ""


def write_stamp(folder: Path, text: str) -> None:
    """Replace the stamp in one step, so that it is never half-written."""
    new = folder / "difffit-stamp.new"
    new.write_text(text, encoding="utf-8")
    os.replace(new, folder / "difffit-stamp")


def must_start_afresh(folder: Path, python: Path) -> bool:
    """Whether what lies there cannot be repaired by pip: interrupted, of another Python, or broken."""
    if not python.exists() or read_stamp(folder) == INSTALLING:
        return True
    ask = "import pip, sys; print('%d.%d.%d' % sys.version_info[:3])"
    answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() != ".".join(map(str, sys.version_info[:3]))


def check_machine(free_bytes: float, needed_bytes: float, system: str, machine: str) -> None:
    """Raise the sentence for what would only fail after minutes of downloading."""
    if system == "Darwin" and machine == "x86_64":
        raise BootstrapError("PyTorch no longer supports Macs with an Intel processor, so DiffFit cannot run here.")
    if free_bytes < needed_bytes:
        raise BootstrapError(
            f"Installing DiffFit takes {needed_bytes / 1e9:.1f} GB and only {free_bytes / 1e9:.1f} GB are free on "
            f"the disk of {ROOT}; free some space and run the same command again."
        )


def make_environment() -> None:
    """An empty environment with pip in it, in the place of whatever was there."""
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(VENV)
    except subprocess.CalledProcessError as error:
        raise BootstrapError(
            f"Python's venv cannot make an environment in {VENV}; on Debian and Ubuntu install "
            f"python{sys.version_info[0]}.{sys.version_info[1]}-venv, elsewhere install Python from python.org."
        ) from error


def install_torch(python: Path, log: Path) -> None:
    """Install the build of torch without CUDA, or say in one sentence why it cannot be had."""
    version = torch_build.pinned_version(CONSTRAINTS.read_text(encoding="utf-8"))
    for arguments in torch_build.attempts(version):
        code, output = run_pip(python, ["install", "--retries", "2", *arguments], log)
        if code == 0:
            return
        if "--index-url" not in arguments and is_offline(output):
            raise BootstrapError(explain(output, log))
    if is_offline(output):
        raise BootstrapError(
            f"This machine has no NVIDIA GPU, and PyTorch's build without CUDA cannot be fetched from "
            f"{torch_build.CPU_INDEX}; make that address reachable, or give pip a folder that holds the wheel "
            f"of torch {version}+cpu (PIP_FIND_LINKS)."
        )
    raise BootstrapError(explain(output, log))


def install_packages(python: Path) -> None:
    """Install what is pinned, and DiffFit itself as an editable package."""
    log = VENV / "bootstrap.log"
    if torch_build.cpu_build_wanted_here():
        install_torch(python, log)
    locked = ["--require-hashes", "--no-deps", "--requirement", str(LOCKED)]
    # with setuptools in place pip needs no second environment, unpinned, to build DiffFit's own package
    own = ["--constraint", str(CONSTRAINTS), "--no-build-isolation", "--editable", f"{ROOT}[{EXTRAS}]"]
    for what in (locked, own):
        code, output = run_pip(python, ["install", "--only-binary=:all:", *what], log)
        if code:
            raise BootstrapError(explain(output, log))


def space_needed(system: str, cpu_build: bool) -> float:
    """Bytes that a first installation takes; only Linux' default build of torch is a large one."""
    return SPACE_NEEDED if system != "Linux" or cpu_build else SPACE_NEEDED_CUDA


def start_afresh() -> None:
    """Make an empty environment, after checking that this machine can hold a full one."""
    system = platform.system()
    needed = space_needed(system, torch_build.cpu_build_wanted_here())
    check_machine(shutil.disk_usage(ROOT).free, needed, system, platform.machine())
    print(f"Making a private environment in {VENV} …", flush=True)
    make_environment()


def bring_up_to_date(python: Path, wanted: str) -> None:
    """Install; only a process that died halfway leaves a stamp that calls for starting afresh."""
    before = read_stamp(VENV)
    write_stamp(VENV, INSTALLING)
    try:
        install_packages(python)
    except BootstrapError as error:
        if str(error) != NO_SPACE:  # pip gave up before it changed anything
            write_stamp(VENV, before)
        raise
    write_stamp(VENV, wanted)


def ensure_environment() -> Path:
    """The environment's Python, after installing what is missing; no network and no pip when nothing is."""
    python = environment_python(VENV, platform.system())
    wanted = wanted_fingerprint()
    if python.exists() and read_stamp(VENV) == wanted:
        return python
    if must_start_afresh(VENV, python):
        start_afresh()
    print("Installing what packaging/constraints.txt pins (a few minutes the first time) …", flush=True)
    bring_up_to_date(python, wanted)
    return python
