"""While a job runs the panels change with the picture: one repaint of the window for all of them."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.plot import ScoreCurves
from app.theme import LIGHT
from app.widgets.labels import LiveLabel
from difffit_core.document.commands import AddMap, AddStructure
from tests.document.items import make_map, make_structure_item
from tests.gui.window.conftest import MakeWindow
from tests.gui.window.fakes import engine, stepping_fit

WaitIdle = Callable[[MainWindow], None]


class Count(QObject):
    """How many events of a kind an object gets."""

    def __init__(self, watched: QObject, kind: QEvent.Type) -> None:
        super().__init__()
        self.number, self._kind = 0, kind
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 # Qt's name
        self.number += event.type() == self._kind
        return False


@pytest.mark.usefixtures("needs_graphics")
def test_news_of_a_fit_repaint_the_window_once(make_window: MakeWindow, qtbot: QtBot, wait_idle: WaitIdle):
    window = make_window(engine(stepping_fit(0.01, steps=150)))
    window.document.do(AddMap(make_map("m")))
    window.document.do(AddStructure(make_structure_item("s")))
    qtbot.wait(300)
    window.start_fit()
    qtbot.wait(300)
    deliveries: list[None] = []
    window.controller.fitting._runner._timer.timeout.connect(lambda: deliveries.append(None))
    repaints = Count(window, QEvent.Type.UpdateRequest)
    qtbot.wait(800)
    assert len(deliveries) >= 4
    assert repaints.number < 1.7 * len(deliveries)
    window.cancel_fit()
    wait_idle(window)


def test_new_text_of_a_live_label_asks_for_no_arrangement(qtbot: QtBot):
    parent = QWidget()
    qtbot.addWidget(parent)
    label = LiveLabel(characters=20)
    QVBoxLayout(parent).addWidget(label)
    parent.show()
    qtbot.waitExposed(parent)
    qtbot.wait(20)
    arranged = Count(parent, QEvent.Type.LayoutRequest)
    painted = Count(label, QEvent.Type.Paint)
    label.setText("Climbing · 12 of 30, a text that is much too long for so narrow a place")
    qtbot.waitUntil(lambda: painted.number > 0)
    assert arranged.number == 0
    assert label.text().startswith("Climbing")
    assert label.accessibleName() == label.text()


def test_axes_of_the_plot_move_in_steps_and_fit_at_the_end(qtbot: QtBot):
    from app.panels.score_plot import ScorePlot

    plot, curves, ranges = ScorePlot(LIGHT), ScoreCurves(), set()
    qtbot.addWidget(plot)
    for step in range(1, 101):
        curves.add(step, np.array([0.1, 0.2 + 0.005 * step]))
        plot.show_curves(curves)
        (first, last), (low, high) = plot.viewRange()
        assert first <= 1
        assert last >= step
        assert low <= 0.1
        assert high >= curves.best[-1]
        ranges.add((last, high))
    assert len(ranges) < 20
    plot.show_whole(curves)
    (first, last), (low, high) = plot.viewRange()
    assert last == pytest.approx(100, abs=4)
    assert 0.7 < high < 1.0  # with room for the legend
