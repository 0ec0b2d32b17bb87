"""PyTorch's CUDA packages are several GB; they come only where there is a GPU to use them."""

from pathlib import Path

import pytest
from difffit_bootstrap import environment, torch_build
from difffit_bootstrap.errors import BootstrapError

OFFLINE = "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution"
NOT_THERE = "ERROR: No matching distribution found for torch==2.13.0+cpu"


@pytest.mark.parametrize(
    ("system", "has_gpu", "cpu_build"),
    [("Linux", False, True), ("Linux", True, False), ("Windows", False, False), ("Darwin", False, False)],
)
def test_only_linux_without_a_gpu_asks_for_the_cpu_build(system: str, has_gpu: bool, cpu_build: bool) -> None:
    assert torch_build.wants_cpu_build(system, has_gpu) is cpu_build


def test_no_attempt_can_be_answered_with_cuda() -> None:
    for arguments in torch_build.attempts("2.13.0"):
        assert "torch==2.13.0+cpu" in arguments
        assert "--no-deps" in arguments


def test_pips_own_sources_are_asked_before_the_official_index() -> None:
    own, official = torch_build.attempts("2.13.0")
    assert "--index-url" not in own
    assert official[-2:] == ["--index-url", "https://download.pytorch.org/whl/cpu"]


def test_pinned_version_is_read_from_the_constraints() -> None:
    assert torch_build.pinned_version("scipy==1.17.1\ntorch==2.13.0 ; python_version < '4'\n") == "2.13.0"
    assert torch_build.pinned_version(environment.CONSTRAINTS.read_text(encoding="utf-8")) != ""


class FakePip:
    """Answers pip calls in turn, and keeps what was asked."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []

    def __call__(self, python: Path, arguments: list[str], log: Path) -> tuple[int, str]:
        self.asked.append(arguments)
        return self.answers.pop(0)


def test_a_build_that_pip_finds_by_itself_needs_no_second_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip((0, ""))
    monkeypatch.setattr(environment, "run_pip", pip)
    environment.install_torch(Path("python"), Path("log"))
    assert len(pip.asked) == 1


def test_the_official_index_is_asked_when_pip_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakePip((1, NOT_THERE), (0, ""))
    monkeypatch.setattr(environment, "run_pip", pip)
    environment.install_torch(Path("python"), Path("log"))
    assert torch_build.CPU_INDEX in pip.asked[1]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(1, NOT_THERE), (1, OFFLINE)], "cannot be fetched from https://download.pytorch.org"),
        ([(1, OFFLINE)], "connect to the Internet"),
        ([(1, NOT_THERE), (1, NOT_THERE)], r"no torch==2\.13\.0\+cpu for this machine"),
    ],
)
def test_failures_say_what_to_do(monkeypatch: pytest.MonkeyPatch, answers: list[tuple[int, str]], words: str) -> None:
    monkeypatch.setattr(environment, "run_pip", FakePip(*answers))
    with pytest.raises(BootstrapError, match=words):
        environment.install_torch(Path("python"), Path("log"))
