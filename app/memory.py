"""Memory that was freed goes back to the system when maps, structures or results have been closed.

The C library of Linux keeps most of what a program frees, in pieces between others that are still used, and in a heap
for almost every thread: over two hundred rounds of opening, fitting and closing that grew to a quarter of the whole.
"""

import ctypes
import os
import sys

from PySide6.QtCore import QObject, QTimer, Slot

from app.document import Document
from app.tasks import Tasks
from difffit_core.document.session import Session

SETTLED_MS = 500  # after the last change
ARENA_MAX = -8  # glibc's name M_ARENA_MAX for the number of heaps
FEWEST_HEAPS, PROCESSORS_PER_HEAP = 2, 4


class MemoryReturn(QObject):
    """Waits for things to be closed."""

    def __init__(self, document: Document, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._give_back)
        document.changed.connect(self._follow)

    def _follow(self, old: Session, new: Session) -> None:
        before, after = (len(s.maps) + len(s.structures) + len(s.fits) for s in (old, new))
        if after < before:
            self._settled.start()

    @Slot()
    def _give_back(self) -> None:
        self._tasks.submit(give_back, on_result=lambda _: None, on_error=_raise)


def use_few_heaps() -> bool:
    """Let threads share heaps; call it before there are any. False where the C library has no such setting."""
    count = max(FEWEST_HEAPS, (os.cpu_count() or 1) // PROCESSORS_PER_HEAP)
    setting = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return setting is not None and bool(setting(ARENA_MAX, count))


def give_back() -> bool:
    """Return freed memory to the system; False where the C library does so by itself or cannot be asked."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True


def _raise(error: Exception) -> None:
    raise error
