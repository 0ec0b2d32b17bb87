"""Workers give way to the window."""

import os
import sys
import threading

NICENESS = 5  # of 19: enough for the window to be served first, without starving the work


def give_way() -> None:
    """Lower the calling thread's priority, and that of threads it will start; a thread cannot take it back.

    Qt's own thread priorities have no effect on Linux, where each thread has a niceness of its own.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
