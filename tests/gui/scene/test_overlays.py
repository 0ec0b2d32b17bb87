"""Labels over the picture say what is true."""

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.scene.overlays import ScaleBar
from app.scene.palette import SCORE_STOPS, score_colours, score_range


@pytest.mark.parametrize(("pixel_size", "length"), [(0.1, 10), (0.2, 20), (0.5, 50), (1.0, 100), (1e-6, 1)])
def test_scale_bar_is_a_round_length_that_fits(qtbot: QtBot, pixel_size: float, length: int) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    bar = ScaleBar(parent)
    bar.set_pixel_size(pixel_size)
    assert bar.length == length


def test_scores_span_the_whole_scale() -> None:
    colours = score_colours(np.array([0.2, 0.7, 0.45]))
    np.testing.assert_allclose(colours, SCORE_STOPS[[0, -1, 2]], atol=1e-9)


def test_equal_or_missing_scores_have_a_range() -> None:
    assert score_range(np.array([np.nan, 0.3, 0.3])) == (0.3, 0.3)
    assert score_range(np.array([np.nan])) == (0.0, 1.0)
    assert np.isfinite(score_colours(np.array([0.3, 0.3]))).all()
