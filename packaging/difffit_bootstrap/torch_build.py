"""Chooses the build of PyTorch: on Linux the default one brings several GB of CUDA packages."""

import platform
import re
import shutil
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's official index of builds without CUDA


def has_nvidia_gpu() -> bool:
    """Whether an NVIDIA driver is at work on this machine."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def wants_cpu_build(system: str, has_gpu: bool) -> bool:
    """Only on Linux does the default build bring CUDA along; Windows' and macOS's do not."""
    return system == "Linux" and not has_gpu


def pinned_version(constraints: str) -> str:
    """The version of torch that the text of constraints.txt pins."""
    pin = re.search(r"^torch==([^\s;#]+)", constraints, re.MULTILINE)
    if pin is None:
        raise ValueError("constraints.txt does not pin torch")
    return pin[1]


def attempts(version: str) -> list[list[str]]:
    """What to ask pip for, in turn, to get the build without CUDA.

    `+cpu` can never match the CUDA build, wherever pip looks. First pip's own sources (a wheel folder or a mirror
    may have it, and an installed one needs no network), then PyTorch's index. `--no-deps`: the few packages that
    torch needs come from the usual index with all the others.
    """
    wanted = [f"torch=={version}+cpu", "--no-deps", "--only-binary=:all:"]
    return [wanted, [*wanted, "--index-url", CPU_INDEX]]


def cpu_build_wanted_here() -> bool:
    """Whether this machine should get the build without CUDA."""
    return wants_cpu_build(platform.system(), has_nvidia_gpu())
