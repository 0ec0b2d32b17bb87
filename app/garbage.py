"""Python's garbage is collected between two events of the window's thread, never anywhere else.

A collection may free Qt objects. In a worker's thread, or in the middle of a paint event, that ends the program.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 500
OLDEST = 2  # generation whose collection looks at everything, which takes a tenth of a second


class GarbageCollector(QObject):
    """Takes over from Python's automatic collection from `begin` to `end`."""

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        """`is_busy`: whether the window has no time for a full collection."""
        super().__init__()
        self._is_busy = is_busy
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Collect by the clock."""
        gc.disable()
        self._timer.start()

    def end(self) -> None:
        """Leave it to Python again."""
        if self._timer.isActive():
            self._timer.stop()
            gc.enable()

    @Slot()
    def look(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [age for age in range(OLDEST + 1) if counts[age] > thresholds[age]]
        if self._is_busy():
            due = [age for age in due if age < OLDEST]
        if due:
            gc.collect(due[-1])
