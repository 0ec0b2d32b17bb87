"""Who carries tasks out: threads of this process, or the workers of a Dask cluster."""

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Event

from difffit_core.errors import DiffFitError
from difffit_core.fit.device import choose_engine
from difffit_core.fit.kernels.threads import worker_count
from difffit_core.scan.examine import StoppedError, Task, carry_out
from difffit_core.scan.finding import Finding, write_finding

HEARTBEAT = 0.2  # seconds: as long as nothing is found, a runner yields None this often
QUEUED = 2  # tasks per worker that are handed out at a time: enough to keep all busy, few enough to stop soon

LOST = "The cluster has gone before all candidates were searched; start it again and continue with --resume."

Findings = Generator[Finding | None, None, None]
Runner = Callable[
    [Iterator[Task]], Findings
]  # yields findings in the order in which they are finished; `close` stops it
Work = Callable[..., Finding]  # of a task, with `stopped` that says whether to end early


def in_threads(count: int | None = None, work: Work = carry_out) -> Runner:
    """Several candidates at once in this process; one at a time where a graphics card does the work."""

    def runner(tasks: Iterator[Task]) -> Findings:
        stop = Event()
        with ThreadPoolExecutor(count or worker_count(), thread_name_prefix="difffit-scan") as pool:
            try:
                limit = QUEUED * (count or worker_count())
                yield from carry_out_all(tasks, pool, partial(work, stopped=stop.is_set), lambda: limit)
            finally:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)

    return runner


def threads_for(device: str, backend: str) -> int:
    """How many candidates to search at once; SettingsError when the device is not there."""
    return worker_count() if choose_engine(device, backend).device == "cpu" else 1


def carry_out_all(
    tasks: Iterator[Task], pool: Executor, work: Callable[[Task], Finding], limit: Callable[[], int]
) -> Findings:
    """Findings as they come, with at most `limit()` tasks handed out; None when there has been none for a moment."""
    waiting: dict[Future[Finding], Task] = {}
    tasks_left = True
    try:
        while waiting or tasks_left:
            while tasks_left and len(waiting) < limit():
                task = next(tasks, None)
                if task is None:
                    tasks_left = False
                else:
                    waiting[pool.submit(work, task)] = task
            if not waiting:
                break
            done, _ = wait(waiting, HEARTBEAT, FIRST_COMPLETED)
            if not done:
                yield None
            for future in done:
                yield outcome(future, waiting.pop(future))
    finally:
        for future in waiting:
            future.cancel()


def outcome(future: Future[Finding], task: Task) -> Finding:
    """What was found. A task whose worker died again and again becomes a finding with a reason."""
    try:
        return future.result()
    except (DiffFitError, StoppedError):
        raise
    except CancelledError as cause:
        raise DiffFitError(LOST) from cause
    except Exception as error:
        reason = f"{task.source.path.name} ended the process that searched it ({type(error).__name__})."
        finding = Finding(task.source.name, str(task.source.path), "", 0, {}, reason, task.source.description)
        write_finding(task.result, finding)
        return finding


class Pace:
    """Says when it is time for something costly that should take a small share of the time only."""

    def __init__(self, least: float = 0.5, share: float = 0.05) -> None:
        self._least, self._share = least, share
        self._next = 0.0

    def due(self) -> bool:
        """Whether the last time is long enough ago."""
        return time.monotonic() >= self._next

    def took(self, seconds: float) -> None:
        """It was done, and took so long."""
        self._next = time.monotonic() + max(self._least, seconds / self._share)
