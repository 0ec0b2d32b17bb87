"""Pictures come at once, and get better when nothing moves."""

from time import perf_counter

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.scene.frame_loop import IDLE_SAMPLES, FrameLoop


def draw(loop: FrameLoop, seconds: float = 0.01) -> tuple[int, bool] | None:
    """Draw the sample that is due: its number, and whether it is a reduced one."""
    sample = loop.next_sample()
    if sample is None:
        return None
    reduced = loop.reduced
    loop.drawn(seconds)
    return sample, reduced


def test_picture_is_refined_and_then_left_alone(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    with qtbot.waitSignal(loop.finished):
        drawn = [draw(loop) for _ in range(IDLE_SAMPLES)]
    assert drawn == [(n, False) for n in range(IDLE_SAMPLES)]
    assert draw(loop) is None
    assert loop.settled


def test_change_begins_a_new_picture(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    draw(loop)
    draw(loop)
    with qtbot.waitSignal(loop.draw_wanted):
        loop.view_changed()
    assert draw(loop) == (0, False)


def test_slow_machine_shows_a_reduced_picture_first(qtbot: QtBot) -> None:
    loop = FrameLoop(software=True)
    assert draw(loop, 0.02) == (0, True)
    assert [draw(loop, 0.1) for _ in range(2)] == [(0, False), (1, False)]


def test_fast_software_renderer_is_not_reduced_for_long(qtbot: QtBot) -> None:
    loop = FrameLoop(software=True)
    draw(loop, 0.001)
    draw(loop, 0.001)
    loop.view_changed()
    assert draw(loop) == (0, False)


def test_nothing_is_refined_while_the_mouse_is_down(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    loop.begin_drag()
    loop.view_changed()
    assert draw(loop) == (0, False)
    assert draw(loop) is None
    with qtbot.waitSignal(loop.draw_wanted):
        loop.end_drag()
    assert draw(loop) == (1, False)


def test_streaming_data_leaves_time_to_others(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    wanted: list[None] = []
    loop.draw_wanted.connect(lambda: wanted.append(None))
    draw(loop, 0.2)
    for _ in range(20):
        loop.data_changed()
    qtbot.wait(50)
    assert not wanted  # a frame of 0.2 s is followed by a pause
    qtbot.waitUntil(lambda: len(wanted) == 1, timeout=5000)


def test_picture_is_refined_once_while_a_job_has_no_news(qtbot: QtBot) -> None:
    loop = FrameLoop(software=True)
    loop.set_busy(True)
    assert draw(loop, 0.02) == (0, True)
    begun = perf_counter()
    with qtbot.waitSignal(loop.draw_wanted):
        pass
    assert perf_counter() - begun > 0.5  # news would have come before
    assert draw(loop, 0.2) == (0, False)
    assert draw(loop) is None
    assert not loop.settled
    with qtbot.waitSignal(loop.draw_wanted):
        loop.set_busy(False)
    assert draw(loop, 0.02) == (0, True)
    assert draw(loop, 0.02) == (0, False)


def test_at_most_thirty_updates_a_second_while_a_job_runs(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    loop.set_busy(True)
    drawn: list[None] = []

    def draw_one() -> None:
        if draw(loop, 0.001) is not None:
            drawn.append(None)

    loop.draw_wanted.connect(draw_one)
    feed = QTimer(interval=4)
    feed.timeout.connect(loop.data_changed)
    feed.start()
    qtbot.wait(600)
    feed.stop()
    assert 3 <= len(drawn) <= 20


def test_last_news_of_a_job_is_drawn_even_if_none_follows(qtbot: QtBot) -> None:
    loop = FrameLoop(software=False)
    loop.set_busy(True)
    loop.data_changed()
    draw(loop, 0.01)
    with qtbot.waitSignal(loop.draw_wanted, timeout=1000):
        loop.data_changed()  # too soon after the first picture
    assert draw(loop) == (0, False)
