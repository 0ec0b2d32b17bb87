"""What the tests of the scene look at, and how they measure what they see."""

import numpy as np
from numpy import ndarray
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.scene.viewport import Viewport
from tests.gui.scene.making import ball_map, helix

RED, GREEN, BLUE, GREY = (0.9, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.2, 0.9), (0.6, 0.6, 0.6)
CENTRE = np.array([20.0, 38.0, 30.0])
BALL = ball_map(15.0, shape_zyx=(54, 54, 54), voxel_size_xyz=(1.0, 1.0, 1.0), centre=CENTRE)
SIZE = (320, 240)
SHORT_HELIX = helix(14)  # 21 Å: it fits into the ball


def wait_settled(qtbot: QtBot, view: Viewport) -> None:
    with qtbot.waitSignal(view.settled, timeout=20_000):
        pass


def share_of(image: ndarray, colour: str) -> float:
    """Share of the pixels in which one channel stands out, or that differ from white."""
    red, green, blue = (image[..., c].astype(int) for c in range(3))
    chosen = {
        "red": (red > green + 40) & (red > blue + 40),
        "green": (green > red + 40) & (green > blue + 40),
        "blue": (blue > red + 40) & (blue > green + 20),
        "drawn": (red < 250) | (green < 250) | (blue < 250),
    }[colour]
    return float(chosen.mean())


def middle_of(mask: ndarray) -> ndarray:
    """Mean row and column."""
    return np.argwhere(mask).mean(axis=0)


def canvas_of(view: Viewport) -> QWidget:
    """The widget that gets the mouse."""
    assert view._stage._canvas is not None
    native: QWidget = view._stage._canvas.native
    return native


def at_centre() -> ndarray:
    """Places the short helix into the middle of the ball."""
    turned = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # its axis lies along x
    return np.column_stack([turned, CENTRE - turned @ SHORT_HELIX.centroid_xyz])
