"""What reading one input costs: seconds of processor time and bytes of memory at its peak."""

import mmap
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PEAK, _NOW, _FORGET = Path("/proc/self/status"), Path("/proc/self/statm"), Path("/proc/self/clear_refs")


@dataclass
class Cost:
    """Filled in when the block has ended."""

    seconds: float = 0.0
    memory: int = 0  # bytes, above what the process held before


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of the block. Outside of Linux memory is what the process' all-time peak grew by: at most that."""
    cost, peak = Cost(), _start_peak()
    begun = time.process_time()
    try:
        yield cost
    finally:
        cost.seconds = time.process_time() - begun
        cost.memory = peak()


def _start_peak() -> Callable[[], int]:
    try:
        _FORGET.write_text("5")  # Linux: the peak starts again from what is held now
        held = int(_NOW.read_text().split()[1]) * mmap.PAGESIZE
    except OSError:
        before = _all_time_peak()
        return lambda: _all_time_peak() - before
    return lambda: max(0, _peak() - held)


def _peak() -> int:
    line = next(line for line in _PEAK.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _all_time_peak() -> int:
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
