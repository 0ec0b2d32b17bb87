"""Labels over the picture say what is true."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.scene.legends import Bins, Scale
from app.scene.overlays import ColourLegend, ScaleBar
from app.scene.palette import SCORE_STOPS, score_colours, score_range
from app.theme import DARK, LIGHT


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


def test_legend_grows_with_what_it_explains(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    legend = ColourLegend(parent)
    assert legend.empty
    scale = Scale("score", SCORE_STOPS, 0.1, 0.9)
    legend.show_legends([scale])
    one = legend.height()
    legend.show_legends([scale, Bins("pLDDT", (("high", (0.0, 0.0, 1.0)), ("low", (1.0, 0.5, 0.0))))])
    assert legend.height() == 2 * one
    for theme in (LIGHT, DARK):
        legend.set_theme(theme)
        picture = legend.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
        pixels = np.frombuffer(picture.constBits(), dtype=np.uint8).reshape(picture.height(), picture.width(), 4)
        ratio = int(picture.devicePixelRatio())
        bins = pixels[(one + 29) * ratio, :, :3].astype(int)
        assert (bins[:, 2] > bins[:, 0] + 200).sum() > 40 * ratio  # the blue half
        assert (bins[:, 0] > bins[:, 2] + 200).sum() > 40 * ratio  # the orange one
