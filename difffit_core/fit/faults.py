"""What the machine itself does to a fit: memory that ends, a graphics card that stops answering; in sentences."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from difffit_core.errors import OUT_OF_MEMORY, FitError

LOST = (
    "The graphics card stopped answering; fit again on the processor with --device cpu, or restart DiffFit. "
    "Whatever was found before is kept."
)
# how CUDA, ROCm, Metal and their drivers say it; nothing else in a fit speaks of devices
_LOST_WORDS = ("cuda error", "hip error", "device lost", "driver shutting down", "launch failure", "mps backend")
_MEMORY_WORDS = ("out of memory", "allocate memory", "alloc_failed")

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@contextmanager
def faults_in_words() -> Iterator[None]:
    """FitError for what no program can help; every other error stays what it is."""
    try:
        yield
    except MemoryError as cause:
        raise FitError(OUT_OF_MEMORY) from cause
    except RuntimeError as cause:
        words = str(cause).lower()
        if any(known in words for known in _MEMORY_WORDS):
            raise FitError(OUT_OF_MEMORY) from cause
        if any(known in words for known in _LOST_WORDS):
            raise FitError(LOST) from cause
        raise


def says_faults_in_words(
    job: Callable[Parameters, Generator[Any, None, Result]],
) -> Callable[Parameters, Generator[Any, None, Result]]:
    """The job with `faults_in_words` around it."""

    @wraps(job)
    def guarded(*arguments: Parameters.args, **named: Parameters.kwargs) -> Generator[Any, None, Result]:
        with faults_in_words():
            return (yield from job(*arguments, **named))

    return guarded
