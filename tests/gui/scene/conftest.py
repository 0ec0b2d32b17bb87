"""A viewport on screen for every test that asks for one."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.scene.viewport import Viewport
from tests.gui.scene.looking import SIZE


@pytest.fixture
def viewport(qtbot: QtBot, needs_graphics: None) -> Iterator[Viewport]:
    view = Viewport()
    view.resize(*SIZE)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    view.close_scene()
    view.close()
    view.deleteLater()
