"""numba with its compiled code in the user's cache folder; import `njit` from here, never from numba.

The folder has to be named before the first function is decorated, or numba writes beside the source files, which
an installed program may not do.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import platformdirs

if not os.environ.get("NUMBA_CACHE_DIR"):
    cache = Path(platformdirs.user_cache_dir("difffit", appauthor=False)) / "numba"
    numba.config.CACHE_DIR = str(cache)  # type: ignore[attr-defined]


def njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile once, cache, and release the GIL: the kernels run side by side on a thread pool of ours."""
    return numba.njit(nogil=True, cache=True, fastmath=True, error_model="numpy")(function)
