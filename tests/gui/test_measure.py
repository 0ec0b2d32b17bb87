"""What measures the window measures right."""

import time

import numpy as np
from pytestqt.qtbot import QtBot

from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from tests.gui.measuring import Figure, beats, blobs, crowd


def test_promises_are_kept_or_missed_and_said_so():
    fast, slow = Figure("opening", 1.0, "s", 3.0), Figure("opening", 4.0, "s", 3.0)
    assert (fast.kept, slow.kept) == (True, False)
    assert "MISSED" in str(slow)
    assert "MISSED" not in str(fast)
    assert Figure("pictures", 24.0, "/s", 20.0, at_least=True).kept
    assert not Figure("pictures", 12.0, "/s", 20.0, at_least=True).kept


def test_a_block_of_the_window_is_seen(qtbot: QtBot):
    with beats() as turns:
        qtbot.wait(30)
        time.sleep(0.08)
        qtbot.wait(30)
    assert 0.08 <= np.diff(turns).max() < 0.5


def test_made_map_has_a_surface_at_the_levels_that_are_measured():
    data = blobs(40).data
    low, high = np.quantile(data, [0.93, 0.98])
    assert 0 < low < high < data.max()


def test_crowd_is_as_large_as_asked_and_its_chains_stand_apart():
    one = read_structure(load_sample().structure("A").path)
    many = crowd(one, 5000)
    assert 5000 <= len(many) < 5000 + len(one)
    assert len(set(many.chain)) == len(many) // len(one) * len(set(one.chain))
    assert np.ptp(many.xyz, axis=0).max() > 1.9 * np.ptp(one.xyz, axis=0).max()
