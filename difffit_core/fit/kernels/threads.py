"""The one thread pool on which the compiled kernels run.

numba's own threading layers are not safe from several threads, so each call splits its work itself.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any


def worker_count() -> int:
    """Cores this process may use (a SLURM job or a container often has fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@cache
def pool() -> ThreadPoolExecutor:
    """Created on first use, kept for the life of the process."""
    return ThreadPoolExecutor(worker_count(), thread_name_prefix="difffit-kernel")


def chunks(n: int, pieces: int) -> Iterator[slice]:
    """At most `pieces` slices of nearly equal length that cover range(n)."""
    pieces = max(1, min(pieces, n))
    bounds = [n * k // pieces for k in range(pieces + 1)]
    yield from (slice(lo, hi) for lo, hi in pairwise(bounds))


def spread(function: Callable[[slice], Any], n: int, *, pieces_per_worker: int = 4) -> list[Any]:
    """Call `function` on slices of range(n), on all workers; the answers come back in order."""
    parts = list(chunks(n, worker_count() * pieces_per_worker))
    if len(parts) <= 1:
        return [function(part) for part in parts]
    return list(pool().map(function, parts))
