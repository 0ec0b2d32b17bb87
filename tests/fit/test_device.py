"""Which engine is chosen; graphics cards that are not there are pretended."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from difffit_core.errors import SettingsError
from difffit_core.fit import device
from difffit_core.fit.device import choose_engine, largest_difference, triton_trouble
from difffit_core.fit.kernels.evaluate import numba_backend, torch_backend


@pytest.fixture
def card(monkeypatch) -> Iterator[None]:
    """A machine with a CUDA card on which kernels are made but not run."""
    monkeypatch.setattr(device, "may_have_card", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device, "triton_backend", lambda name: numba_backend)
    monkeypatch.setattr(device, "torch_backend", lambda name: torch_backend("cpu"))
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: SimpleNamespace(name=name))
    triton_trouble.cache_clear()
    yield
    triton_trouble.cache_clear()


def names(setting: str, backend: str) -> tuple[str, str]:
    engine = choose_engine(setting, backend)
    return engine.backend, engine.device


def test_the_processor_computes_with_numba_unless_asked_otherwise():
    assert names("cpu", "auto") == names("cpu", "numba") == names("auto", "numba") == ("numba", "cpu")
    assert names("cpu", "torch") == ("torch", "cpu")


@pytest.mark.usefixtures("card")
def test_a_card_computes_with_triton_when_it_agrees_with_torch():
    assert names("auto", "auto") == names("cuda", "auto") == names("cuda", "triton") == ("triton", "cuda")
    assert names("auto", "torch") == ("torch", "cuda")
    assert names("cpu", "auto") == ("numba", "cpu")


@pytest.mark.usefixtures("card")
def test_a_card_computes_with_torch_when_triton_is_wrong(monkeypatch):
    monkeypatch.setattr(device, "triton_backend", lambda name: lambda *case: 1.01 * numba_backend(*case))
    assert names("auto", "auto") == ("torch", "cuda")
    with pytest.raises(SettingsError, match=r"differs from PyTorch by 0\.01; use --backend torch"):
        choose_engine("auto", "triton")


@pytest.mark.usefixtures("card")
def test_a_card_computes_with_torch_when_triton_fails(monkeypatch):
    def failing(name: str) -> None:
        raise RuntimeError("Failed to find C compiler.\nPlease install one")

    monkeypatch.setattr(device, "triton_backend", failing)
    assert names("auto", "auto") == ("torch", "cuda")
    with pytest.raises(SettingsError, match=r"RuntimeError: Failed to find C compiler\.; use"):
        choose_engine("cuda", "triton")


@pytest.mark.parametrize(
    ("build", "driver", "expected"), [("2.9.0+cpu", True, False), ("2.9.0+cu130", True, True), ("2.9.0", False, False)]
)
def test_a_card_is_looked_for_only_with_a_driver_and_a_pytorch_for_it(build, driver, expected, monkeypatch):
    monkeypatch.setattr(device, "version", lambda name: build)
    monkeypatch.setattr(device.Path, "exists", lambda path: driver)
    assert device.may_have_card() is expected


def test_a_driver_without_a_card_leaves_the_processor(monkeypatch):
    monkeypatch.setattr(device, "may_have_card", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert names("auto", "auto") == ("numba", "cpu")


def test_triton_on_the_processor_is_refused_with_a_way_out():
    with pytest.raises(SettingsError, match="needs a CUDA or ROCm graphics card; use --backend torch"):
        choose_engine("cpu", "triton")


def test_the_self_check_sees_a_wrong_sum():
    assert largest_difference(numba_backend, torch_backend("cpu")) < 1e-4

    def wrong(*case):
        moments = numba_backend(*case)
        moments[:, 14] = np.roll(moments[:, 14], 1)
        return moments

    assert largest_difference(wrong, torch_backend("cpu")) > 0.1
