"""A little of what `python -m tests.load` does a lot of."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.generated import part, put
from tests.load.monkey_run import EXTRA_DRAWN, EXTRA_THREADS, run_monkey
from tests.load.soak import Soak, soak

EVENTS = 150


def test_random_events_throw_nothing_and_leave_nothing(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # back from where the monkey goes
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    events, exceptions, threads, drawn = (figure.value for figure in run_monkey(tmp_path, EVENTS, seed=3))
    assert events == EVENTS
    assert exceptions == 0
    assert threads <= EXTRA_THREADS
    assert drawn <= EXTRA_DRAWN


def test_fits_in_one_process_stay_right():
    found = soak(3)
    assert found.right == 3
    assert len(found.megabytes) == len(found.seconds) == 3


def test_growth_compares_the_last_tenth_with_the_second():
    found = Soak([500.0] + [100.0] * 18 + [110.0] * 2, [1.0] * 21, 21)
    assert found.growth(found.megabytes) == pytest.approx(0.1)
    assert found.growth(found.seconds) == 0


def test_only_the_named_part_of_a_page_is_replaced(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one: begin -->\nold\n<!-- one: end -->\n<!-- two: begin -->\nkept\n<!-- two: end -->\nz\n")
    put(page, "one", "new\n")
    assert page.read_text().splitlines()[:3] == ["a", "<!-- one: begin -->", "new"]
    assert part(page, "two") == "kept\n"
    with pytest.raises(ValueError, match="no part three"):
        put(page, "three", "")
