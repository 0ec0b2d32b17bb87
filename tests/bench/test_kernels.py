import math

import pytest

from tests.bench import kernels


def test_every_inner_loop_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(kernels, "REPEATS", 1)
    kernels.main()
    lines = capsys.readouterr().out.splitlines()
    figures = [float(line.split()[-1]) for line in lines]
    assert len(lines) == 7
    assert all(math.isfinite(figure) and figure > 0 for figure in figures)
