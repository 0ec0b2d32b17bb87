"""What the user is told about acceleration is true of the machine, and says what to do."""

from importlib.metadata import version

import pytest

from difffit_core.fit import acceleration
from difffit_core.fit.acceleration import advice, find_acceleration, torch_build
from difffit_core.fit.device import choose_engine


def test_the_choice_is_what_fits_take() -> None:
    found, engine = find_acceleration(), choose_engine("auto", "auto")
    assert found.choice.startswith(f"{engine.backend} on ")
    assert (found.card == "") == (engine.device == "cpu")
    assert found.torch.startswith(f"PyTorch {version('torch').partition('+')[0]}")


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        ("2.13.0+cpu", "PyTorch 2.13.0 for processors only"),
        ("2.13.0+cu128", "PyTorch 2.13.0 for NVIDIA cards (CUDA)"),
        ("2.13.0+rocm6.4", "PyTorch 2.13.0 for AMD cards (ROCm)"),
        ("2.13.0", "PyTorch 2.13.0"),
    ],
)
def test_the_build_of_torch_is_named(installed: str, said: str) -> None:
    assert torch_build(installed) == said


def test_advice_depends_on_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert advice("NVIDIA H200", "linux") == ""
    monkeypatch.setattr(acceleration, "driver_is_here", lambda: True)
    assert "this PyTorch cannot use the card" in advice("", "linux")
    monkeypatch.setattr(acceleration, "driver_is_here", lambda: False)
    assert "install its driver first" in advice("", "win32")
    assert "Apple" in advice("", "darwin")
