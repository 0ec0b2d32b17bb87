"""The checker behind jaxtyping's import hook: beartype, taught to leave alone what cannot go wrong."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype

# one number of numpy's behaves like Python's own; shapes and kinds of arrays are what these checks are for
NUMBERS = FrozenDict({int: int | np.integer, float: float | int | np.floating | np.integer})
CONF = BeartypeConf(hint_overrides=NUMBERS)


def check(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check every call of `function`; beartype knows `Self` only when it decorates whole classes."""
    hints = getattr(function, "__annotations__", {})
    function.__annotations__ = {name: Any if hint is Self else hint for name, hint in hints.items()}
    return beartype(function, conf=CONF)  # type: ignore[no-any-return,call-overload]
