"""Dask workers as runners: a cluster that is there, or processes on this machine."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import import_module
from typing import Any

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.scan.examine import Task, carry_out
from difffit_core.scan.runners import LOST, QUEUED, Findings, Runner, Work, carry_out_all

Client = Any  # distributed.Client

RETRIES = 3  # of a candidate whose worker fell over
CONNECT_SECONDS = 30
OPTIONS = "--scheduler and --workers"


@contextmanager
def on_cluster(address: str | None, workers: int, work: Work = carry_out) -> Iterator[Runner]:
    """A runner on the cluster whose scheduler is at `address`, or on so many new processes of this machine.

    Raises SettingsError when Dask is not installed or the scheduler does not answer.
    """
    with ExitStack() as opened:
        try:
            dask: Any = import_module("distributed")  # it has no types
            if address is None:
                local = dask.LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                )
                opened.callback(local.close)
            client = opened.enter_context(closing(dask.Client(address or local, timeout=CONNECT_SECONDS)))
        except ImportError as cause:
            raise SettingsError(f"{OPTIONS} need Dask; install it with `pip install difffit[cluster]`.") from cause
        except (OSError, TimeoutError, ValueError) as cause:
            where = f"at {address}" if address else "on this machine"
            raise SettingsError(f"No Dask scheduler answers {where}; check the address and that it runs.") from cause
        yield _runner(client, work)


def _runner(client: Client, work: Work) -> Runner:
    def runner(tasks: Iterator[Task]) -> Findings:
        pool = client.get_executor(retries=RETRIES, pure=False)
        try:
            for finding in carry_out_all(tasks, pool, work, lambda: _places(client)):
                if finding is None and client.status == "closed":
                    raise DiffFitError(LOST)
                yield finding
        except DiffFitError:
            raise
        except Exception as cause:  # Dask has many ways to say that a connection is gone
            if client.status == "running":
                raise
            raise DiffFitError(LOST) from cause
        finally:
            with suppress(Exception):  # a client that was closed cannot be told to forget its tasks
                pool.shutdown(wait=False)

    return runner


def _places(client: Client) -> int:
    """Tasks to hand out at a time: workers may come and go."""
    workers = client.scheduler_info(n_workers=-1).get("workers", {})  # nothing is known while the scheduler is away
    return QUEUED * max(1, sum(worker["nthreads"] for worker in workers.values()))
