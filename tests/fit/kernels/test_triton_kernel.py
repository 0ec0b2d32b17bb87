"""The Triton kernel in Triton's interpreter, which needs no graphics card."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(not importlib.util.find_spec("triton"), reason="triton is not installed (pip install -e .[triton])")
def test_triton_sums_equal_those_of_torch():
    # the interpreter is switched on when the kernel is imported, so it gets a process of its own
    answer = subprocess.run(
        [sys.executable, "-m", "tests.fit.kernels.interpret_triton"],
        env={**os.environ, "TRITON_INTERPRET": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    differences = json.loads(answer.stdout)
    assert len(differences) == 8
    assert max(differences.values()) < 1e-4, differences
