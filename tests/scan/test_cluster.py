"""Scans on a Dask cluster: workers, the scheduler and the client may die."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.events import RankingChanged, run
from difffit_core.scan.case import ScanCase
from difffit_core.scan.cluster import on_cluster
from difffit_core.scan.output_folder import findings_of
from difffit_core.scan.ranking import Ranking
from difffit_core.scan.runners import in_threads
from difffit_core.scan.scan_library import scan_library
from tests.scan.making import excess_by_name, make_library, make_map, pretend
from tests.scan.test_scan_library import FAST, library_of

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are killed differently there"),
    pytest.mark.filterwarnings("ignore"),  # Dask closes its sockets late when processes are killed
]
COUNT = 30
TRIALS = int(os.environ.get("DIFFFIT_CLUSTER_TRIALS", "1"))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> ScanCase:
    return ScanCase(make_map(tmp_path_factory.mktemp("map") / "two.mrc"), FAST)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("library"), COUNT)


@pytest.fixture(scope="module")
def expected(case: ScanCase, library: Path, tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    out = tmp_path_factory.mktemp("expected")
    return run(scan_library(library_of(library), case, out, runner=in_threads(2, pretend(excess_by_name))))


def same(found: Ranking, expected: Ranking, folder: Path) -> bool:
    """Whether nothing is lost and nothing is there twice."""
    names = [finding.name for finding in findings_of(folder)]
    plain = [[(row.name, row.p, row.q) for row in ranking.rows] for ranking in (found, expected)]
    return plain[0] == plain[1] and sorted(names) == sorted({row.name for row in expected.rows})


def test_real_fits_rank_the_same_on_two_workers_as_in_threads(case, library, tmp_path):
    some = library_of(library)[:8]
    with on_cluster(None, 2) as runner:
        there = run(scan_library(some, case, tmp_path / "cluster", runner=runner))
    here = run(scan_library(some, case, tmp_path / "threads"))
    assert same(there, here, tmp_path / "cluster")


@pytest.mark.parametrize("trial", range(TRIALS))
def test_a_killed_worker_loses_nothing(trial, case, library, expected, tmp_path):
    chance = random.Random(trial)
    killed = threading.Event()
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:

        def kill() -> None:
            time.sleep(chance.uniform(0.2, 2.0))
            os.kill(chance.choice(list(cluster.workers.values())).pid, signal.SIGKILL)
            killed.set()

        threading.Thread(target=kill).start()
        with on_cluster(cluster.scheduler_address, 0, pretend(excess_by_name, 0.1)) as runner:
            found = run(scan_library(library_of(library), case, tmp_path, runner=runner))
        assert killed.wait(5)
    assert same(found, expected, tmp_path)


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler with two workers, in processes that can be killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    options = ["--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    running = [subprocess.Popen([*dask, "scheduler", *options], **quiet)]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "20"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running += [subprocess.Popen(worker, env=environment, **quiet) for _ in range(2)]
    try:
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, running[0]
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.mark.parametrize("trial", range(TRIALS))
def test_after_the_scheduler_was_killed_the_scan_goes_on_from_its_files(
    trial, scheduler, case, library, expected, tmp_path
):
    address, process = scheduler
    work = pretend(excess_by_name, 0.15)
    timer = threading.Timer(random.Random(trial).uniform(0.5, 2.0), process.kill)

    def listen(event: object) -> None:
        if isinstance(event, RankingChanged) and timer.ident is None:
            timer.start()

    with pytest.raises(DiffFitError, match="--resume"), on_cluster(address, 0, work) as runner:
        run(scan_library(library_of(library), case, tmp_path, runner=runner), listen)
    assert 0 < len(findings_of(tmp_path)) < COUNT
    found = run(scan_library(library_of(library), case, tmp_path, resume=True, runner=in_threads(2, work)))
    assert same(found, expected, tmp_path)


CLIENT = """
import sys
from pathlib import Path
from difffit_core.events import run
from difffit_core.scan.case import ScanCase
from difffit_core.scan.cluster import on_cluster
from difffit_core.scan.scan_library import scan_library
from tests.scan.making import excess_by_name, pretend
from tests.scan.test_scan_library import FAST, library_of
address, map_path, library, out = sys.argv[1:]
with on_cluster(address, 0, pretend(excess_by_name, 0.15)) as runner:
    run(scan_library(library_of(Path(library)), ScanCase(Path(map_path), FAST), Path(out), runner=runner))
"""


@pytest.mark.parametrize("trial", range(TRIALS))
def test_after_the_client_was_killed_the_scan_goes_on_from_its_files(
    trial, scheduler, case, library, expected, tmp_path
):
    address, _ = scheduler
    arguments = [address, str(case.map_path), str(library), str(tmp_path)]
    client = subprocess.Popen([sys.executable, "-c", CLIENT, *arguments], cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 120
    while len(findings_of(tmp_path)) < 2 + 5 * random.Random(trial).random() and time.monotonic() < deadline:
        time.sleep(0.05)
    client.kill()
    client.wait()
    assert 0 < len(findings_of(tmp_path)) < COUNT
    with on_cluster(address, 0, pretend(excess_by_name)) as runner:
        found = run(scan_library(library_of(library), case, tmp_path, resume=True, runner=runner))
    assert same(found, expected, tmp_path)


def test_a_scheduler_that_does_not_answer_is_a_sentence(monkeypatch):
    monkeypatch.setattr("difffit_core.scan.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(SettingsError, match="No Dask scheduler answers"), on_cluster("tcp://127.0.0.1:9", 0):
        pass
