"""Workers give way to the window."""

import os
import sys
import threading

NICENESS = 5  # of 19: enough for the window to be served first, without starving the work
SWITCH_SECONDS = 0.0005
"""How long a thread that runs Python keeps the interpreter while another asks for it.

Every OpenGL call gives the interpreter away and has to ask for it again: with Python's usual 5 ms a picture of fifty
calls would wait a quarter of a second for a worker that happens to run Python.
"""


def give_way() -> None:
    """Lower the calling thread's priority, and that of threads it will start; a thread cannot take it back.

    And let the window have the interpreter soon after it asks for it.

    Qt's own thread priorities have no effect on Linux, where each thread has a niceness of its own.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
