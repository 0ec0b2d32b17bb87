import pytest

from difffit_core.events import Job, Message, StageAdvanced, run


def counting(log: list[str]) -> Job[int]:
    try:
        yield StageAdvanced(1)
        yield Message("half way")
        return 42
    finally:
        log.append("cleaned up")


def test_run_hands_every_event_on_and_returns_the_result():
    heard, log = [], []
    assert run(counting(log), heard.append) == 42
    assert heard == [StageAdvanced(1), Message("half way")]
    assert log == ["cleaned up"]


def test_an_exception_in_the_listener_closes_the_job():
    log: list[str] = []

    def impatient(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(counting(log), impatient)
    assert log == ["cleaned up"]
