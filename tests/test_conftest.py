"""The promise that shapes are types which tests execute."""

import importlib

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from difffit_core.data.poses import Poses
from tests.conftest import ROOT, checked_modules


def test_a_wrong_shape_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        Poses(np.zeros((2, 4)), np.zeros((3, 3)))


def test_every_module_but_the_compiled_ones_is_checked() -> None:
    names = checked_modules(ROOT / "difffit_core")
    assert {"difffit_core.data.poses", "difffit_core.files.map_files", "difffit_core.fit.target"} <= set(names)
    assert "difffit_core.fit.kernels.numba_kernel" not in names
    assert not any(name.endswith("__init__") for name in names)


@pytest.mark.parametrize("name", checked_modules(ROOT / "difffit_core"))
def test_every_checked_module_imports_under_the_check(name: str) -> None:
    assert importlib.import_module(name).__name__ == name
