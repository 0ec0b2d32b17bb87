"""Jobs in their thread: nothing lost, nothing too often, cancelled at once."""

import time

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Cancelled, Failed, Finished, JobRunner, newest_of_each_kind
from app.tasks import Tasks
from difffit_core.errors import DiffFitError, FitError
from difffit_core.events import Job, Message, RoundEnded, RoundStarted, StageAdvanced, StageStarted


class Listener:
    """Notes what a runner says."""

    def __init__(self, runner: JobRunner) -> None:
        self.events: list[object] = []
        self.times: list[float] = []
        self.outcomes: list[object] = []
        runner.happened.connect(self.note)
        runner.ended.connect(self.outcomes.append)

    def note(self, event: object) -> None:
        self.events.append(event)
        self.times.append(time.perf_counter())


@pytest.fixture
def runner(qtbot: QtBot):
    runner = JobRunner()
    yield runner
    runner.shut_down()


def counting(steps: int, pause: float) -> Job[str]:
    yield StageStarted("count", steps)
    for step in range(1, steps + 1):
        time.sleep(pause)
        yield StageAdvanced(step)
    return "counted"


def failing() -> Job[str]:
    raise FitError("The structure has no atoms.")
    yield


def test_result_comes_after_the_last_event(runner: JobRunner, qtbot: QtBot):
    heard = Listener(runner)
    with qtbot.waitSignal(runner.ended):
        runner.start(lambda: counting(50, 0.001))
    assert heard.events[0] == StageStarted("count", 50)
    assert heard.events[-1] == StageAdvanced(50)
    assert heard.outcomes == [Finished("counted")]
    assert not runner.busy


def test_events_come_at_most_thirty_times_a_second(runner: JobRunner, qtbot: QtBot):
    heard = Listener(runner)
    with qtbot.waitSignal(runner.ended):
        runner.start(lambda: counting(500, 0.001))
    seconds = heard.times[-1] - heard.times[0]
    assert len(heard.events) <= 30 * seconds + 3


def test_fast_error_is_not_lost(runner: JobRunner, qtbot: QtBot):
    heard = Listener(runner)
    with qtbot.waitSignal(runner.ended):
        runner.start(failing)
    [outcome] = heard.outcomes
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "The structure has no atoms."


def test_memory_that_ends_in_a_job_is_a_sentence(runner: JobRunner, qtbot: QtBot):
    heard = Listener(runner)

    def cannot_be_held() -> Job[str]:
        raise MemoryError

    with qtbot.waitSignal(runner.ended):
        runner.start(cannot_be_held)
    [outcome] = heard.outcomes
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DiffFitError)
    assert "memory of this computer is used up" in str(outcome.error)


def test_error_while_the_job_is_made_is_not_lost(runner: JobRunner, qtbot: QtBot):
    heard = Listener(runner)

    def cannot_be_made() -> Job[str]:
        raise ImportError("no numba")

    with qtbot.waitSignal(runner.ended):
        runner.start(cannot_be_made)
    assert isinstance(heard.outcomes[0], Failed)


def test_cancelled_job_is_closed_and_says_so(runner: JobRunner, qtbot: QtBot):
    closed: list[bool] = []

    def endless() -> Job[str]:
        try:
            while True:
                time.sleep(0.01)
                yield StageAdvanced(1)
        finally:
            closed.append(True)

    heard = Listener(runner)
    runner.start(endless)
    qtbot.wait(100)
    begun = time.perf_counter()
    with qtbot.waitSignal(runner.ended):
        runner.cancel()
    assert time.perf_counter() - begun < 1.0
    assert heard.outcomes == [Cancelled()]
    assert closed == [True]


def test_shut_down_waits_and_then_nothing_more_is_heard(qtbot: QtBot):
    runner = JobRunner()
    heard = Listener(runner)
    runner.start(lambda: counting(1000, 0.005))
    qtbot.wait(50)
    runner.shut_down()
    before = len(heard.events)
    qtbot.wait(100)
    assert len(heard.events) == before
    assert heard.outcomes == []


def test_newer_event_replaces_older_of_its_kind_within_a_stage():
    events = [StageStarted("a", 9), StageAdvanced(1), Message("x"), StageAdvanced(2), StageStarted("b", 9)]
    assert newest_of_each_kind([*events, StageAdvanced(1)]) == [
        StageStarted("a", 9),
        Message("x"),
        StageAdvanced(2),
        StageStarted("b", 9),
        StageAdvanced(1),
    ]


def test_no_round_is_lost():
    rounds = [RoundStarted(1, 2), RoundEnded("first", (), None), RoundStarted(2, 1), RoundEnded("second", (), None)]
    assert newest_of_each_kind(list(rounds)) == rounds


def test_tasks_answer_in_the_gui_thread(qtbot: QtBot):
    import threading

    tasks, heard = Tasks(), []
    tasks.submit(
        lambda: threading.current_thread().name,
        on_result=lambda name: heard.append((name, threading.current_thread() is threading.main_thread())),
        on_error=heard.append,
    )
    qtbot.waitUntil(lambda: bool(heard))
    tasks.shut_down()
    [(worker, in_gui)] = heard
    assert worker.startswith("tasks")
    assert in_gui


def test_task_that_fails_hands_over_its_error(qtbot: QtBot):
    tasks, heard = Tasks(), []
    tasks.submit(lambda: 1 / 0, on_result=heard.append, on_error=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    tasks.shut_down()
    assert isinstance(heard[0], ZeroDivisionError)
