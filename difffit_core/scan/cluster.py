"""Dask workers as runners: a cluster that is there, or processes on this machine."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from typing import Any

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.scan.examine import Task, carry_out
from difffit_core.scan.runners import LOST, QUEUED, Findings, Runner, carry_out_all

Client = Any  # distributed.Client

RETRIES = 3  # of a candidate whose worker fell over
CONNECT_SECONDS = 30


@contextmanager
def on_cluster(address: str | None, workers: int) -> Iterator[Runner]:
    """A runner on the cluster whose scheduler is at `address`, or on so many new processes of this machine.

    Raises SettingsError when Dask is not installed or the scheduler does not answer.
    """
    with closing(_connect(address, workers)) as client:
        yield _runner(client)


def _runner(client: Client) -> Runner:
    def runner(tasks: Iterator[Task]) -> Findings:
        pool = client.get_executor(retries=RETRIES, pure=False)
        try:
            for finding in carry_out_all(tasks, pool, carry_out, lambda: _places(client)):
                if finding is None and client.status == "closed":
                    raise DiffFitError(LOST)
                yield finding
        finally:
            pool.shutdown(wait=False)

    return runner


def _places(client: Client) -> int:
    """Tasks to hand out at a time: workers may come and go."""
    threads = sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
    return QUEUED * max(1, threads)


def _connect(address: str | None, workers: int) -> Client:
    try:
        distributed: Any = import_module("distributed")  # it has no types
    except ImportError as cause:
        raise SettingsError(
            "--scheduler and --workers need Dask; install it with `pip install difffit[cluster]`."
        ) from cause
    try:
        if address is not None:
            return distributed.Client(address, timeout=CONNECT_SECONDS)
        local = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        return distributed.Client(local)
    except (OSError, TimeoutError, ValueError) as cause:
        where = f"at {address}" if address else "of this machine"
        raise SettingsError(f"No Dask scheduler answers {where}; check the address and that it runs.") from cause
